// Taking what a hint brings, as a stream would (spec/live.md, "Taking").

import { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import { decodeSegmentHeader, type SegmentHeader } from '../../format/log/segment.js';
import { heldRanges, subtractRanges } from '../../repository/index/held.js';
import { appendEvent } from '../../repository/journal.js';
import type { Repository } from '../../repository/repository.js';
import { eventRanges, streamFile } from '../event-fields.js';
import { importSent } from '../import/import.js';
import type { Session } from '../session.js';

/** A segment that may be taken. */
interface Known {
  readonly bytes: Buffer;
  readonly header: SegmentHeader;
}

/**
 * Makes durable what segments of a hint bring to logs of the topic that are held here; each is judged by itself, and what is not
 * valid, is held, or is of another log is passed over. Nobody counts as heard by it. Comes back with the number of new entries.
 * @throws SatchelError `busy`, `io`, `no-space`, `damaged`
 */
export function takeHinted(session: Session, topic: TopicId, segments: readonly Buffer[]): number {
  const { repository } = session;
  repository.refresh();
  const known = segments.flatMap((bytes) => knownNews(repository, topic, bytes));
  if (known.length === 0) return 0;
  const { report, taken } = importSent(session, { from: undefined, segments: known, proofs: [] });
  const { fresh, known: held, skipped, refused } = report;
  if (fresh > 0) {
    const counts = { fresh, known: held, skipped, refused: refused.length };
    const { layout, world } = repository;
    repository.locked(() =>
      appendEvent(layout, {
        at: world.now(),
        type: 'import',
        file: streamFile(LIVE),
        ...counts,
        ...eventRanges(taken),
      }),
    );
  }
  return fresh;
}

/** How what came by hints is named in place of a file. */
const LIVE = 'live';

function knownNews(repository: Repository, topic: TopicId, bytes: Buffer): Known[] {
  const header = headerOf(bytes);
  if (!header || repository.log(header.log)?.topic !== topic) return [];
  const { log, first, count } = header;
  const range = { from: first, end: first + count };
  const held = heldRanges([...repository.runs(log, range.from, range.end)]);
  return subtractRanges([range], held).length > 0 ? [{ bytes, header }] : [];
}

function headerOf(bytes: Buffer): SegmentHeader | undefined {
  try {
    return decodeSegmentHeader(bytes);
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}
