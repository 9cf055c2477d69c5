// Where a log belongs, as its introduction says (spec/log.md, "Introduction"): the one place that reads a held introduction.
import type { LogId } from '../format/ids.js';
import type { Placement } from './index/introduction-record.js';
import type { KnownLogs } from './known-logs.js';

/**
 * Where a log belongs; undefined while its introduction is not held, or can't be read. Whose log it is was verified when it
 * came, and stands in the index ({@link KnownLogs.log}): here it is only read.
 */
export function placementOf(repository: Pick<KnownLogs, 'entry' | 'interpreter'>, log: LogId): Placement | undefined {
  const payload = repository.entry(log, 0)?.payload;
  return payload && repository.interpreter.placement(log, payload);
}
