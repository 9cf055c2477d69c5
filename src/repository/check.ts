// Check: what is wrong with a repository, as findings; nothing is changed (spec/repository.md, "Check").

import path from 'node:path';
import { SatchelError } from '../format/error.js';
import { shortId } from '../format/ids.js';
import { decodeMeta } from '../format/log/meta.js';
import { decodeProof, verifyProof } from '../format/log/proof.js';
import {
  decodeSegment,
  peekSegment,
  SEGMENT_PREFIX_SIZE,
  type Segment,
  verifySegment,
  walkSegment,
} from '../format/log/segment.js';
import { disk } from './disk.js';
import { namesIn, readIfThere, UNFINISHED } from './files.js';
import { othersIn } from './index/housekeeping.js';
import { milestoneLengths } from './index/milestones.js';
import { recentEntries } from './index/recent-entries.js';
import type { RunRecord } from './index/run-record.js';
import type { Layout } from './layout.js';
import type { Repository } from './repository.js';
import { isAbandoned } from './store/blobs.js';
import type { StoredEntry } from './store/open-segment.js';
import type { Frame } from './store/packs.js';
import { unfinishedFiles } from './unfinished.js';

/** Something that is not as it should be. */
export interface Finding {
  /** An error means that something was lost or may be; a hint that something wants attention. */
  readonly severity: 'error' | 'hint';
  readonly code: 'pack' | 'rot' | 'segment' | 'chain' | 'index' | 'torn-tail' | 'proof' | 'blob' | 'leftover';
  /** Lower case, no full stop. */
  readonly message: string;
  readonly where: string;
}

const INTERRUPTED = 'an interrupted commit; the next one replaces it';

/** How deep to look. */
export interface CheckOptions {
  /** Read everything: every segment's checksum, chain and heads, and the index against the packs. */
  readonly all: boolean;
}

/**
 * What is wrong with the packs, the index and the proofs; empty when nothing is. Secret keys and references are checked by
 * those who know them.
 */
export function* checkRepository(repository: Repository, options: CheckOptions): Generator<Finding> {
  yield* checkPacks(repository, options);
  yield* checkDamage(repository);
  yield* options.all ? checkIndexFully(repository) : checkIndexEnds(repository);
  yield* checkProofs(repository);
  yield* checkLeftovers(repository);
}

function* checkPacks(repository: Repository, { all }: CheckOptions): Generator<Finding> {
  const { packs } = repository;
  const ends = new Map<number, number>();
  for (const frame of packs.scan({ pack: 0, offset: 0 })) {
    const where = `${packs.file(frame.pack)} at byte ${frame.offset}`;
    ends.set(frame.pack, frame.end);
    const broken = frame.isIntact ? undefined : brokenFinding(repository, frame, where);
    if (broken) yield broken;
    if (all && broken?.severity !== 'hint') yield* checkFrame(repository, frame);
  }
  for (const pack of packs.list()) {
    const end = ends.get(pack) ?? 0;
    if (packs.size(pack) !== end) yield tailFinding(repository, pack, end);
  }
}

/** What has rotten before, and is not here again. */
function* checkDamage(repository: Repository): Generator<Finding> {
  const { damage, layout } = repository;
  // who was told knows what to do
  const severity = damage.isTold ? 'hint' : 'error';
  for (const log of repository.logsWithLoss()) {
    for (const { from, end } of repository.lost(log)) {
      const message = `log ${shortId(log)}: ${rangeWords(from, end)} damaged here; any bundle that holds them brings them back`;
      yield { severity, code: 'rot', message, where: `log ${log}` };
    }
  }
  if (damage.unknownBytes > 0 && !damage.isTold) {
    const message = `${damage.unknownBytes} bytes of commits were damaged, and nobody knows what they held`;
    yield { severity, code: 'rot', message, where: layout.packs };
  }
  for (const name of damage.setAside) {
    const where = path.join(layout.quarantine, name);
    const message = 'a pack in which something had rotten; what was whole in it was copied';
    if (disk.exists(where)) yield { severity: 'hint', code: 'rot', message, where };
  }
}

