// Keeping the repository tidy: what garbage collection may drop, and when it runs by itself (spec/repository.md,
// "Garbage collection"; spec/message.md, "Expiry").
import { decodeMeta } from '../format/log/meta.js';
import { collectIfDue } from '../repository/gc/due.js';
import { collectGarbage, type GcReport } from '../repository/gc/gc.js';
import type { GcPolicy } from '../repository/gc/plan.js';
import { mayPay } from '../repository/gc/units.js';
import type { LogSummary } from '../repository/index/summary.js';
import { readMarks } from '../repository/read-marks.js';
import { isOnBadSpot } from '../repository/store/packs.js';
import { lowerMedian } from '../topic/order/clock.js';
import { clocksOfPeople } from '../topic/order/people-clocks.js';
import { readStatement } from './known/statements.js';
import { activeContacts, type Session } from './session.js';

const DAY_MS = 86_400_000;

/** Garbage collection as the user asked for it. Only under the repository's lock. */
export function tidy(session: Session, options: { readonly all: boolean }): GcReport {
  return collectGarbage(session.repository, policyOf(session), options);
}

/** The same of all packs from one on, in which something was forgotten. Only under the repository's lock. */
export function tidyFrom(session: Session, pack: number): GcReport {
  return collectGarbage(session.repository, policyOf(session), { all: true, from: pack });
}

/**
 * Garbage collection if much has gathered since the last; a command calls it when its own work is done and reported. None
 * where the disk cannot read what would be moved.
 */
export async function tidyIfDue(session: Session): Promise<GcReport | undefined> {
  const { repository } = session;
  if (!mayPay(repository)) return undefined;
  // what is written anew is judged anew, introductions among it
  try {
    return repository.locked(() => collectIfDue(repository, () => policyOf(session)));
  } catch (error) {
    if (isOnBadSpot(error)) return undefined;
    throw error;
  }
}

function policyOf(session: Session): GcPolicy {
  const day = Math.floor(safeNow(session) / DAY_MS);
  const marks = readMarks(session.repository.layout);
  const believed = believedUpTo(session);
  return {
    hasExpired: (meta) => (decodeMeta(meta).expires ?? Number.POSITIVE_INFINITY) <= day,
    boundaries: (log) => [
      ...(log.topic ? [marks.get(log.topic) ?? 0] : []),
      ...voidOf(session, log),
      ...(log.veiled ? believed : []),
    ],
  };
}

/**
 * The earlier of our own clock and the contacts' median, ms: a payload goes only when both have passed its day, so that
 * one wrong clock destroys nothing.
 */
export function safeNow(session: Session): number {
  const { repository } = session;
  const logs = activeContacts(session).flatMap(({ person }) => repository.logsOfPerson(person));
  const median = lowerMedian(clocksOfPeople(repository, logs).values());
  return Math.min(repository.world.now(), median ?? repository.world.now());
}

/** Up to where own devices that are gone are believed in private topics must be told from what came after. */
function believedUpTo({ self, devices }: Session): number[] {
  const { gone = [], recovered } = devices?.get(self.person) ?? {};
  return [...gone, ...(recovered ? [recovered] : [])].map(({ commit }) => commit);
}

/** What a device acknowledged before it lost its memory must not be merged with what it said after. */
function voidOf(session: Session, log: LogSummary): number[] {
  const statement = log.device && readStatement(session.repository, log.device);
  return statement && statement.voidBefore > 0 ? [statement.voidBefore] : [];
}
