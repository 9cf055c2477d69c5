// Introductions that need not be verified once more, because only their place on the disk changed.
import type { LogId } from '../../format/ids.js';
import type { Interpreter } from './ingest.js';
import type { Introduced } from './introduction-record.js';
import type { LogSummary } from './summary.js';

/** The interpreter, for segments that garbage collection has moved: a log has one entry 0, and it was verified when it came. */
export function knowing(interpreter: Interpreter, logs: Iterable<LogSummary>): Interpreter {
  const known = new Map<LogId, Introduced>();
  for (const { log, topic, person, device, continues } of logs) {
    if (topic && person && device) known.set(log, { topic, person, device, continues });
  }
  return {
    ...interpreter,
    introduction: (log, payload) => {
      const introduced = known.get(log);
      if (!introduced) return interpreter.introduction(log, payload);
      interpreter.placed(log, introduced.topic, payload);
      return introduced;
    },
  };
}