function rangeWords(from: number, end: number): string {
  return end - from === 1 ? `entry ${from} was` : `entries ${from} to ${end - 1} were`;
}

/** The newest commit may have been interrupted just before it was made durable; then the index knows nothing of it. */
function brokenFinding(repository: Repository, frame: Frame, where: string): Finding {
  const isNewest = frame.end === repository.packs.size(frame.pack);
  return isNewest && !knowsBehind(repository, frame.pack, frame.offset)
    ? { severity: 'hint', code: 'torn-tail', message: INTERRUPTED, where }
    : { severity: 'error', code: 'pack', message: 'a commit does not match its checksum', where };
}

function knowsBehind(repository: Repository, pack: number, offset: number): boolean {
  return allRecords(repository).some((run) => run.pack === pack && run.offset + run.length > offset);
}

/** Bytes behind the last frame: an interrupted commit, unless the index knows entries there or commits can be found. */
function tailFinding(repository: Repository, pack: number, end: number): Finding {
  const where = `${repository.packs.file(pack)} at byte ${end}`;
  return knowsBehind(repository, pack, end) || repository.packs.hasCommitsBehind({ pack, offset: end })
    ? { severity: 'error', code: 'pack', message: 'no commit can be read where one was', where }
    : { severity: 'hint', code: 'torn-tail', message: INTERRUPTED, where };
}

function* checkFrame(repository: Repository, frame: Frame): Generator<Finding> {
  for (let at = frame.offset; at < frame.end; ) {
    const where = `${repository.packs.file(frame.pack)} at byte ${at}`;
    const length = segmentLength(repository, frame, at);
    if (length === undefined) {
      yield { severity: 'error', code: 'segment', message: 'no segment where one must begin', where };
      return;
    }
    const problem = problemOf(() => verifySegment(readSegment(repository, frame.pack, at, length)));
    if (problem) yield { severity: 'error', code: 'segment', message: problem, where };
    at += length;
  }
}

function segmentLength(repository: Repository, frame: Frame, at: number): number | undefined {
  try {
    const { length } = peekSegment(repository.packs.read(frame.pack, at, SEGMENT_PREFIX_SIZE));
    return at + length <= frame.end ? length : undefined;
  } catch {
    return undefined;
  }
}

function readSegment(repository: Repository, pack: number, offset: number, length: number): Segment {
  return decodeSegment(repository.packs.read(pack, offset, length));
}

function* checkIndexEnds(repository: Repository): Generator<Finding> {
  for (const run of allRecords(repository)) {
    if (run.offset + run.length <= repository.packs.size(run.pack)) continue;
    yield {
      severity: 'error',
      code: 'index',
      message: `log ${shortId(run.log)}: entries ${run.first} to ${run.end - 1} are not in their pack`,
      where: repository.packs.file(run.pack),
    };
  }
}

/** Every record against its segment: the same entries, the same ids, and links that hold from run to run. */
function* checkIndexFully(repository: Repository): Generator<Finding> {
  const damage = repository.indexDamage();
  if (damage) {
    const message = `${damage}; delete the directory, and it is built anew`;
    yield { severity: 'error', code: 'index', message, where: repository.layout.index };
    return;
  }
  for (const { log } of repository.logs()) {
    let before: RunRecord | undefined;
    const freeze = repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
    for (const run of repository.records(log)) {
      const problem = problemOf(() => compareRun(repository, run)) ?? linkProblem(before, run, freeze);
      if (problem)
        yield {
          severity: 'error',
          code: 'index',
          message: problem,
          where: `log ${shortId(log)} from entry ${run.first}`,
        };
      before = run;
    }
  }
  yield* checkRecent(repository);
}

/** What is kept of entries that were read lately against what the packs hold. */
function* checkRecent(repository: Repository): Generator<Finding> {
  for (const { runId, entry } of recentEntries(repository.layout.index)) {
    const { log, seq } = entry;
    // what the index does not name so is not believed either
    if (repository.runs(log, seq, seq + 1)[0]?.id !== runId) continue;
    const problem = problemOf(() => compareEntry(entry, repository.entry(log, seq)));
    if (problem)
      yield { severity: 'error', code: 'index', message: problem, where: `log ${shortId(log)} entry ${seq}` };
  }
}

