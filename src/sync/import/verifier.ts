// What the second thread does: it verifies segments of a bundle ahead of the one that imports it, and hands over what it
// found. The importer is told nothing it could not find out itself, so nothing depends on which of the two was faster.

import { BODY_MAX } from '../../format/limits.js';
import { disk } from '../../repository/disk.js';
import type { Interpreter } from '../../repository/index/ingest.js';
import { type Findings, tryVerify } from '../../repository/verify.js';
import { WorkQueue } from './work-queue.js';

/** So many segments it goes ahead, at most: what it found lies in memory until the importer is there. */
const AHEAD_MAX = 256;
/** What lies closer before the importer it leaves alone: the importer would have to wait for it. */
const LEAD_MIN = 4;
/** So many segments that it found nothing about, and that the importer looks at again: then it is no help. */
const BARREN_MAX = 16;
/** Bytes; no segment of a known version is longer. */
const LENGTH_MAX = 2 * BODY_MAX;

/** A bundle to work on; the places are those of its segments in the file. */
export interface Job {
  readonly number: number;
  readonly fd: number;
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
  readonly claims: SharedArrayBuffer;
}

/** What was found out about one segment; nothing when the importer has to look at it itself. */
export interface Result {
  readonly job: number;
  readonly segment: number;
  readonly findings: Findings | undefined;
}

/** Verifies this thread's share of the job, and at its end what the importer has not taken yet of its own. */
export function workOn(job: Job, interpreter: Interpreter, send: (result: Result) => void): void {
  const claims = new WorkQueue(job.claims);
  const buffer = Buffer.allocUnsafe(LENGTH_MAX);
  let barren = 0;
  const work = (segment: number): void => {
    if (barren === BARREN_MAX || !claims.take(segment)) return;
    const bytes = read(job, segment, buffer);
    const findings = bytes && tryVerify(bytes, interpreter);
    if (!findings) barren++;
    send({ job: job.number, segment, findings });
    claims.finish(segment);
  };
  for (const segment of shareOf(job.lengths)) {
    claims.awaitPosition(segment - AHEAD_MAX);
    if (segment >= claims.position + LEAD_MIN) work(segment);
  }
  for (let segment = claims.count - 1; segment >= 0; segment--) work(segment);
}

/** About half of the bytes, alternating: long segments and short ones take turns in many logs. */
function* shareOf(lengths: Float64Array): Generator<number> {
  let balance = 0;
  for (const [segment, length] of lengths.entries()) {
    if (balance > 0) yield segment;
    balance += balance > 0 ? -length : length;
  }
}

/** The segment's bytes; a disk that fails here fails for the importer too, who says so. */
function read({ fd, offsets, lengths }: Job, segment: number, buffer: Buffer): Buffer | undefined {
  const bytes = buffer.subarray(0, lengths[segment] ?? 0);
  try {
    const got = disk.read(fd, bytes, offsets[segment] ?? 0);
    return got === lengths[segment] ? bytes : undefined;
  } catch {
    return undefined;
  }
}
