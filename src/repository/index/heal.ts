// Stripped entries that are held after all, because what came since explains what is missing in them (spec/log.md,
// "Holding").
import { walkSegment } from '../../format/log/segment.js';
import type { KnownLogs } from '../known-logs.js';
import { Ingest } from './ingest.js';
import type { LogState } from './log-state.js';
import { plainRun, type RunRecord } from './run-record.js';

/** Records of runs that are held now because what was missing in them was retracted meanwhile; adds them to the state. */
export function healUnheld(repository: KnownLogs, state: LogState, arrival: number): RunRecord[] {
  const healed: RunRecord[] = [];
  const walked = new Set<string>();
  const addHealed = (runs: readonly RunRecord[]): void => {
    state.add(runs);
    for (const one of runs) healed.push(one);
  };
  for (const run of state.explained) {
    // what is healed lies where it lay, and counts towards quotas already: it adds no bytes
    if (state.isExplainedWhole(run)) {
      addHealed([{ ...plainRun(run), unheld: false, bytes: 0, arrival }]);
      continue;
    }
    // one walk finds all runs of a segment, and many of them may lie in one
    const place = `${run.pack}:${run.offset}`;
    if (walked.has(place)) continue;
    walked.add(place);
    const stored = repository.segment(run).segment;
    const ingest = new Ingest(stored, state.known(stored, repository.world.now()), repository.interpreter);
    const id = walkSegment(stored, ingest.visit);
    const found = ingest.finish(id, { pack: run.pack, offset: run.offset, length: run.length, arrival });
    addHealed(found.runs.filter((one) => !one.unheld).map((one) => ({ ...one, bytes: 0 })));
  }
  return healed;
}
