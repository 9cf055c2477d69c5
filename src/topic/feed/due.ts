// What a consumer is to get next: every message that can be shown, once, whenever it came (spec/cli.md, "feed").
import type { TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { heldRanges, subtractRanges, unionRanges } from '../../repository/index/held.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { inOrder } from '../order/order.js';
import { messageIn } from '../payload.js';
import { readHidden } from '../reading/hidden.js';
import { openLinks } from '../reading/links.js';
import { type Acquainted, openPeople } from '../reading/people.js';
import { openPlaces, type Places } from '../reading/places.js';
import type { MessageState } from '../reading/view.js';
import { openVisibility, type Visibility } from '../reading/visibility.js';
import type { Consumer, HandedOut } from './consumer.js';
import { judgementNow, stillHolds } from './judged.js';
import { SeqSets } from './seq-sets.js';
import { openUnseen } from './unseen.js';

/** What comes next, and what is known then of how far the consumer got. */
export interface Due {
  readonly messages: readonly HandedOut[];
  readonly position: Pick<Consumer, 'done' | 'passed' | 'judgedBy' | 'judgedAt'>;
}

/** States of what is handed out: what `read` shows, and what it shows with the message that it is about. */
const DUE: readonly MessageState[] = ['shown', 'contradicted', 'unreadable', 'edit', 'reaction'];

/**
 * At most `count` messages of the topics that can be shown and were not handed out, as the conversation has them; undefined
 * when there is nothing that was not looked at, or all that is left waits for a key: that is due when it can be shown. Costs a look at each log, and at what was not looked at before.
 */
export function nextDue(
  around: Acquainted,
  topics: readonly TopicId[],
  consumer: Consumer,
  count: number,
): Due | undefined {
  const { repository } = around;
  const now = judgementNow(repository);
  const holds = stillHolds(consumer, now);
  const done = new SeqSets(consumer.done);
  const passed = new SeqSets(holds ? consumer.passed : {});
  const people = openPeople(around);
  const logs = topics
    .flatMap((topic) => repository.logsOfTopic(topic))
    .flatMap((summary) => {
      const left = leftOf(around, summary, [done.of(summary.log), passed.of(summary.log)]);
      return left.length > 0 && !people.isBlocked(summary.log) ? [{ summary, left }] : [];
    });
  if (logs.length === 0) return undefined;
  const judge = openJudge(around, people);
  let isNews = !holds;
  const unseen = openUnseen(repository, logs, (log, ranges) => {
    done.add(log, ranges);
    isNews = true;
  });
  const messages: HandedOut[] = [];
  for (const { entry } of inOrder(unseen.source, unseen.logs)) {
    const verdict = judge(entry, done);
    if (verdict === 'elsewhere' || verdict === 'later') continue;
    isNews = true;
    (verdict === 'passed' ? passed : done).addEntry(entry);
    if (verdict === 'passed' || verdict === 'done') continue;
    const { log, seq, id } = entry;
    messages.push({ log, seq, id, ...(verdict === 'contradicted' && { marked: true }) });
    if (messages.length >= count) break;
  }
  if (!isNews) return undefined;
  const position = { done: done.stored(), passed: passed.stored(), judgedBy: now.by, judgedAt: now.at };
  return { messages, position };
}

/** What is held of a log and was not looked at; the usual case is told without a look at its runs. */
function leftOf({ repository }: Acquainted, summary: LogSummary, seen: readonly (readonly Range[])[]): Range[] {
  const { log, end, entries } = summary;
  const isWhole = entries === end;
  const known = unionRanges([...seen.flat(), ...waitingIn(repository, summary)]);
  if (isWhole && known[0]?.from === 0 && known[0].end >= end) return [];
  return subtractRanges(isWhole ? [{ from: 0, end }] : heldRanges(repository.runs(log)), known);
}

/** What waits for a key, as the index has it; what looks sealed in a log that is not veiled waits for none. */
export function waitingIn(repository: Repository, { log, veiled, waits }: LogSummary): readonly Range[] {
  return veiled && waits ? repository.runs(log).flatMap(({ waiting }) => waiting) : [];
}

/**
 * What becomes of a message: it is due, `shown` or `contradicted`; it was handed out in another place, and so is `done`; it
 * is shown in another place, which is looked at for itself; or it cannot be shown now, and is `passed`, or `later` if all that
 * it lacks is a key.
 */
type Verdict = 'shown' | 'contradicted' | 'done' | 'elsewhere' | 'later' | 'passed';

interface Rules {
  readonly places: Places;
  readonly visibility: Visibility;
}

function openJudge(around: Acquainted, people: ReturnType<typeof openPeople>) {
  const { repository } = around;
  const hidden = readHidden(repository.directory);
  const known = new Map<TopicId | undefined, Rules>();
  const rulesOf = (topic: TopicId | undefined): Rules => {
    const places = openPlaces(repository, topic ?? ('' as TopicId));
    const links = openLinks(repository, topic ?? ('' as TopicId), places);
    return { places, visibility: openVisibility({ repository, people, hidden, places, links }) };
  };
  return (entry: StoredEntry, done: SeqSets): Verdict => {
    const topic = repository.log(entry.log)?.topic;
    const { places, visibility } = known.get(topic) ?? rulesOf(topic);
    known.set(topic, { places, visibility });
    if (places.of(entry)?.places.some((place) => done.has(place))) return 'done';
    const state = visibility.ofMessage(entry, messageIn(entry));
    if (state === 'copy') return 'elsewhere';
    if (state === 'event') return 'done';
    if (state === 'waiting' || state === 'locked') return 'later';
    if (!DUE.includes(state)) return 'passed';
    return state === 'contradicted' ? 'contradicted' : 'shown';
  };
}
