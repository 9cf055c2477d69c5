// The way of one message, as far as it is known here: how it came, where it went, who has it and how that is known
// (spec/cli.md, "trace").

import type { DeviceKey, EntryId, LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { EntryPlace } from '../../repository/index/find.js';
import { isInRanges } from '../../repository/index/held.js';
import { deliverable } from '../../topic/reading/places.js';
import { type DriveWithEntry, drivesWith } from '../drive/copies-on-drives.js';
import { servingOf } from '../drive/waiting.js';
import { chosenLogs } from '../export/plan.js';
import { activeContacts, isBlocked, isContact, type Session } from '../session.js';
import { type Arrival, type EntryHistory, openHistory } from './history.js';
import { evidenceOf, knowledgeOf } from './knowledge.js';
import { lastHeard } from './last-heard.js';
import { personOfDevice } from './person-lookup.js';
import { everyDeviceOf, type Recipient, recipientsOf } from './recipients.js';
import { type DeviceStatement, readStatement } from './statements.js';

/**
 * How somebody is known to have a message: an acknowledgement (`ack`), a message that cites it (`citation`), the frontier
 * of a bundle (`frontier`); `author` wrote it, `bundle` made the bundle that brought it here; `other` when what told it is gone.
 */
export type HolderKind = 'author' | 'ack' | 'citation' | 'frontier' | 'bundle' | 'other';

/** Whom something is told of: a person with all its devices, or one of our own other devices. */
export interface TracedOne {
  readonly person: PersonId;
  /** Of our own devices alone. */
  readonly device?: DeviceKey | undefined;
}

/** Somebody who is known to have the message. */
export interface TracedHolder extends TracedOne {
  readonly kind: HolderKind;
  /** When it said so, ms on its own clock. */
  readonly at: number | undefined;
  /** The entry by which it said so. */
  readonly entry: { readonly log: LogId; readonly seq: number; readonly id: EntryId } | undefined;
  /** The bundle that brought that entry here. */
  readonly arrival: Arrival | undefined;
}

/** Somebody who wants no more of the log of the message, which says nothing about holding it. */
export interface TracedDecline extends TracedOne {
  /** When it said so, ms on its own clock. */
  readonly at: number;
}

/** Somebody of whom is not known whether it has the message. */
export interface TracedUnknown extends TracedOne {
  /** When anything was heard of it, ms. */
  readonly lastHeard: number | undefined;
  /** Labels of drives on which the message waits for it. */
  readonly waitsOn: readonly string[];
}

/** Everything known of the way of one message. */
export interface Trace extends Omit<EntryHistory, 'departures'> {
  readonly exports: EntryHistory['departures'];
  readonly drives: readonly DriveWithEntry[];
  readonly holders: readonly TracedHolder[];
  /** Who is not known to have it, and does not want it. */
  readonly declined: readonly TracedDecline[];
  readonly unknown: readonly TracedUnknown[];
  /** Its topic is joined or carried, so that exports hold it. */
  readonly isPassedOn: boolean;
}

/** Follows one entry that is held here. */
export function traceEntry(session: Session, place: EntryPlace): Trace {
  const { repository } = session;
  const historyOf = openHistory(repository.layout);
  const { departures, ...history } = historyOf(place);
  const drives = drivesWith(repository, place);
  const people = concerned(session, place.log);
  const places = deliverable(repository, place);
  const holders = holdersAmong(session, people, place, historyOf);
  const others = without(session, people, holders);
  const declined = firstOfEach(others, (one) => places.flatMap((at) => declinedBy(session, one, at)));
  return {
    ...history,
    exports: departures,
    drives,
    holders,
    declined,
    unknown: firstOfEach(without(session, others, declined), (one) => [unknownOf(session, one, drives)]),
    isPassedOn: chosenLogs(session).some(({ log }) => log === place.log),
  };
}

/** Everybody but this device who is known to hold the message of an entry: its author first. No drive is touched. */
export function holdersOf(session: Session, place: EntryPlace): TracedHolder[] {
  return holdersAmong(session, concerned(session, place.log), place, openHistory(session.repository.layout));
}

function holdersAmong(
  session: Session,
  people: readonly Recipient[],
  place: EntryPlace,
  historyOf: ReturnType<typeof openHistory>,
): TracedHolder[] {
  const { repository, self } = session;
  const places = deliverable(repository, place);
  const arrivalOf = (entry: EntryPlace): Arrival | undefined => historyOf(entry).arrival;
  const told = firstOfEach(people, (one) => places.flatMap((at) => holderOf(session, one, at, arrivalOf)));
  // behind a freeze it is not known which of both versions somebody had
  if (place.seq >= (repository.frozen.get(place.log) ?? Number.POSITIVE_INFINITY)) return told;
  const maker = arrivalOf(place)?.by;
  const { person, device } = repository.log(place.log) ?? {};
  const found = [
    ...plainHolder(session, { person, device }, 'author'),
    ...told,
    ...plainHolder(session, { person: maker && personOfDevice(session, maker), device: maker }, 'bundle'),
  ];
  return firstOfEach(found, (one) => (one.device === self.device ? [] : [one]));
}

/** Whom nothing needs to be heard of. */
function plainHolder(
  session: Session,
  { person, device }: { readonly person: PersonId | undefined; readonly device: DeviceKey | undefined },
  kind: HolderKind,
): TracedHolder[] {
  if (!person || !device) return [];
  return [{ ...oneOf(session, { person, device }), kind, at: undefined, entry: undefined, arrival: undefined }];
}

function oneOf({ self }: Session, { person, device }: Recipient): TracedOne {
  return person === self.person ? { person, device } : { person };
}

function keyOf({ person, device }: TracedOne): string {
  return device ?? person;
}

function without(session: Session, devices: readonly Recipient[], told: readonly TracedOne[]): Recipient[] {
  const keys = new Set(told.map(keyOf));
  return devices.filter((one) => !keys.has(keyOf(oneOf(session, one))));
}

/** The first that is told of each person, by any of its devices, and of each of our own devices. */
function firstOfEach<S, T extends TracedOne>(from: readonly S[], told: (one: S) => readonly T[]): T[] {
  const found = new Map<string, T>();
  for (const one of from.flatMap(told)) if (!found.has(keyOf(one))) found.set(keyOf(one), one);
  return [...found.values()];
}

/** Our own other devices, contacts, and who writes in the topic; not the author, who needs nobody to bring it. */
function concerned(session: Session, log: LogId): Recipient[] {
  const { repository, self } = session;
  const { topic, person: author, device: writing } = repository.log(log) ?? {};
  const writers = (topic ? repository.logsOfTopic(topic) : []).flatMap(({ person, device }) => {
    return person && device && person !== self.person && !isBlocked(session, person) ? [{ person, device }] : [];
  });
  const others = everyDeviceOf(session, [...activeContacts(session), ...writers]);
  const own = recipientsOf(session, self.person).filter(({ device }) => device !== writing);
  return [...others.filter(({ person }) => person !== author), ...own];
}

function holderOf(
  session: Session,
  recipient: Recipient,
  place: EntryPlace,
  arrivalOf: (entry: EntryPlace) => Arrival | undefined,
): TracedHolder[] {
  const { repository } = session;
  const one = oneOf(session, recipient);
  const said = evidenceOf(repository, recipient, place);
  if (said) {
    const { log, seq, id } = said;
    const kind = said.isCitation ? 'citation' : 'ack';
    return [{ ...one, kind, at: said.time, entry: { log, seq, id }, arrival: arrivalOf(said) }];
  }
  const statement = readStatement(repository, recipient.device);
  const isHeld = isInRanges(knowledgeOf(repository, recipient, statement).holds(place.log), place.seq);
  if (!isHeld) return [];
  const isStated = Number.isFinite(rangeAbout(statement, place)?.end);
  const at = isStated ? statement?.created : undefined;
  return [{ ...one, kind: isStated ? 'frontier' : 'other', at, entry: undefined, arrival: undefined }];
}

/** What a frontier goes on about for ever is not held, but not wanted. */
function declinedBy(session: Session, recipient: Recipient, place: EntryPlace): TracedDecline[] {
  const statement = readStatement(session.repository, recipient.device);
  const end = rangeAbout(statement, place)?.end;
  return statement && end !== undefined && !Number.isFinite(end)
    ? [{ ...oneOf(session, recipient), at: statement.created }]
    : [];
}

function rangeAbout(statement: DeviceStatement | undefined, { log, seq }: EntryPlace): Range | undefined {
  return statement?.frontier.get(log)?.find(({ from, end }) => from <= seq && seq < end);
}

function unknownOf(session: Session, recipient: Recipient, drives: readonly DriveWithEntry[]): TracedUnknown {
  const { person } = recipient;
  const serves = ({ id, listed }: DriveWithEntry): boolean => {
    if (listed.includes(person)) return true;
    const times = Object.fromEntries(listed.map((one) => [one, 0]));
    return (isContact(session, person) || person === session.self.person) && servingOf(session, id, times)(person);
  };
  const waitsOn = drives.filter(serves).map(({ label }) => label);
  return { ...oneOf(session, recipient), lastHeard: lastHeard(session, recipient), waitsOn };
}
