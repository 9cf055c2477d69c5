// A directory for one test, gone when the test is over.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const MEMORY = '/dev/shm';
const REMOVAL_MS = 60_000;

/** The path of a new, empty directory. */
export function scratchDirectory(): string {
  return newDirectory(os.tmpdir());
}

/** The same in memory, where there is such a place: for tests that commit so often that the disk would be all they wait for. */
export function memoryDirectory(): string {
  return newDirectory(fs.existsSync(MEMORY) ? MEMORY : os.tmpdir());
}

function newDirectory(parent: string): string {
  const directory = fs.mkdtempSync(path.join(parent, 'satchel-test-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }), REMOVAL_MS);
  return directory;
}
