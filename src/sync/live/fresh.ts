// What this device has written since the last time, as segments for hints (spec/live.md, "Sending").
import type { LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { PieceBuilder } from '../export/pieces.js';
import { safeNow } from '../maintain.js';
import type { Session } from '../session.js';

/** What was written in a log. */
export interface FreshLog {
  readonly log: LogId;
  readonly segments: readonly FreshSegment[];
}

/** A segment as it is to go. */
export interface FreshSegment {
  readonly bytes: Buffer;
  readonly rawLength: number;
  readonly count: number;
}

/** Where the logs of this device end in some topics. */
export class OwnEnds {
  readonly #ends = new Map<LogId, number>();

  /** What is held now is not fresh. */
  constructor(session: Session, topics: Iterable<TopicId>) {
    for (const topic of topics) for (const { log, end } of ownLogs(session, topic)) this.#ends.set(log, end);
  }

  /**
   * Of each own log of the topic in which something was written since the last call: segments of that, in order, without what is
   * not to be passed on.
   * @throws SatchelError `io`, `damaged` when the disk cannot give it
   */
  fresh(session: Session, topic: TopicId): readonly FreshLog[] {
    return ownLogs(session, topic).flatMap(({ log, end }) => {
      const from = this.#ends.get(log) ?? 0;
      this.#ends.set(log, Math.max(from, end));
      return end > from ? [{ log, segments: segmentsOf(session, log, { from, end }) }] : [];
    });
  }
}

function segmentsOf(session: Session, log: LogId, range: Range): FreshSegment[] {
  const builder = new PieceBuilder(session.repository, { now: safeNow(session) });
  try {
    builder.add({ log, ranges: [range] });
    return builder.pieces.map(({ record, raw, copyTo }) => {
      const bytes = Buffer.alloc(record.length);
      copyTo(bytes);
      return { bytes, rawLength: raw, count: record.end - record.first };
    });
  } finally {
    builder.close();
  }
}

function ownLogs({ repository, self }: Session, topic: TopicId) {
  return repository.logsOfPerson(self.person).filter((one) => one.topic === topic && one.device === self.device);
}
