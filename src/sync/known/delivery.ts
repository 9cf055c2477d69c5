// How far messages have got: to one person, and one message to everybody (spec/cli.md, "status").

import type { Contact } from '../../identity/contacts.js';
import { type Waiting, whatWaits } from '../drive/waiting.js';
import { countMessages, pendingOf } from '../export/pending.js';
import { chosenLogs, mergePending } from '../export/plan.js';
import type { Session } from '../session.js';
import { knowledgeOf, union } from './knowledge.js';
import { lastHeard } from './last-heard.js';
import { everyDeviceOf, type Recipient } from './recipients.js';

const DAY_MS = 86_400_000;

/** What is known of one contact. Counts are messages: housekeeping is never waited for. */
export interface Delivery {
  /** The latest moment on its own clock that anything from it tells of, ms; undefined when nothing ever came. */
  readonly lastHeard: number | undefined;
  /** Messages of mine that it is known to hold. */
  readonly acknowledged: number;
  /** Messages in topics passed on that it is not known to hold. */
  readonly pending: number;
  /** Of these, messages that lay on a drive for it at our last visit. */
  readonly onDrives: number;
}

/**
 * How far everything has got to a contact: it holds what any of its devices holds, and lacks what any lacks that was heard of
 * within so many days (0: whenever).
 */
export function deliveryTo(
  session: Session,
  contact: Contact,
  logs = chosenLogs(session),
  waiting: Waiting = whatWaits(session),
  silentDays = 0,
): Delivery {
  const { repository, self } = session;
  const devices = everyDeviceOf(session, [contact]);
  const knowledge = devices.map((device) => knowledgeOf(repository, device));
  const awaited = awaitedAmong(session, devices, silentDays);
  const pending = mergePending(knowledge.flatMap((one, i) => (awaited[i] ? pendingOf(repository, logs, one) : [])));
  const own = logs.filter(({ person }) => person === self.person);
  const mine = new Set(own.map(({ log }) => log));
  const ownPending = countMessages(
    repository,
    pending.filter(({ log }) => mine.has(log)),
  );
  const othersPending = countMessages(
    repository,
    pending.filter(({ log }) => !mine.has(log)),
  );
  return {
    lastHeard: latestOf(devices.map((device) => lastHeard(session, device))),
    acknowledged: countMessages(
      repository,
      own.map(({ log }) => ({ log, ranges: union(knowledge.flatMap((one) => one.holds(log))) })),
    ),
    pending: ownPending + othersPending,
    onDrives: waiting.onTheWay(contact.person, pending),
  };
}

/** For each device whether it is waited for: it was heard of lately, or none was. */
function awaitedAmong(session: Session, devices: readonly Recipient[], silentDays: number): boolean[] {
  const since = session.repository.world.now() - silentDays * DAY_MS;
  const isHeard = devices.map((device) => silentDays === 0 || (lastHeard(session, device) ?? 0) >= since);
  return isHeard.includes(true) ? isHeard : devices.map(() => true);
}

function latestOf(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
