// satchel topic members, remove, renew, and leaving a private topic (spec/cli.md, "Private topics").
import { SatchelError } from '../../../format/error.js';
import type { DeviceKey, PersonId, TopicId } from '../../../format/ids.js';
import { shortId } from '../../../format/ids.js';
import { statementId } from '../../../format/private/statement.js';
import { findNamed } from '../../../identity/contact-lookup.js';
import { acceptedContact } from '../../../identity/relations.js';
import { countRanges, isInRanges } from '../../../repository/index/held.js';
import type { Repository } from '../../../repository/repository.js';
import { openSession, type Session } from '../../../sync/session.js';
import { rememberedAcks } from '../../../topic/acks/ack-memory.js';
import type { Placed } from '../../../topic/members/graph.js';
import { isOnSelf, participants } from '../../../topic/members/resolve.js';
import { ROLE } from '../../../topic/members/statement.js';
import { keyringOf } from '../../../topic/message/interpret.js';
import { LiveKeyring } from '../../../topic/message/keyring.js';
import { knownAround } from '../../../topic/private/keys-known.js';
import { outOf } from '../../../topic/private/standing.js';
import { type TopicView, viewTopic } from '../../../topic/private/topic-view.js';
import type { Topic } from '../../../topic/topics.js';
import { removePerson, renewKeys } from '../../../topic/writing/private-topic.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { piecesOf, plural } from '../../terminal/size.js';
import { formatMoment } from '../../terminal/time.js';
import { openAuthor } from '../conversation/author.js';
import { openPrivateTopic, privateTopic } from './private-topic.js';
import { lastCommit, sinceOf } from './since.js';
import { reportTopic, topicLabel } from './topic-change.js';

/** A person of the topic. */
interface Member {
  readonly person: PersonId;
  readonly name: string;
  readonly contact: string | null;
  readonly role: 'owner' | 'member' | 'none';
  readonly state: 'joined' | 'invited' | 'left' | 'removed';
  /** Who set it so, if that was somebody else. */
  readonly by: PersonId | null;
  readonly devices: readonly { readonly device: DeviceKey; readonly knowsNewest: boolean }[];
}

/** Prints who is in it, and who knows of the newest change. */
export async function runMembers(context: Context, args: Args<'topic members'>): Promise<void> {
  const { session, topic } = await openPrivateTopic(context, args.topic);
  const members = membersOf(session, topic);
  if (context.json) {
    context.printJson({ topic: topic.label, topicId: topic.topic, forwardSecret: false, members });
    return;
  }
  const rows = members.map(({ name, contact, role, state, devices }) => [
    escapeLine(contact ?? `~${name}`),
    role === 'none' ? '' : role,
    state,
    state === 'joined' ? knowing(devices) : '',
  ]);
  for (const line of alignColumns(rows)) context.print(line);
  context.note('Everybody in it reads all of it since its beginning; it is not forward secret.');
}

function nameOf({ cards }: TopicView, person: PersonId): string {
  return cards.find((card) => card.person === person)?.name ?? shortId(person);
}

function knowing(devices: Member['devices']): string {
  const knows = devices.filter(({ knowsNewest }) => knowsNewest).length;
  if (devices.length === 1)
    return knows === 1 ? 'knows of the newest change' : 'is not known to know of the newest change';
  return `${knows} of ${plural(devices.length, 'device')} know of the newest change`;
}

function viewOf({ repository }: Session, { topic, label }: Topic): TopicView {
  const view = viewTopic(repository, topic);
  if (view) return view;
  throw new SatchelError('waiting-for-key', `nothing is known yet of who is in "${label}"`, {
    hint: 'exchange bundles with who invited you',
  });
}

function membersOf(session: Session, topic: Topic): Member[] {
  const view = viewOf(session, topic);
  const live = keyringOf(session.repository);
  if (!(live instanceof LiveKeyring)) return [];
  const around = knownAround(session, view, live);
  const newest = newestChange(view);
  return [...view.resolution.persons].map((person) => ({
    person,
    name: nameOf(view, person),
    contact: person === session.self.person ? session.self.name : (acceptedContact(session, person)?.petname ?? null),
    role: ROLE_WORDS.get(view.resolution.role(person)) ?? 'none',
    state: stateOf(view, person),
    by: lastSetter(view, person),
    devices: around.known.currentOf(person).map((device) => ({
      device,
      knowsNewest: device === session.self.device || knows(session.repository, view, device, newest),
    })),
  }));
}

/** The set that came last; undefined where nobody was added or removed. */
function newestChange({ resolution }: TopicView): Placed | undefined {
  const sets = [...resolution.persons].flatMap((person) => resolution.setsOn(person));
  return sets.sort((a, b) => b.at - a.at)[0];
}

/** By that it writes there where nothing changed yet; else by a statement of the device that cites it, a log that was begun knowing of it, or what the device acknowledged. */
function knows(repository: Repository, view: TopicView, device: DeviceKey, newest: Placed | undefined): boolean {
  const { held, logs, controls } = view;
  const own = logs.filter(({ author }) => author.device === device);
  if (newest === undefined) return own.length > 0;
  const { at, id } = newest;
  if (held.graph.all.some((one) => one.author.device === device && (one.at === at || one.past.has(at)))) return true;
  if (own.some(({ heads }) => held.graph.pastOf(heads)?.has(at))) return true;
  const places = controls.filter(({ body }) => body?.statements?.some(({ bytes }) => statementId(bytes) === id));
  return own.some(({ log }) => {
    const acked = rememberedAcks(repository, log).held;
    return places.some((place) => isInRanges(acked.get(place.log) ?? [], place.seq));
  });
}

