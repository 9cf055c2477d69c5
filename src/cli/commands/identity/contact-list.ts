// satchel contact list: contacts, and strangers who can become some (spec/cli.md, "Identity and contacts").
import { shortId } from '../../../format/ids.js';
import type { Contact } from '../../../identity/contacts.js';
import { namedDevices } from '../../../identity/device-names.js';
import { nameKey } from '../../../identity/names.js';
import { generationOf } from '../../../identity/recovered.js';
import { acceptedContact, cardsByDevice, decisionOn, devicesOf } from '../../../identity/relations.js';
import { rivalListsOf } from '../../../identity/rival-lists.js';
import { storedCardName } from '../../../identity/stored-card.js';
import { addressesOf } from '../../../sync/known/addresses.js';
import { type Stranger, strangersOf } from '../../../sync/known/strangers.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import { addressLines } from '../../report/addresses.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { formatDate } from '../../terminal/time.js';
import { contactJson } from './contact-change.js';

/** Prints them, by petname. */
export async function run(context: Context): Promise<void> {
  const session = openSession(await context.repository());
  const contacts = [...session.contacts.values()]
    .map((one) => withNewestCard(session, one))
    .sort((a, b) => compare(a.petname, b.petname));
  const strangers = [...strangersOf(session)];
  if (context.json) {
    const found = strangers.map(({ person, name, card }) => ({ person, name, card }));
    return context.printJson({ contacts: contacts.map((one) => listedJson(session, one)), strangers: found });
  }
  for (const line of alignColumns(contacts.map((contact) => contactRow(context, session, contact))))
    context.print(line);
  for (const line of addressLines(context, session)) context.note(line);
  if (contacts.length === 0) tellNobody(context);
  if (contacts.length > 0 && strangers.length > 0) context.print('');
  if (strangers.length > 0) listStrangers(context, strangers);
}

/** The contact with the newest card of its device: of a later generation it is kept beside the first one. */
function withNewestCard(session: Session, contact: Contact): Contact {
  return { ...contact, card: cardsByDevice(session, contact.person).get(contact.device) ?? contact.card };
}

function listedJson(session: Session, contact: Contact): Record<string, unknown> {
  const named = namedDevices(session, contact.person);
  const devices = named.map(({ device, label }) => ({ device, label: label ?? null }));
  const listsDiffer = rivalListsOf(session, contact.person) !== undefined;
  return {
    ...contactJson(contact),
    generation: generationOf(session, contact),
    devices,
    listsDiffer,
    at: addressesOf(session, contact.person),
  };
}

function contactRow({ style }: Context, session: Session, contact: Contact): string[] {
  const { petname, person, confirmed, added, card } = contact;
  const name = storedCardName(card);
  const devices = devicesOf(session, person).length;
  const marks = [
    ...(decisionOn(contact) === 'blocked' ? [style.red('blocked')] : []),
    ...(decisionOn(contact) === 'former' ? ['began anew as another person'] : []),
    ...(acceptedContact(session, person) ? [] : ['not a contact']),
    ...(confirmed ? [style.green('confirmed')] : []),
    ...(devices > 1 ? [plural(devices, 'device')] : []),
    ...(generationOf(session, contact) > 1 ? ['used recovery words'] : []),
    ...(rivalListsOf(session, person) ? [style.red('has device lists that contradict each other')] : []),
    ...(name === petname ? [] : [style.dim(`calls itself ${escapeLine(name)}`)]),
  ];
  return [
    style.bold(escapeLine(petname)),
    style.dim(shortId(person)),
    style.dim(`since ${formatDate(added)}`),
    marks.join(', '),
  ];
}

function tellNobody(context: Context): void {
  context.note('No contacts yet.');
  context.note(`Next: ${nextCommand(context.directory, 'contact add CARD', context.env)}`);
}

function listStrangers(context: Context, strangers: readonly Stranger[]): void {
  const { style } = context;
  const shown = strangers.slice(-STRANGERS_SHOWN);
  context.print(style.bold('Strangers whose cards arrived, under the names they chose:'));
  const rows = shown.map(({ name, person }) => [`  ~${escapeLine(name)}`, style.dim(shortId(person))]);
  for (const line of alignColumns(rows)) context.print(line);
  if (shown.length < strangers.length) context.print(`  and ${strangers.length - shown.length} more: see --json`);
  const [first] = shown;
  if (!first) return;
  const word =
    strangers.filter(({ name }) => nameKey(name) === nameKey(first.name)).length > 1
      ? shortId(first.person)
      : first.name;
  context.note(`To accept one: ${nextCommand(context.directory, `contact add ${quoteWord(word)}`, context.env)}`);
}

function compare(a: string, b: string): number {
  const left = nameKey(a);
  const right = nameKey(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

const STRANGERS_SHOWN = 50;
