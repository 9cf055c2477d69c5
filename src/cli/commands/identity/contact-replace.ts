// satchel contact replace: somebody began anew, and takes the place of the contact it was (spec/cli.md, "Identity and contacts").
import { SatchelError } from '../../../format/error.js';
import { type Card, decodeCard, verifyCard } from '../../../identity/card.js';
import { type Replaced, replaceContact } from '../../../identity/contact-changes.js';
import { findContact } from '../../../identity/contact-lookup.js';
import type { Contact, Contacts } from '../../../identity/contacts.js';
import { fingerprint } from '../../../identity/fingerprint.js';
import { decisionOn } from '../../../identity/relations.js';
import { storedCardBytes } from '../../../identity/stored-card.js';
import { areSameWords } from '../../../identity/words.js';
import { openSession, type Session } from '../../../sync/session.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { writeText } from '../../terminal/write-text.js';
import { readCardSources } from './card-sources.js';
import { changeContacts, contactJson, contactLabel } from './contact-change.js';

/** Replaces the contact when the new words are the same; until then nothing has changed. */
export async function run(context: Context, args: Args<'contact replace'>): Promise<void> {
  const session = openSession(await context.repository());
  const old = findContact(session.contacts, args.old);
  const card = await cardOf(session, args.card);
  const now = context.world.now();
  // what can't be done is not asked about
  replaceContact(session.contacts, old, card, { now });
  await compare(context, old, card, args.words);
  const replaced = await changeContacts(context, ({ contacts }) => {
    const done = replaceContact(contacts, findContact(contacts, old.person), card, { now });
    return { contacts: done.contacts, value: done };
  });
  report(context, replaced);
}

/** The one card meant: of a contact or stranger that is known here, or one that is given. */
async function cardOf(session: Session, word: string): Promise<Card> {
  const known = knownCard(session.contacts, word);
  if (known) return known;
  const sources = await readCardSources([word], session);
  const error = sources.find((source) => source.error)?.error;
  if (error) throw error;
  const cards = sources.flatMap((source) => source.cards);
  const persons = new Set(cards.map(({ person }) => person));
  const [card] = [...cards].sort((a, b) => a.kind - b.kind);
  if (card?.person === session.self.person) throw new SatchelError('usage', 'that is your own card');
  if (card && persons.size === 1) return card;
  throw new SatchelError('usage', `one new card is needed, found those of ${persons.size} people`, {
    hint: 'name the file of the one card',
  });
}

function knownCard(contacts: Contacts, word: string): Card | undefined {
  try {
    const card = decodeCard(storedCardBytes(findContact(contacts, word).card));
    return verifyCard(card) ? card : undefined;
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function compare(context: Context, old: Contact, card: Card, given: string | undefined): Promise<void> {
  const words = await fingerprint(card.person);
  const isSame = given === undefined ? await isConfirmed(context, old, card, words) : areSameWords(words, given);
  if (isSame) return;
  throw new SatchelError(
    'not-authentic',
    `the words are not those of the new card; ${contactLabel(old)} stays as it is`,
    {
      hint: 'ask for the card again in another way: anybody can call themselves so',
    },
  );
}

async function isConfirmed(context: Context, old: Contact, card: Card, words: string): Promise<boolean> {
  if (!context.canAsk()) {
    throw new SatchelError('usage', 'there is no terminal to ask whether the words are the same', {
      hint: 'give the words you heard: --words "..."',
    });
  }
  const who = `~${escapeLine(card.name)} (${card.person.slice(0, 10)})`;
  writeText(
    context.stderr,
    `${who} is to be ${escapeLine(old.petname)} from now on. By voice: "satchel whoami" shows there\n\n  ${words}\n\n`,
  );
  return confirm(context, 'Are they the same?');
}

function report(context: Context, { contact, former }: Replaced): void {
  if (context.json) context.printJson({ contact: contactJson(contact), former: contactJson(former) });
  context.print(`${contactLabel(contact)} takes the place of ${contactLabel(former)}, and is confirmed`);
  context.note('what the former one wrote stays, under that name; nothing is written for it any more');
  if (decisionOn(contact) === 'blocked') context.note(`${contactLabel(contact)} is blocked, as the former one was`);
}
