// What a log acknowledges, remembered beside the index (spec/repository.md, "Acknowledgements"): who was read once is read on
// from there. A file for each log, derived: one that is missing, has rotten or was made from other segments is written anew.
import type { LogId } from '../../format/ids.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { Layout } from '../../repository/layout.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import { type EntrySource, frozenAt } from '../source.js';
import { type AckState, type AcksBefore, ackStateOf, runsWithAcks } from './acks.js';

/** Changes with what stands in the files. */
const VERSION = 1;

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
  const { layout } = repository;
  const known = recallFrom(layout, log, source.runs(log), voidBefore);
  const isNews = runsWithAcks(source, log, known?.end).length > 0;
  if (!isNews && known) return known.state;
  const state = ackStateOf(source, log, known);
  const last = source.runs(log).at(-1);
  if (isNews && last && isWhole(repository, log, state.since, last.end))
    remember(layout, log, { run: last, voidBefore, state });
  return state;
}

/** Whether nothing is missing that could change it when it comes. */
function isWhole(repository: Repository, log: LogId, from: number, end: number): boolean {
  return repository.held(log).some((range) => range.from <= from && range.end === end);
}

/** The run that it was read up to, by its place: garbage collection drops acks, and puts what stays elsewhere. */
type Upto = Pick<RunRecord, 'end' | 'id' | 'pack' | 'offset'>;

function recallFrom(
  layout: Layout,
  log: LogId,
  runs: readonly RunRecord[],
  voidBefore: number,
): AcksBefore | undefined {
  const stored = readState(layout, 'acks', log);
  if (stored?.version !== VERSION || stored.voidBefore !== voidBefore) return undefined;
  const { end, id, pack, offset, since, acks, held } = stored;
  const run = runs.find((one) => one.end === end);
  if (!run || run.id !== id || run.pack !== pack || run.offset !== offset) return undefined;
  return { end, state: { held: new Map(held), acks, since } };
}

function remember(
  layout: Layout,
  log: LogId,
  { run, voidBefore, state }: { readonly run: Upto; readonly voidBefore: number; readonly state: AckState },
): void {
  const { end, id, pack, offset } = run;
  const { held, acks, since } = state;
  const stored = { version: VERSION, end, id, pack, offset, voidBefore, since, acks, held: [...held] };
  writeState(layout, 'acks', stored, log);
}
