// A bundle written as text (spec/cli.md, "export"; spec/bundle.md, "As text").
import { encodeArmor } from '../../../format/armor.js';
import { SatchelError } from '../../../format/error.js';
import { isSealed } from '../../../format/sealed/header.js';
import { sourceOf } from '../../../format/source.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import type { Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { writeWhole } from '../../terminal/output.js';
import { writeNewFile } from '../identity/new-file.js';
import { openSpool, STDOUT, type Write, type Wrote } from './output-spool.js';

/**
 * Lets the bundle be written to a copy first, and its text to standard output, or into a new file; reported is the size of that.
 * @throws SatchelError `usage` when something is there, `io`, `no-space`
 */
export async function toText<T extends Wrote>(
  context: Context,
  session: Session,
  output: string,
  write: Write<T>,
): Promise<T> {
  if (output !== STDOUT) assertFree(output);
  const fd = openSpool(session.repository.layout.tmp);
  try {
    const done = await write(() => ({ name: output, fd }));
    if (done.report.file === null) return done;
    const text = textOf(fd, done.report.bytes);
    put(context, output, text);
    return { ...done, report: { ...done.report, bytes: Buffer.byteLength(text) } };
  } finally {
    disk.close(fd);
  }
}

function assertFree(file: string): void {
  if (!disk.exists(file)) return;
  throw new SatchelError('usage', `${file} is there already, and text replaces nothing`, {
    hint: 'name a new file, or leave -o out to see the text',
  });
}

function textOf(fd: number, size: number): string {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; )
    at += onDisk('reading from tmp', () => disk.read(fd, bytes.subarray(at), at)) || bytes.length;
  return encodeArmor(bytes, { isSealed: isSealed(sourceOf(bytes)) });
}

function put(context: Context, output: string, text: string): void {
  if (output === STDOUT) writeWhole(context.stdout, 'bundle', () => context.stdout.write(text));
  else writeNewFile(output, text);
}
