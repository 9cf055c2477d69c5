// What is known of one log, derived anew from its stored segments when its freeze has moved (spec/log.md, "Taking a
// segment").
import { walkSegment } from '../../format/log/segment.js';
import type { KnownLogs } from '../known-logs.js';
import type { OpenSegment } from '../store/open-segment.js';
import { healUnheld } from './heal.js';
import { Ingest } from './ingest.js';
import { LogState } from './log-state.js';
import type { RunRecord } from './run-record.js';

/** What the state is derived from. */
export interface Stored {
  /** All runs that are indexed of the log, in any order. */
  readonly runs: readonly RunRecord[];
  readonly freeze: number;
  /** Number of the commit that is being filled: what is stripped in it is looked at when it ends. */
  readonly open: number;
  /** Opens the segment of a run, of the commit that is being filled too. */
  read(run: RunRecord): OpenSegment;
}

/** The log as it would be if the freeze had been known from the beginning. */
export function deriveState(repository: KnownLogs, { runs, freeze, open, read }: Stored): LogState {
  const [log] = runs.map((run) => run.log);
  const forgotten = log && repository.forgotten(log);
  const state = new LogState([], read, { freeze, forgotten });
  const segments = segmentsOf(runs);
  for (const [i, place] of segments.entries()) {
    const { segment } = read(place);
    const ingest = new Ingest(segment, state.known(segment, repository.world.now()), repository.interpreter);
    const { pack, offset, length, arrival } = place;
    const found = ingest.finish(walkSegment(segment, ingest.visit), { pack, offset, length, arrival });
    state.add(found.runs);
    state.retract(ingest.retracts);
    if (arrival === open || segments[i + 1]?.arrival === arrival) continue;
    healUnheld(repository, state, arrival);
    state.settle();
  }
  return state;
}

/** One run for each stored segment, in order of arrival; what was healed later counts from when its segment came. */
function segmentsOf(runs: readonly RunRecord[]): RunRecord[] {
  const first = new Map<string, RunRecord>();
  for (const run of runs) {
    const place = `${run.pack}:${run.offset}`;
    const known = first.get(place);
    if (!known || run.arrival < known.arrival) first.set(place, run);
  }
  return [...first.values()].sort((a, b) => a.pack - b.pack || a.offset - b.offset);
}
