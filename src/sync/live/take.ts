// Taking what a hint brings, as a stream would (spec/live.md, "Taking").

import { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import { HINT_ENTRIES_MAX, HINT_RAW_MAX } from '../../format/limits.js';
import { decodeSegmentHeader, type SegmentHeader } from '../../format/log/segment.js';
import { heldRanges, subtractRanges } from '../../repository/index/held.js';
import { appendEvent } from '../../repository/journal.js';
import type { Repository } from '../../repository/repository.js';
import { eventRanges, streamFile } from '../event-fields.js';
import { importSent } from '../import/import.js';
import type { Session } from '../session.js';

/** What came of a hint. */
export interface Hinted {
  /** New entries. */
  readonly fresh: number;
  /** Something in it is of a log of which nothing is held. */
  readonly isOfUnknown: boolean;
}

const NOTHING: Hinted = { fresh: 0, isOfUnknown: false };

/** A segment whose header can be read. */
interface Readable {
  readonly bytes: Buffer;
  readonly header: SegmentHeader;
}

/**
 * Makes durable what segments of a hint bring to logs of the topic that are held here; each is judged by itself, and what is not
 * valid, is held, or is of another log is passed over, and so is all of one that unpacks to much. Nobody counts as heard by it.
 * @throws SatchelError `busy`, `io`, `no-space`, `damaged`
 */
export function takeHinted(session: Session, topic: TopicId, segments: readonly Buffer[]): Hinted {
  const { repository } = session;
  repository.refresh();
  const sound = segments.flatMap(readable);
  if (isTooMuch(sound.map(({ header }) => header))) return NOTHING;
  const known = sound.filter(({ header }) => isNews(repository, topic, header));
  const isOfUnknown = sound.some(({ header }) => repository.log(header.log) === undefined);
  if (known.length === 0) return { fresh: 0, isOfUnknown };
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
  return { fresh, isOfUnknown };
}

/** Whether so much would take long to unpack and to judge: a small hint can hold very much of the same. */
export function isTooMuch(segments: readonly Pick<SegmentHeader, 'rawLength' | 'count'>[]): boolean {
  const raw = segments.reduce((sum, { rawLength }) => sum + rawLength, 0);
  const entries = segments.reduce((sum, { count }) => sum + count, 0);
  return raw > HINT_RAW_MAX || entries > HINT_ENTRIES_MAX;
}

/** How what came by hints is named in place of a file. */
const LIVE = 'live';

function isNews(repository: Repository, topic: TopicId, { log, first, count }: SegmentHeader): boolean {
  if (repository.log(log)?.topic !== topic) return false;
  const range = { from: first, end: first + count };
  const held = heldRanges([...repository.runs(log, range.from, range.end)]);
  return subtractRanges([range], held).length > 0;
}

function readable(bytes: Buffer): Readable[] {
  try {
    return [{ bytes, header: decodeSegmentHeader(bytes) }];
  } catch (error) {
    if (error instanceof SatchelError) return [];
    throw error;
  }
}
