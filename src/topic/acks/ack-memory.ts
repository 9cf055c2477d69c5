// What a log acknowledges, remembered beside the index (spec/repository.md, "Acknowledgements"): who was read once is read on
// from there. A file for each log, derived: one that is missing, has rotten or was made from other segments is written anew.
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { LogId } from '../../format/ids.js';
import { couldWrite, readIfThere, writeAtomic } from '../../repository/files.js';
import type { HeldRange } from '../../repository/index/held.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { Repository } from '../../repository/repository.js';
import { type EntrySource, frozenAt } from '../source.js';
import { type AckState, type AcksBefore, ackStateOf, runsWithAcks } from './acks.js';

/** Changes with what stands in the files. */
const VERSION = 1;
const CRC_DIGITS = 8;

/** What of a repository counts. */
export interface CountedEntries extends EntrySource {
  runs(log: LogId): readonly RunRecord[];
}

/**
 * What the log's author acknowledged: what is remembered, and what came since, which is remembered from now on.
 * @param source the repository without the runs that came with commits up to number `voidBefore`
 */
export function rememberedAcks(
  repository: Repository,
  log: LogId,
  source: CountedEntries = repository,
  voidBefore = 0,
): AckState {
  // where a log ends to count is not known for good
  if (frozenAt(source, log) !== Number.POSITIVE_INFINITY) return ackStateOf(source, log);
  const file = path.join(repository.layout.index, 'acks', log);
  const known = recallFrom(file, source.runs(log), voidBefore);
  const isNews = runsWithAcks(source, log, known?.end).length > 0;
  if (!isNews && known) return known.state;
  const state = ackStateOf(source, log, known);
  const last = source.runs(log).at(-1);
  if (isNews && last && isWhole(repository, log, state.since, last.end)) remember(file, last, voidBefore, state);
  return state;
}

/** Whether nothing is missing that could change it when it comes. */
function isWhole(repository: Repository, log: LogId, from: number, end: number): boolean {
  return repository.held(log).some((range) => range.from <= from && range.end === end);
}

/** The run that it was read up to, by its place: garbage collection drops acks, and puts what stays elsewhere. */
type Upto = Pick<RunRecord, 'end' | 'id' | 'pack' | 'offset'>;

interface Stored extends Upto {
  readonly version: number;
  readonly voidBefore: number;
  readonly since: number;
  readonly acks: readonly number[];
  readonly held: readonly (readonly [LogId, readonly HeldRange[]])[];
}

function recallFrom(file: string, runs: readonly RunRecord[], voidBefore: number): AcksBefore | undefined {
  const stored = readStored(file);
  if (stored?.version !== VERSION || stored.voidBefore !== voidBefore) return undefined;
  const { end, id, pack, offset, since, acks, held } = stored;
  const run = runs.find((one) => one.end === end);
  if (!run || run.id !== id || run.pack !== pack || run.offset !== offset) return undefined;
  return { end, state: { held: new Map(held), acks, since } };
}

function readStored(file: string): Stored | undefined {
  const bytes = readIfThere(file);
  if (!bytes) return undefined;
  const text = bytes.subarray(CRC_DIGITS);
  return bytes.toString('latin1', 0, CRC_DIGITS) === checksumOf(text) ? JSON.parse(text.toString('latin1')) : undefined;
}

function remember(file: string, run: Upto, voidBefore: number, { held, acks, since }: AckState): void {
  const { end, id, pack, offset } = run;
  const stored: Stored = { version: VERSION, end, id, pack, offset, voidBefore, since, acks, held: [...held] };
  const text = Buffer.from(JSON.stringify(stored), 'latin1');
  couldWrite(() => writeAtomic(file, `${checksumOf(text)}${text.toString('latin1')}`, { durable: false }));
}

function checksumOf(text: Buffer): string {
  return crc32(text).toString(16).padStart(CRC_DIGITS, '0');
}
