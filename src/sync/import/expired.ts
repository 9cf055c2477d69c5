// Messages whose day had come before anybody could read them (spec/message.md, "Expiry").
import { decodeMeta, type Range } from '../../format/log/meta.js';
import type { EntryPlace } from '../../repository/index/find.js';
import type { HeldRange } from '../../repository/index/held.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { firstAckOf } from '../../topic/acks/acks.js';
import { isMessage } from '../../topic/order/order.js';
import { sameHere } from '../known/same-past.js';
import type { Session } from '../session.js';

const DAY_MS = 86_400_000;

/** How many messages that came after commit number `since` had expired by then, on the own clock. */
export function countExpired(repository: Repository, since: number): number {
  let count = 0;
  for (const run of repository.arrivedAfter(since).filter(({ expires, unheld }) => expires && !unheld)) {
    for (const entry of repository.entries(run.log, run.first, run.end))
      if (isMessage(entry) && isOver(repository, entry)) count++;
  }
  return count;
}

/** Whether the run holds any message that has not expired, on the own clock. */
export function hasUnexpired(repository: Repository, run: RunRecord): boolean {
  const { log, first, end, messages, expires, unheld } = run;
  if (messages === 0 || unheld) return false;
  if (!expires) return true;
  for (const entry of repository.entries(log, first, end))
    if (isMessage(entry) && !isOver(repository, entry)) return true;
  return false;
}

function isOver({ world }: Repository, { meta }: StoredEntry): boolean {
  const { expires } = decodeMeta(meta);
  return expires !== undefined && expires * DAY_MS <= world.now();
}

/**
 * Whether a message expired before anybody acknowledged it, on the clock of whoever did: then it was read by nobody, as
 * far as is known. Undefined where that can not be said yet: it has not expired, or its log is written by others.
 */
export function expiredUnread(
  { repository, self }: Session,
  { log, seq, id }: EntryPlace,
  expires: number | undefined,
): boolean | undefined {
  const { topic, person } = repository.log(log) ?? {};
  if (!topic || person !== self.person || expires === undefined) return undefined;
  const end = expires * DAY_MS;
  if (end > repository.world.now()) return undefined;
  const others = repository.logsOfTopic(topic).filter((other) => other.person !== person);
  const same = (range: HeldRange): readonly Range[] => sameHere(repository, log, range);
  return !others.some((other) => (firstAckOf(repository, other.log, { log, seq, id }, same)?.time ?? end) < end);
}
