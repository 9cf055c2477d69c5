// When anything was heard of somebody (spec/cli.md, "status").
import type { LogSummary } from '../../repository/index/summary.js';
import { clockOfLog } from '../../topic/order/people-clocks.js';
import type { Session } from '../session.js';
import { logsOfDevice } from './knowledge.js';
import type { Recipient } from './recipients.js';
import { type DeviceStatement, readStatement } from './statements.js';

/** The latest moment that anything of a device tells of, ms. A clock that runs ahead is taken for now: nobody was heard of in the future. */
export function lastHeard(
  { repository }: Session,
  recipient: Recipient,
  statement: DeviceStatement | undefined = readStatement(repository, recipient.device),
): number | undefined {
  const entries = logsOfDevice(repository, recipient).flatMap((log) => lastTime(repository, log));
  const stated = statement?.created;
  const times = stated === undefined ? entries : [...entries, stated];
  return times.length > 0 ? Math.min(repository.world.now(), Math.max(...times)) : undefined;
}

/** The clock of a log's last entry, be it a message or an acknowledgement. */
function lastTime(repository: Session['repository'], log: LogSummary): number[] {
  const clock = clockOfLog(repository, log);
  return clock >= 0 ? [clock] : [];
}
