// What this device has written since the last time, as segments for hints (spec/live.md, "Sending").
import type { LogId, TopicId } from '../../format/ids.js';
import { PieceBuilder } from '../export/pieces.js';
import { safeNow } from '../maintain.js';
import type { Session } from '../session.js';

/** Where the logs of this device end in some topics. */
export class OwnEnds {
  readonly #ends = new Map<LogId, number>();

  /** What is held now is not fresh. */
  constructor(session: Session, topics: Iterable<TopicId>) {
    for (const topic of topics) for (const { log, end } of ownLogs(session, topic)) this.#ends.set(log, end);
  }

  /**
   * Segments of what was written in the topic since the last call, in order, without what is not to be passed on.
   * @throws SatchelError `io`, `damaged` when the disk cannot give it
   */
  fresh(session: Session, topic: TopicId): Buffer[] {
    const builder = new PieceBuilder(session.repository, { now: safeNow(session) });
    try {
      for (const { log, end } of ownLogs(session, topic)) {
        const from = this.#ends.get(log) ?? 0;
        if (end <= from) continue;
        builder.add({ log, ranges: [{ from, end }] });
        this.#ends.set(log, end);
      }
      return builder.pieces.map((piece) => {
        const bytes = Buffer.alloc(piece.record.length);
        piece.copyTo(bytes);
        return bytes;
      });
    } finally {
      builder.close();
    }
  }
}

function ownLogs({ repository, self }: Session, topic: TopicId) {
  return repository.logsOfPerson(self.person).filter((one) => one.topic === topic && one.device === self.device);
}
