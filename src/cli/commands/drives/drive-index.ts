// satchel drive index: lists what lies on a drive that is published, for those who read it (spec/cli.md, "drive index").
import { SatchelError } from '../../../format/error.js';
import { DRIVE_INDEX, writeIndex } from '../../../sync/drive/drive-index.js';
import { placeOfDrive } from '../../../sync/drive/known.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { whereJson } from '../../report/drive-json.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';

/** Writes the list. */
export async function run(context: Context, args: Args<'drive index'>): Promise<void> {
  const { layout } = await context.repository();
  const { directory: place, drive } = placeOfDrive(layout, args.drive);
  if (!drive)
    throw new SatchelError('usage', `${place} is a URL, and a list is written where a folder is published`, {
      hint: 'run it on the folder, and then put that where others read it',
    });
  const files = writeIndex(drive);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (context.json)
    return context.printJson({
      drive: drive.id,
      label: drive.label,
      ...whereJson(place),
      files: files.length,
      bytes,
    });
  context.print(
    `${escapeLine(drive.label)}: ${DRIVE_INDEX} names ${plural(files.length, 'file')} (${formatSize(bytes)})`,
  );
}
