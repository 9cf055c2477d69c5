// Where a command's bundle goes: into a file or directory, or to standard output (spec/cli.md, "export").

import { SatchelError } from '../../../format/error.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { assertPlace, type ExportClaim, exportPlace, targetIn } from '../../../sync/export/export-place.js';
import type { Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { writeWhole } from '../../terminal/output.js';
import { fileKeysFor } from './file-keys.js';
import { openSpool, STDOUT, type Write, type Wrote } from './output-spool.js';

const COPY_BYTES = 1_048_576;

/** Where to, and whose file may be replaced there. */
interface Output {
  readonly output: string | undefined;
  readonly claim: ExportClaim;
  /** As text. */
  readonly armor?: boolean;
}

/**
 * Lets the bundle be written where the word says; without one, under a new name in the current directory.
 * @throws SatchelError `usage` when something else is there, or for a terminal; `io`, `no-space`
 */
export async function toOutput<T extends Wrote>(
  context: Context,
  session: Session,
  { output, claim, armor = false }: Output,
  write: Write<T>,
): Promise<T> {
  if (armor) return (await import('./armored-output.js')).toText(context, session, output ?? STDOUT, write);
  if (output === STDOUT) return toStdout(context, session, write);
  const place = exportPlace(output);
  await assertPlace(place, claim, fileKeysFor(context));
  return write((serial) => targetIn(place, session.self, serial));
}

/** Written as a whole first: what fails must not leave half a bundle in a pipe. */
async function toStdout<T extends Wrote>(context: Context, session: Session, write: Write<T>): Promise<T> {
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

function copyToStdout(context: Context, fd: number, size: number): void {
  const buffer = Buffer.allocUnsafe(COPY_BYTES);
  writeWhole(context.stdout, 'bundle', () => {
    for (let at = 0; at < size; ) {
      const got = onDisk('reading from tmp', () => disk.read(fd, buffer, at));
      context.stdout.write(buffer.subarray(0, got));
      at += got;
    }
  });
}