function compareEntry(kept: StoredEntry, stored: StoredEntry | undefined): void {
  const isSame = kept.id === stored?.id && kept.previous === stored.previous && kept.meta.equals(stored.meta);
  const [payload, wanted] = [kept.payload, stored?.payload];
  if (isSame && (payload && wanted ? payload.equals(wanted) : payload === wanted)) return;
  throw new SatchelError(
    'damaged',
    'an entry that was read lately is kept otherwise than it is stored; delete the index',
  );
}

function compareRun(repository: Repository, run: RunRecord): void {
  const segment = readSegment(repository, run.pack, run.offset, run.length);
  const lengths = run.milestones?.length ? milestoneLengths(segment) : [];
  const wanted = new Map([...lengths, run.first, run.end].map((length) => [length, '']));
  wanted.set(segment.first, segment.previous);
  const housekeeping: number[] = [];
  walkSegment(segment, (seq, { meta }, chain) => {
    if (wanted.has(seq + 1)) wanted.set(seq + 1, chain.id);
    const isInRun = seq >= Math.max(run.first, 1) && seq < run.end;
    if (isInRun && meta.length > 0 && decodeMeta(meta).housekeeping) housekeeping.push(seq);
  });
  const isRight = segment.log === run.log && wanted.get(run.first) === run.previous && wanted.get(run.end) === run.id;
  const areMilestonesRight = lengths.every((length, i) => wanted.get(length) === run.milestones?.[i]);
  if (isRight && areMilestonesRight && isToldApart(run, housekeeping)) return;
  throw new SatchelError('damaged', 'the index does not match the segment');
}

/** Whether the index counts the messages of a run right, and knows which of its entries are none, if it says so. */
function isToldApart(run: RunRecord, housekeeping: readonly number[]): boolean {
  const { seqs = housekeeping } = run.housekeeping ?? {};
  return othersIn(run) === housekeeping.length && seqs.every((seq, i) => seq === housekeeping[i]);
}

/** Behind a freeze runs of several pasts may lie side by side. */
function linkProblem(before: RunRecord | undefined, run: RunRecord, freeze: number): string | undefined {
  return before && before.end === run.first && run.first <= freeze && before.id !== run.previous
    ? 'the run does not follow from the one before it'
    : undefined;
}

function* checkProofs(repository: Repository): Generator<Finding> {
  const directory = repository.layout.proofs;
  for (const name of namesIn(directory).filter((one) => !UNFINISHED.test(one))) {
    const bytes = readIfThere(path.join(directory, name));
    const problem = problemOf(() => {
      const proof = bytes && decodeProof(bytes);
      if (!proof || !verifyProof(proof) || name !== `${proof.log}.${proof.length}`)
        throw new SatchelError('damaged', 'proves nothing');
    });
    if (problem) yield { severity: 'error', code: 'proof', message: problem, where: path.join(directory, name) };
  }
}

function* checkLeftovers(repository: Repository): Generator<Finding> {
  const { layout, blobs, world } = repository;
  // beside us somebody may be posting a file
  const unfinished = [...blobs.unfinished()].filter((one) => isAbandoned(one, world.now())).map(({ file }) => file);
  const inTmp = namesIn(layout.tmp).map((name) => path.join(layout.tmp, name));
  for (const where of [...inTmp, ...unfinishedFiles(layout).filter((file) => !isSecret(layout, file)), ...unfinished]) {
    const message = 'left behind by an interrupted command; "satchel gc" removes it';
    yield { severity: 'hint', code: 'leftover', message, where };
  }
}

/** Of secret keys their own check tells. */
function isSecret({ keys }: Layout, file: string): boolean {
  return path.dirname(file) === keys;
}

function allRecords(repository: Repository): RunRecord[] {
  return repository.arrivedAfter(0);
}

function problemOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SatchelError) return error.message;
    throw error;
  }
}
