// A pipe with a name: opened like a file it would wait for a writer for ever.
import { execFileSync } from 'node:child_process';

/** Makes one. */
export function makeFifo(file: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', file]);
}
