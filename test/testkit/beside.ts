// A second thread that is none: it verifies two segments of three as soon as it is asked, and leaves the rest to the importer.
import fs from 'node:fs';
import { tryVerify } from '../../src/repository/verify.js';
import type { Job, Result } from '../../src/sync/import/verifier.js';
import { VerifyWorker } from '../../src/sync/import/verify-worker.js';
import { WorkQueue } from '../../src/sync/import/work-queue.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';

/** Somebody who helps with every import, however small. */
export function eagerHelper(): VerifyWorker {
  const results: Result[] = [];
  return new VerifyWorker(() => ({ post: (job) => results.push(...verify(job)), receive: () => results.shift() }), 0);
}

function* verify({ number, fd, offsets, lengths, claims: shared }: Job): Generator<Result> {
  const claims = new WorkQueue(shared);
  for (const [segment, length] of lengths.entries()) {
    if ((segment + number) % 3 === 0 || !claims.take(segment)) continue;
    const bytes = Buffer.alloc(length);
    fs.readSync(fd, bytes, 0, length, offsets[segment] ?? 0);
    yield { job: number, segment, findings: tryVerify(bytes, createInterpreter()) };
    claims.finish(segment);
  }
}
