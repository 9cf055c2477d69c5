// satchel contact add: accepts cards (spec/cli.md, "Identity and contacts").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import type { Card } from '../../../identity/card.js';
import { countsOver } from '../../../identity/card-serial.js';
import { formatCard } from '../../../identity/card-text.js';
import { type AddedCard, addCard } from '../../../identity/contact-changes.js';
import type { Contacts } from '../../../identity/contacts.js';
import { noteOwnCards } from '../../../identity/own-cards.js';
import { decisionOn } from '../../../identity/relations.js';
import { noteFurtherCards } from '../../../sync/import/update-cards.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { writeText } from '../../terminal/write-text.js';
import { type CardSource, readCardSources } from './card-sources.js';
import { changeContacts, contactJson, contactLabel, warnOfLookalike } from './contact-change.js';

/** What came of all cards. */
interface Outcome {
  readonly added: readonly AddedCard[];
  readonly own: number;
  readonly isFirst: boolean;
  /** All of them, afterwards. */
  readonly contacts: Contacts;
}

/** Accepts them; 3 when some of several could not be read. */
export async function run(context: Context, args: Args<'contact add'>): Promise<number> {
  const sources = await readCardSources(args.cards, openSession(await context.repository()));
  const refused = sources.filter((source) => source.error);
  if (sources.length === 1 && refused[0]?.error) throw refused[0].error;
  const outcome = await accept(context, newest(sources), args.as);
  if (context.json) context.printJson(reportJson(outcome, refused));
  else await tell(context, outcome, refused);
  return refused.length > 0 ? 3 : 0;
}

/** Each device's newest card among those given; of one person a founding device's comes first. */
function newest(sources: readonly CardSource[]): Card[] {
  const cards = new Map<string, Card>();
  for (const card of sources.flatMap((source) => source.cards)) {
    const known = cards.get(card.device);
    if (!known || countsOver(card, { serial: known.serial, card: formatCard(known) })) cards.set(card.device, card);
  }
  return [...cards.values()].sort((a, b) => a.kind - b.kind);
}

async function accept(context: Context, cards: readonly Card[], petname: string | undefined): Promise<Outcome> {
  return changeContacts(context, (session) => {
    const others = cards.filter((card) => card.person !== session.self.person);
    noteOwnCards(session.repository.directory, cards);
    if (petname !== undefined && others.length !== 1) {
      throw new SatchelError('usage', `--as names one contact, found ${plural(others.length, 'card')}`, {
        hint: 'add them one by one, or rename them afterwards with "satchel contact rename"',
      });
    }
    const added: AddedCard[] = [];
    let contacts: Contacts = session.contacts;
    for (const card of others) {
      const one = addCard(contacts, card, { now: context.world.now(), petname });
      contacts = one.contacts;
      added.push(one);
    }
    noteFurtherCards(session.repository.directory, { self: session.self, contacts }, cards);
    return {
      contacts,
      value: { added, own: cards.length - others.length, isFirst: session.contacts.size === 0, contacts },
    };
  });
}

function reportJson({ added, own }: Outcome, refused: readonly CardSource[]): unknown {
  return {
    contacts: added.map(({ contact, outcome }) => ({ ...contactJson(contact), outcome })),
    own,
    refused: refused.flatMap(({ source, error }) =>
      error ? [{ source, code: error.code, message: error.message }] : [],
    ),
  };
}

async function tell(context: Context, outcome: Outcome, refused: readonly CardSource[]): Promise<void> {
  const { added, own } = outcome;
  const rows = added.map(({ contact, outcome: word }) => [word, escapeLine(contact.petname), shortId(contact.person)]);
  for (const line of alignColumns(rows)) context.print(line);
  if (own > 0) context.note(`skipped your own card`);
  for (const one of added) remarkOn(context, one, outcome.contacts);
  // Said with --quiet too: it is no success.
  for (const { error } of refused)
    writeText(context.stderr, `satchel: left out: ${escapeLine(error?.message ?? '')}\n`);
  await tellWords(
    context,
    added.filter((one) => one.outcome === 'added'),
  );
  if (outcome.isFirst && added.length > 0) tellNext(context);
}

function remarkOn(context: Context, { contact, sameNameAs, outcome }: AddedCard, contacts: Contacts): void {
  if (sameNameAs) {
    context.note(`careful: ${contactLabel(sameNameAs)} has that name too; the new one is ${contactLabel(contact)}`);
  } else if (outcome === 'added') warnOfLookalike(context, contacts, contact);
  if (decisionOn(contact) === 'blocked') {
    const command = nextCommand(context.directory, `contact unblock ${quoteWord(contact.petname)}`, context.env);
    context.note(`${contactLabel(contact)} is still blocked: ${command}`);
  }
}

/** The words of each, by which to be sure who it is. */
async function tellWords(context: Context, added: readonly AddedCard[]): Promise<void> {
  const [first, ...more] = added;
  if (!first) return;
  const { fingerprint } = await import('../../../identity/fingerprint.js');
  const name = more.length > 0 ? 'NAME' : quoteWord(first.contact.petname);
  const command = nextCommand(context.directory, `contact confirm ${name}`, context.env);
  context.note(`To be sure who it is, compare these words by voice, then: ${command}`);
  for (const { contact } of added) {
    const whose = more.length > 0 ? `${escapeLine(contact.petname)}: ` : '';
    context.note(`  ${whose}${await fingerprint(contact.person)}`);
  }
}

function tellNext(context: Context): void {
  const command = (rest: string): string => nextCommand(context.directory, rest, context.env);
  context.note(`Next: ${command('post -t garden Hello')}, then ${command('sync DIR')} or ${command('export')}`);
}