function stateOf(view: TopicView, person: PersonId): Member['state'] {
  const { resolution, logs } = view;
  if (resolution.role(person) >= ROLE.member) {
    return logs.some(({ author }) => author.person === person) ? 'joined' : 'invited';
  }
  return outOf(view, person)?.state ?? 'removed';
}

function lastSetter({ resolution }: TopicView, person: PersonId): PersonId | null {
  const last = resolution.setsOn(person).at(-1);
  return last && !isOnSelf(last) ? last.author.person : null;
}

/** Takes somebody out. */
export async function runRemove(context: Context, args: Args<'topic remove'>): Promise<void> {
  const since = sinceOf(args.since, context.world.now());
  const repository = await context.repository();
  const topic = privateTopic(openSession(repository), args.topic);
  const author = await openAuthor(context);
  const { session } = await openPrivateTopic(context, args.topic);
  const person = personMeant(session, topic, args.contact);
  if (person === session.self.person) {
    throw new SatchelError('usage', 'that is you', { hint: 'to leave: "satchel topic leave"' });
  }
  const damaged = await repository.lockedAsync(async () => {
    const commit = since && lastCommit(repository, since);
    const lost = lostOf(repository, topic.topic, person);
    await removePerson(repository, author, topic.topic, { person, commit });
    return lost;
  });
  const name = acceptedContact(session, person)?.petname ?? args.contact;
  const more = { since: since?.timeMs ?? null, damaged };
  await reportTopic(context, topic, `removed ${escapeLine(name)} from ${topicLabel(topic)}`, more);
  context.note(
    'What it writes counts no more for who hears of it, and what you all write from then on it cannot read.',
  );
  if (since) context.note(`Nothing of it counts that came here after ${formatMoment(since.timeMs)}.`);
  if (damaged > 0) context.note(damagedText(name, damaged));
  context.note('What it had it keeps. "satchel topic members" tells who knows of it.');
}

/** How many entries of somebody were damaged here and have not come again: its logs count up to the first of them. */
function lostOf(repository: Repository, topic: TopicId, person: PersonId): number {
  const logs = repository.logsOfTopic(topic).filter((one) => one.person === person);
  return logs.reduce((sum, { log }) => sum + countRanges(repository.lost(log)), 0);
}

function damagedText(name: string, count: number): string {
  const were = count === 1 ? 'was' : 'were';
  return `${piecesOf(count)} of ${escapeLine(name)} ${were} damaged here: what stands in its logs from there on counts for nobody any more.`;
}

/** A member by its petname or, behind a "~", by the name on its card where it is no contact: anybody can call itself anything. */
function personMeant(session: Session, topic: Topic, wanted: string): PersonId {
  const view = viewOf(session, topic);
  const { contacts, self } = session;
  const isIn = (person: PersonId): boolean => view.resolution.role(person) >= ROLE.member;
  const strangers = [...view.resolution.persons]
    .filter((person) => isIn(person) && person !== self.person && !acceptedContact(session, person))
    .map((person) => ({ person, petname: nameOf(view, person) }));
  const stranger = wanted.startsWith('~') ? findNamed(strangers, wanted.slice(1)) : undefined;
  const me = { person: self.person, petname: self.name };
  const person = (stranger ?? findNamed([...contacts.values()], wanted) ?? findNamed([me], wanted))?.person;
  if (person !== undefined && isIn(person)) return person;
  throw new SatchelError('not-found', `${wanted} is not in "${topic.label}"`, {
    hint: 'see "satchel topic members"',
  });
}

/** Has all be sealed under new keys. */
export async function runRenew(context: Context, args: Args<'topic renew'>): Promise<void> {
  const repository = await context.repository();
  const topic = privateTopic(openSession(repository), args.topic);
  const author = await openAuthor(context);
  await repository.lockedAsync(() => renewKeys(repository, author, topic.topic));
  await reportTopic(context, topic, `${topicLabel(topic)} is written under new keys from now on.`);
}

/** States that we leave, in the topic itself. @throws SatchelError `usage` for who alone owns it, unless forced */
export async function leavePrivate(context: Context, topic: Topic, isForced: boolean): Promise<void> {
  const repository = await context.repository();
  const author = await openAuthor(context);
  const { session } = await openPrivateTopic(context, topic.topic);
  const view = viewOf(session, topic);
  const { person } = session.self;
  if (view.resolution.role(person) < ROLE.member) return;
  const owners = [...view.resolution.owners].filter((owner) => view.resolution.role(owner) === ROLE.owner);
  const others = participants(view.resolution).length - 1;
  if (owners.length === 1 && owners[0] === person && others > 0 && !isForced) {
    throw new SatchelError('usage', `you alone own "${topic.label}": nobody could add or remove people any more`, {
      hint: 'with --force you leave all the same',
    });
  }
  await repository.lockedAsync(() => removePerson(repository, author, topic.topic, { person }));
}

const ROLE_WORDS: ReadonlyMap<number, Member['role']> = new Map([
  [ROLE.owner, 'owner'],
  [ROLE.member, 'member'],
  [ROLE.none, 'none'],
]);
