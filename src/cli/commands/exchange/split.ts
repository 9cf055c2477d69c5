// export --max-size: files that bring together what one has no room for (spec/cli.md, "export").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { ARMOR_MAX, BUNDLE_MAX } from '../../../format/limits.js';
import { exportPlace } from '../../../sync/export/export-place.js';
import type { Args } from '../../command/table/commands.js';
import { formatSize, sizeOf } from '../../terminal/size.js';
import { STDOUT } from './output-spool.js';

/** Less has no room for a message and what is said beside it. */
const SIZE_MIN = 65_536;
/** A line of text says so many bytes, and takes so many. */
const LINE = { bytes: 48, columns: 65 } as const;
/** The lines that begin and end a text. */
const MARKS_BYTES = 128;

/**
 * The bytes that a bundle may have; undefined where only the format sets a limit.
 * @throws SatchelError `usage`
 */
export function roomOf({ maxSize, armor, output }: Args<'export'>): number | undefined {
  const most = armor ? ARMOR_MAX : BUNDLE_MAX;
  if (maxSize === undefined) return armor ? most : undefined;
  if ((output ?? (armor ? STDOUT : undefined)) === STDOUT) {
    throw new SatchelError('usage', '--max-size writes several files, and standard output is one', {
      hint: 'name a file or a directory with -o',
    });
  }
  const size = sizeOf('--max-size', maxSize);
  if (size < SIZE_MIN) {
    throw new SatchelError(
      'usage',
      `--max-size is ${formatSize(size)}, and may be no less than ${formatSize(SIZE_MIN)}`,
    );
  }
  const bytes = armor ? Math.floor((size - MARKS_BYTES) / LINE.columns) * LINE.bytes : size;
  return Math.min(bytes, most);
}

/** What the file of that number is called, from 1 on; in a directory each has a new name anyway. */
export function partName(output: string | undefined, number: number): string | undefined {
  if (output === undefined || exportPlace(output).kind === 'directory') return output;
  const { dir, name, ext } = path.parse(output);
  return path.join(dir, `${name}-${number}${ext}`);
}
