// Which veiled logs a bundle may hold and speak of: in what anybody can read there are none but those that its user named
// (spec/veiled.md, "Carrying").
import { isVeiledLog, type LogSummary } from '../../repository/index/summary.js';
import type { ExportOptions } from './options.js';

/** Tells whether a log may be in the bundle; of those that are not veiled it is no matter here. */
export function veiledScope(
  { seal, topics, veiled, isConfidential }: Pick<ExportOptions, 'seal' | 'topics' | 'veiled' | 'isConfidential'>,
  isLimited: boolean,
): (log: LogSummary | undefined) => boolean {
  const { named, isUnplacedToo } = veiled ?? { named: topics ?? [], isUnplacedToo: topics === undefined };
  const isClosed = seal !== undefined || isConfidential === true;
  return (log) => {
    if (!isVeiledLog(log)) return true;
    if (isLimited) return false;
    if (log?.topic === undefined) return isClosed && isUnplacedToo;
    return isClosed || named.includes(log.topic);
  };
}
