// Where a command's bundle goes: into a file or directory, or to standard output (spec/cli.md, "export").

import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { assertPlace, type ExportClaim, exportPlace, targetIn } from '../../../sync/export/export-place.js';
import type { ExportTarget } from '../../../sync/export/export-target.js';
import type { Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { OutputClosed } from '../../terminal/output.js';
import { fileKeysFor } from './file-keys.js';

/** What stands for standard output. */
const STDOUT = '-';
const COPY_BYTES = 1_048_576;

/** Writes a bundle to the target for its serial. */
type Write<T> = (targetFor: (serial: number) => ExportTarget) => Promise<T>;

/**
 * Lets the bundle be written where the word says; without one, under a new name in the current directory.
 * @throws SatchelError `usage` when something else is there, or for a terminal; `io`, `no-space`
 */
export async function toOutput<T extends { readonly report: { readonly bytes: number } }>(
  context: Context,
  session: Session,
  { output, claim }: { readonly output: string | undefined; readonly claim: ExportClaim },
  write: Write<T>,
): Promise<T> {
  if (output === STDOUT) return toStdout(context, session, write);
  const place = exportPlace(output);
  await assertPlace(place, claim, fileKeysFor(context));
  return write((serial) => targetIn(place, session.self, serial));
}

/** Written as a whole first: what fails must not leave half a bundle in a pipe. */
async function toStdout<T extends { readonly report: { readonly bytes: number } }>(
  context: Context,
  session: Session,
  write: Write<T>,
): Promise<T> {
  if (context.stdout.isTerminal) {
    throw new SatchelError('usage', 'a bundle is not text, and standard output is a terminal', {
      hint: 'leave "-o -" out, or send it into a file or a pipe',
    });
  }
  const fd = openSpool(session.repository.layout.tmp);
  try {
    const done = await write(() => ({ name: STDOUT, fd }));
    copyToStdout(context, fd, done.report.bytes);
    return done;
  } finally {
    disk.close(fd);
  }
}

function openSpool(directory: string): number {
  return onDisk('opening a file in tmp', () => {
    disk.makeDirectories(directory);
    const file = path.join(directory, `export-bundle-${process.pid}`);
    const fd = disk.open(file, 'replacing', 0o600);
    // the name goes at once: whatever happens to this process, nothing stays behind
    disk.remove(file);
    return fd;
  });
}

function copyToStdout(context: Context, fd: number, size: number): void {
  const buffer = Buffer.allocUnsafe(COPY_BYTES);
  try {
    for (let at = 0; at < size; ) {
      const got = onDisk('reading from tmp', () => disk.read(fd, buffer, at));
      context.stdout.write(buffer.subarray(0, got));
      at += got;
    }
    context.stdout.flush();
  } catch (cause) {
    if (!(cause instanceof OutputClosed)) throw cause;
    // for text that is no failure, but half a bundle is
    throw new SatchelError('io', 'nobody read the bundle to its end', { cause, hint: 'run the same command again' });
  }
}
