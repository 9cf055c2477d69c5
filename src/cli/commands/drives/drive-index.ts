// satchel drive index: lists what lies on a drive that is published, for those who read it (spec/cli.md, "drive index").
import { DRIVE_INDEX, writeIndex } from '../../../sync/drive/drive-index.js';
import { placeOfDrive } from '../../../sync/drive/known.js';
import { openSession } from '../../../sync/session.js';
import { indexStore, type StoreIndex } from '../../../sync/store/index-store.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { whereJson } from '../../report/drive-json.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';
import { storeAt, storeOptions } from './store.js';

/** Writes the list. */
export async function run(context: Context, args: Args<'drive index'>): Promise<void> {
  const session = openSession(await context.repository());
  const { directory: place, drive } = placeOfDrive(session.repository.layout, args.drive);
  const listed: StoreIndex = drive
    ? { drive, files: writeIndex(drive, context.world.now()), addresses: [] }
    : await indexStore(session, await storeAt(context, place), await storeOptions(context));
  tell(context, place, listed);
}

function tell(context: Context, place: string, { drive: { id, label }, files, addresses }: StoreIndex): void {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const where = { drive: id, label, ...whereJson(place) };
  if (context.json) {
    context.printJson({ ...where, files: files.length, bytes, addresses });
    return;
  }
  context.print(`${escapeLine(label)}: ${DRIVE_INDEX} names ${plural(files.length, 'file')} (${formatSize(bytes)})`);
  for (const address of addresses) context.print(`${escapeLine(label)}: others read it at ${escapeLine(address)}`);
}
