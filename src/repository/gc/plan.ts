// Which segments become one, and which payloads go (spec/repository.md, "Garbage collection").
import type { LogId } from '../../format/ids.js';
import { decodeSegmentHeader, SEGMENT_HEADER_SIZE, type SegmentHeader } from '../../format/log/segment.js';
import { canMerge } from '../../format/log/segment-build.js';
import type { RangeSet } from '../index/range-set.js';
import { retractedBy } from '../index/retracted.js';
import { retractedByLater } from '../index/retracted-later.js';
import { plainRun, type RunRecord } from '../index/run-record.js';
import type { LogSummary } from '../index/summary.js';
import type { Repository } from '../repository.js';
import { placeOf } from '../store/segments.js';

/** A stored segment of more bytes than this is not merged with its neighbours. */
const LARGE_BYTES = 256 * 1024;

/** What may go and what must stay apart. */
export interface GcPolicy {
  /** Whether an entry's payload has expired for good; retractions are found without asking. */
  hasExpired(meta: Buffer): boolean;
  /** Commit numbers in a log at which something changed its meaning: what came later is not merged with what came before. */
  boundaries(log: LogSummary): readonly number[];
}

/** One segment to be written. */
export interface PlannedSegment {
  readonly log: LogId;
  /** Runs that become the segment, in order; one alone is copied as stored unless payloads go. */
  readonly sources: readonly RunRecord[];
  /** Number of the newest commit among them. */
  readonly arrival: number;
  /** Seqs whose payloads are dropped. */
  readonly drops: ReadonlySet<number>;
}

/** The segments that take the place of these records' segments, in order of arrival. */
export function planSegments(
  repository: Repository,
  records: readonly RunRecord[],
  policy: GcPolicy,
): PlannedSegment[] {
  const byLog = new Map<LogId, RunRecord[]>();
  for (const record of records) {
    const list = byLog.get(record.log);
    if (list) list.push(record);
    else byLog.set(record.log, [record]);
  }
  const planned = [...byLog].flatMap(([log, runs]) => planLog(repository, log, runs, policy));
  return planned.sort((a, b) => a.arrival - b.arrival);
}

function planLog(repository: Repository, log: LogId, runs: readonly RunRecord[], policy: GcPolicy): PlannedSegment[] {
  const summary = repository.log(log);
  const boundaries = summary ? policy.boundaries(summary) : [];
  const gone = goneIn(repository, log);
  const planned: PlannedSegment[] = [];
  let group: Group | undefined;
  for (const run of wholeSegments(runs)) {
    const item = itemOf(repository, run, { gone, policy });
    const joined: Group | undefined = group && join(group, item, boundaries);
    if (group && !joined) planned.push(close(log, group));
    group = joined ?? { ...item, sources: [run] };
  }
  if (group) planned.push(close(log, group));
  return planned;
}

/** What is known of one stored segment before it is decoded. */
interface Item {
  readonly run: RunRecord;
  readonly header: SegmentHeader;
  /** Whether what is indexed of it can be cut out: all of it is held, up to its end. */
  readonly isJoinable: boolean;
  readonly drops: ReadonlySet<number>;
}

interface Group extends Item {
  readonly sources: readonly RunRecord[];
  readonly size?: { readonly count: number; readonly rawLength: number };
}

function join(group: Group, next: Item, boundaries: readonly number[]): Group | undefined {
  const last = group.sources[group.sources.length - 1];
  const size = group.size ?? group.header;
  if (!last || !group.isJoinable || !next.isJoinable) return undefined;
  if (!canJoin(last, next.run) || !canMerge(size, next.header)) return undefined;
  const span = [...group.sources, next.run].map((run) => run.arrival);
  const [oldest, newest] = [Math.min(...span), Math.max(...span)];
  if (boundaries.some((boundary) => oldest <= boundary && boundary < newest)) return undefined;
  return {
    ...group,
    sources: [...group.sources, next.run],
    size: { count: size.count + next.header.count, rawLength: size.rawLength + next.header.rawLength },
    drops: new Set([...group.drops, ...next.drops]),
  };
}

/** Neighbours of which at least one is small; the introduction stays alone. */
function canJoin(a: RunRecord, b: RunRecord): boolean {
  const isIntroduction = a.first === 0 && a.end === 1;
  const isLinked = a.end === b.first && a.id === b.previous;
  return isLinked && !isIntroduction && Math.min(a.length, b.length) < LARGE_BYTES;
}

function close(log: LogId, group: Group): PlannedSegment {
  return {
    log,
    sources: group.sources,
    arrival: Math.max(...group.sources.map((run) => run.arrival)),
    drops: group.drops,
  };
}

function itemOf(repository: Repository, run: RunRecord, rules: { gone: RangeSet; policy: GcPolicy }): Item {
  const header = decodeSegmentHeader(repository.packs.read(run.pack, run.offset, SEGMENT_HEADER_SIZE));
  const isJoinable = !run.unheld && run.end === header.first + header.count;
  return { run, header, isJoinable, drops: dropsIn(repository, run, header, rules) };
}

/** Looks at all of the stored segment: a payload that must go is not to stay in a part that is indexed elsewhere. */
function dropsIn(
  repository: Repository,
  run: RunRecord,
  { first, count }: SegmentHeader,
  { gone, policy }: { gone: RangeSet; policy: GcPolicy },
): ReadonlySet<number> {
  const drops = new Set<number>();
  if (!run.expires && !gone.touches({ from: first, end: first + count })) return drops;
  for (const entry of repository.segment(run).entries) {
    if (entry.seq === 0 || !entry.payload) continue;
    if (gone.has(entry.seq) || policy.hasExpired(entry.meta)) drops.add(entry.seq);
  }
  return drops;
}

/** One record for each stored segment; a segment that is indexed in several parts is not joined with others. */
function wholeSegments(runs: readonly RunRecord[]): RunRecord[] {
  const byPlace = new Map<string, RunRecord[]>();
  for (const run of runs) byPlace.set(placeOf(run), [...(byPlace.get(placeOf(run)) ?? []), run]);
  return [...byPlace.values()].flatMap(asOne).sort((a, b) => a.first - b.first);
}

function asOne(parts: readonly RunRecord[]): RunRecord[] {
  const [first] = parts;
  const [held, ...others] = parts.filter((part) => !part.unheld);
  // one that was stripped without a cause, and explained later, has two records
  const isHealed =
    others.length === 0 && parts.every((part) => held && held.first <= part.first && part.end <= held.end);
  if (held && isHealed) return [held];
  if (!first || parts.length === 1) return [...parts];
  return [{ ...plainRun(first), unheld: true, expires: parts.some((part) => part.expires) }];
}

/** Seqs whose payloads go, whatever their date: taken back by their author, or forgotten here. */
function goneIn(repository: Repository, log: LogId): RangeSet {
  const runs = repository.records(log).filter((run) => run.retracts);
  const retracted = retractedBy(repository, log, runs, (run) => repository.segment(run).segment);
  retracted.add(retractedByLater(repository, log));
  retracted.add(repository.forgotten(log).ranges);
  return retracted;
}
