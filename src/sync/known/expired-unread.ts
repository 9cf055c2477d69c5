// Own messages that expired before anybody acknowledged them: by all that is known they were read by nobody (spec/cli.md,
// "status"). It takes a clock that is wrong, or a way that is longer than the message was meant to last.
import type { LogId, TopicId } from '../../format/ids.js';
import { decodeMeta, type Range } from '../../format/log/meta.js';
import { isInRanges } from '../../repository/index/held.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { acknowledgingIn } from '../../topic/acks/acks.js';
import type { Dep } from '../../topic/message/message.js';
import { isMessage } from '../../topic/order/order.js';
import { openPlaces } from '../../topic/reading/places.js';
import { openRetractions } from '../../topic/reading/retracted.js';
import { frozenAt } from '../../topic/source.js';
import type { Session } from '../session.js';
import { sameHere } from './same-past.js';

const DAY_MS = 86_400_000;
/** So many entries at the end of each own log are looked at: what is asked for each time must not cost more and more. */
const LATEST = 1_024;

interface Expired extends Dep {
  /** From this moment on it is not shown, ms. */
  readonly end: number;
}

/** The number of such messages in joined topics, among the latest of each own log. */
export function countExpiredUnread(session: Session): number {
  const joined = session.topics.topics.filter((topic) => topic.joined);
  return joined.reduce((sum, { topic }) => sum + countIn(session, topic), 0);
}

function countIn({ repository, self }: Session, topic: TopicId): number {
  const logs = repository.logsOfTopic(topic);
  const own = logs.filter(({ person }) => person === self.person);
  const expired = own.flatMap((log) => expiredIn(repository, log));
  if (expired.length === 0) return 0;
  const { isElsewhere } = openPlaces(repository, topic);
  const retractions = openRetractions(repository);
  const others = logs.filter(({ person }) => person !== self.person);
  const words = others.flatMap(({ log }) => [...wordsIn(repository, log, expired)]);
  const wasHeld = ({ log, seq, end }: Expired): boolean =>
    words.some((word) => word.log === log && word.time < end && isInRanges(word.ranges, seq));
  return expired.filter((one) => !isElsewhere(one) && !retractions.has(one) && !wasHeld(one)).length;
}

function expiredIn(repository: Repository, { log, end }: LogSummary): Expired[] {
  const until = Math.min(end, frozenAt(repository, log));
  const from = Math.max(0, until - LATEST);
  const now = repository.world.now();
  return repository.runs(log, from, until).flatMap((run) => {
    if (!run.expires || run.messages === 0) return [];
    const entries = repository.entries(log, Math.max(run.first, from), Math.min(run.end, until));
    return [...entries].flatMap((entry) => {
      const { expires } = isMessage(entry) ? decodeMeta(entry.meta) : {};
      const over = expires === undefined ? Number.POSITIVE_INFINITY : expires * DAY_MS;
      return over <= now ? [{ log, seq: entry.seq, id: entry.id, end: over }] : [];
    });
  });
}

/** What somebody said it holds of a log, and when, on its own clock. */
interface Word {
  readonly log: LogId;
  readonly time: number;
  readonly ranges: readonly Range[];
}

function* wordsIn(repository: Repository, log: LogId, expired: readonly Expired[]): Generator<Word> {
  const logs = new Set(expired.map((one) => one.log));
  const ids = new Set(expired.map(({ id }) => id));
  for (const { time, deps, ack } of acknowledgingIn(repository, log)) {
    for (const said of ack?.statements.filter((one) => logs.has(one.log)) ?? [])
      yield { log: said.log, time, ranges: said.ranges.flatMap((range) => sameHere(repository, said.log, range)) };
    for (const dep of deps.filter(({ id }) => ids.has(id)))
      yield { log: dep.log, time, ranges: [{ from: dep.seq, end: dep.seq + 1 }] };
  }
}
