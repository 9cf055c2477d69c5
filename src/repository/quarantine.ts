// Files that were refused, set aside with the reason, so that somebody can look at them; bounded
// (spec/repository.md, "Quarantine").
import fs from 'node:fs';
import path from 'node:path';
import type { ErrorCode } from '../format/error.js';
import type { Digest } from '../format/ids.js';
import type { ByteSource } from '../format/source.js';
import { isMissing, onDisk, writeJson } from './files.js';
import type { Layout } from './layout.js';

/** Files kept, at most ... */
export const QUARANTINE_FILES_MAX = 16;
/** ... and their bytes. What is larger by itself is never kept. */
const QUARANTINE_BYTES_MAX = 64 * 1_048_576;

const COPY_BYTES = 1_048_576;

/** Why a file was refused. */
export interface Reason {
  /** Its SHA-256: it is kept under this name. */
  readonly digest: Digest;
  /** Where it came from. */
  readonly file: string;
  readonly code: ErrorCode;
  readonly message: string;
  /** When, ms. */
  readonly at: number;
}

/**
 * Keeps a copy and the reason, and lets go of the oldest ones beyond the bounds. Only under the repository's lock.
 * @throws SatchelError `io`, `no-space`
 */
export function setAside(layout: Layout, source: ByteSource, reason: Reason): void {
  if (source.size > QUARANTINE_BYTES_MAX) return;
  const copy = path.join(layout.quarantine, `${reason.digest}.satchel`);
  onDisk(`writing ${copy}`, () => {
    fs.mkdirSync(layout.quarantine, { recursive: true });
    copyTo(copy, source);
  });
  writeJson(reasonFile(layout, reason.digest), { ...reason, size: source.size });
  onDisk('tidying the quarantine', () => tidy(layout));
}

function copyTo(file: string, source: ByteSource): void {
  const fd = fs.openSync(file, 'w', 0o600);
  try {
    for (let at = 0; at < source.size; at += COPY_BYTES) {
      fs.writeSync(fd, source.read(at, Math.min(COPY_BYTES, source.size - at)));
    }
  } finally {
    fs.closeSync(fd);
  }
}

function tidy(layout: Layout): void {
  let [files, bytes] = [0, 0];
  for (const { digest, size } of keptFiles(layout)) {
    files++;
    bytes += size;
    if (files <= QUARANTINE_FILES_MAX && bytes <= QUARANTINE_BYTES_MAX) continue;
    fs.rmSync(path.join(layout.quarantine, `${digest}.satchel`), { force: true });
    fs.rmSync(reasonFile(layout, digest), { force: true });
  }
}

/** What is kept, the newest first. */
function keptFiles(layout: Layout): { digest: string; size: number }[] {
  const names = fs.readdirSync(layout.quarantine).filter((name) => /^[0-9a-f]{64}\.satchel$/.test(name));
  const kept = names.flatMap((name) => {
    const stat = statIfThere(path.join(layout.quarantine, name));
    return stat ? [{ digest: name.slice(0, 64), size: stat.size, at: stat.mtimeMs }] : [];
  });
  return kept.sort((a, b) => b.at - a.at);
}

function statIfThere(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function reasonFile(layout: Layout, digest: string): string {
  return path.join(layout.quarantine, `${digest}.json`);
}
