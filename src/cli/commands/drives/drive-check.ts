// satchel drive check: reads all bundles of a drive again (spec/cli.md, "drive check").
import { EXIT_OF_CODE } from '../../../format/error.js';
import { type BundleFinding, checkDrive, type DriveCheck, forgetBundles } from '../../../sync/drive/bundle-check.js';
import type { Drive } from '../../../sync/drive/drive.js';
import { placeOfDrive } from '../../../sync/drive/known.js';
import { lockDrive, readMemory } from '../../../sync/drive/memory.js';
import { openSession, type Session } from '../../../sync/session.js';
import { checkStore } from '../../../sync/store/check-store.js';
import type { Asked } from '../../../sync/store/counting.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { whereJson } from '../../report/drive-json.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';
import { writeText } from '../../terminal/write-text.js';
import { storeAt, storeOptions } from './store.js';

interface Checked extends Partial<Asked> {
  readonly drive: Drive;
  readonly check: DriveCheck;
}

/** Says which are not what they were, and lets the next visit look into those; 3 when there are any. */
export async function run(context: Context, args: Args<'drive check'>): Promise<number> {
  const session = openSession(await context.repository());
  const { layout } = session.repository;
  const { directory: place, drive } = placeOfDrive(layout, args.drive);
  const checked: Checked = drive
    ? { drive, check: checkDrive(drive, readMemory(layout, drive.id)) }
    : await checkStore(session, await storeAt(context, place), await storeOptions(context));
  // what took long to find is not lost to a lock that another command holds
  tell(context, place, checked);
  if (checked.check.findings.length === 0) return 0;
  await forget(context, session, checked);
  context.note(
    `these count for nothing now; next: ${nextCommand(context.directory, `sync ${quoteWord(place)}`, context.env)}`,
  );
  return EXIT_OF_CODE.refused;
}

async function forget(context: Context, { repository }: Session, { drive, check }: Checked): Promise<void> {
  const names = check.findings.map(({ name }) => name);
  const release = lockDrive(repository.layout, drive.id, await context.lockTimeout());
  try {
    repository.locked(() => forgetBundles(repository.layout, drive.id, names));
  } finally {
    release();
  }
}

function tell(context: Context, place: string, { drive, check, requests, fetchedBytes }: Checked): void {
  const { bundles, bytes, findings } = check;
  if (context.json) {
    const asked = requests === undefined ? {} : { requests, fetchedBytes };
    const where = { ...whereJson(place), drive: drive.id, label: drive.label };
    context.printJson({ ...where, bundles, bytes, findings: findings.map(inJson), ...asked });
    return;
  }
  for (const { name, problem } of findings) writeText(context.stdout, `${escapeLine(name)}: ${PROBLEMS[problem]}\n`);
  const all = `${plural(bundles, 'bundle')} (${formatSize(bytes)})`;
  const label = escapeLine(drive.label);
  if (findings.length === 0) context.print(`${label}: nothing is wrong with ${all}`);
  else context.print(`${label}: of ${all} ${findings.length} are not what they have to be`);
}

function inJson({ name, problem }: BundleFinding): { readonly file: string; readonly problem: string } {
  return { file: name, problem };
}

const PROBLEMS = {
  changed: 'it is not what was verified here',
  misnamed: 'its name says that it is something else',
  unread: 'it cannot be read, or does not come as it is listed',
} as const;
