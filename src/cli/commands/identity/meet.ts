// Asking about people who are new here, and about topics that contacts write in, while a command takes in what they wrote
// (spec/cli.md, "Asking").
import { type PersonId, shortId, type TopicId } from '../../../format/ids.js';
import { type Card, verifyCard } from '../../../identity/card.js';
import { addCard } from '../../../identity/contact-changes.js';
import { fingerprint } from '../../../identity/fingerprint.js';
import type { Decide, Undecided } from '../../../sync/import/decide.js';
import { type SeenTopic, seenTopics } from '../../../sync/known/seen-topics.js';
import type { Session } from '../../../sync/session.js';
import { joinTopic } from '../../../topic/membership.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { whoWrites } from '../../report/who-writes.js';
import { escapeLine } from '../../terminal/escape.js';
import { changeTopics } from '../topics/topic-change.js';
import { changeContacts, contactLabel, warnOfLookalike } from './contact-change.js';

/** So many people, and so many topics, are asked about by one command: a stick may be full of cards. */
const ASKED_MAX = 5;

/** Asks about each once, of topics about those that something came of; `before` is the last commit before the command. */
export function openDecider(context: Context, before: number): Decide {
  const people = new Set<PersonId>();
  const topics = new Set<TopicId>();
  return async (undecided) => {
    const isMet = await askAboutPeople(context, undecided, people);
    return isMet || (await askAboutTopics(context, undecided.session, { before, asked: topics }));
  };
}

/** Whether anybody was accepted. */
async function askAboutPeople(context: Context, { people }: Undecided, asked: Set<PersonId>): Promise<boolean> {
  let isAny = false;
  for (const card of people.filter(({ person }) => !asked.has(person))) {
    if (asked.size >= ASKED_MAX || !verifyCard(card)) continue;
    asked.add(card.person);
    if (await isAccepted(context, card)) isAny = await accept(context, card);
  }
  return isAny;
}

async function isAccepted(context: Context, { name, person }: Card): Promise<boolean> {
  context.note(
    `~${escapeLine(name)} (${shortId(person)}) is new here. To be sure who it is, compare these words by voice:`,
  );
  context.note(`  ${await fingerprint(person)}`);
  return confirm(context, `Accept ${escapeLine(name)}, to read and be read?`);
}

async function accept(context: Context, card: Card): Promise<true> {
  const { contact, contacts } = await changeContacts(context, (session) => {
    const added = addCard(session.contacts, card, { now: context.world.now() });
    return { contacts: added.contacts, value: added };
  });
  context.print(`${contactLabel(contact)} is a contact now`);
  warnOfLookalike(context, contacts, contact);
  return true;
}

/** Whether any was joined. */
async function askAboutTopics(
  context: Context,
  session: Session,
  { before, asked }: { readonly before: number; readonly asked: Set<TopicId> },
): Promise<boolean> {
  const { repository } = session;
  const changed = new Set(repository.arrivedAfter(before).map(({ log }) => repository.log(log)?.topic));
  let isAny = false;
  for (const topic of seenTopics(session).filter((one) => changed.has(one.topic) && !one.newer)) {
    if (asked.has(topic.topic) || asked.size >= ASKED_MAX) continue;
    asked.add(topic.topic);
    if (await isWanted(context, session, topic)) isAny = await join(context, topic);
  }
  return isAny;
}

function isWanted(context: Context, session: Session, topic: SeenTopic): Promise<boolean> {
  const who = whoWrites(session, topic, 'You');
  return confirm(context, `${who} in "${escapeLine(topic.label)}". Join it, to read and answer?`);
}

async function join(context: Context, { seenFrom: _, ...topic }: SeenTopic): Promise<true> {
  await changeTopics(context, ({ topics }) => ({ topics: joinTopic(topics, topic), value: undefined }));
  context.print(`joined "${escapeLine(topic.label)}"`);
  return true;
}
