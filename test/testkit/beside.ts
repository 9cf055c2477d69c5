// A second thread that is none: it verifies two segments of three as soon as it is asked, and leaves the rest to the importer.
import fs from 'node:fs';
import { tryVerify } from '../../src/repository/verify.js';
import { type Job, type Result, VerifyWorker } from '../../src/sync/import/verify-worker.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';

/** Somebody who helps with every import, however small. */
export function eagerHelper(): VerifyWorker {
  const results: Result[] = [];
  const post = (job: Job): void => {
    for (const result of verified(job)) results.push(structuredClone(result));
  };
  return new VerifyWorker({ post, receive: () => results.shift() });
}

function* verified({ number, fd, start, places }: Job): Generator<Result> {
  for (let i = 0; i < places.length; i += 2) {
    if ((i / 2 + number) % 3 === 0) continue;
    const [offset = 0, length = 0] = places.subarray(i);
    const bytes = Buffer.alloc(length);
    fs.readSync(fd, bytes, 0, length, start + offset);
    const findings = tryVerify(bytes, createInterpreter());
    if (findings) yield { job: number, offset, findings };
  }
}
