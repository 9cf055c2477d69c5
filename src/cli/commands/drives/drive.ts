// satchel drive list, status, topics, forget: what is known and decided of drives (spec/cli.md, "Drives").
import { SatchelError } from '../../../format/error.js';
import { isTopicChoice, travellingTopics, writeChoice } from '../../../sync/drive/choices.js';
import { forgetDrive } from '../../../sync/drive/forget.js';
import { findDrive, type KnownDrive, knownDrives } from '../../../sync/drive/known.js';
import { readMemory } from '../../../sync/drive/memory.js';
import { type DriveStatus, driveStatus } from '../../../sync/drive/status.js';
import { isUrl } from '../../../sync/medium/url.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { driveJson, memoryJson } from '../../report/drive-json.js';
import { statusJson, statusLines } from '../../report/drive-report.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize, plural } from '../../terminal/size.js';
import { formatRelative } from '../../terminal/time.js';
import { withDriveAt } from './store.js';
import { topicNames, travellingTopic } from './travelling.js';

/** Prints them by label. */
export async function runList(context: Context): Promise<void> {
  const { layout } = await context.repository();
  const drives = knownDrives(layout);
  if (context.json) {
    return context.printJson({ drives: drives.map((known) => ({ ...driveJson(known), ...memoryJson(known) })) });
  }
  for (const line of alignColumns(drives.map((known) => row(context, known)))) context.print(line);
  if (drives.length > 0) return;
  context.note('No drives yet.');
  context.note(`Next: ${nextCommand(context.directory, 'drive init DIR', context.env)}`);
}

function row({ style, world }: Context, known: ReturnType<typeof knownDrives>[number]): string[] {
  const { last, bundles, bytes } = memoryJson(known);
  return [
    style.bold(escapeLine(known.label)),
    style.dim(known.id.slice(0, 10)),
    known.drive || isUrl(known.directory)
      ? `at ${escapeLine(known.directory)}`
      : style.dim(`was at ${escapeLine(known.directory)}`),
    last === null ? 'not visited yet' : `visited ${formatRelative(last, world.now())}`,
    `${plural(bundles, 'bundle')} (${formatSize(bytes)})`,
  ];
}

/** Prints it of one drive, or of all that are known. */
export async function runStatus(context: Context, args: Args<'drive status'>): Promise<void> {
  const session = openSession(await context.repository());
  const { 'drive.silent': silentDays, seal, 'export.uncompressed': isPlain } = await context.config();
  const { layout } = session.repository;
  const known: KnownDrive[] = args.drive === undefined ? knownDrives(layout) : [knownAs(session, args.drive)];
  const statusOf = (one: KnownDrive): DriveStatus => driveStatus(session, one, { silentDays, seals: seal && !isPlain });
  const [one] = known;
  // one that is named is looked at, also at a URL
  const isAsked = args.drive !== undefined && one !== undefined && isUrl(one.directory);
  const all = isAsked ? [await statusAt(context, session, one.directory, statusOf)] : known.map(statusOf);
  if (context.json) return context.printJson({ drives: all.map((status) => statusJson(session, status)) });
  for (const [i, status] of all.entries()) {
    if (i > 0) context.print('');
    for (const line of statusLines(context, session, status)) context.print(line);
  }
  if (all.length > 0) return;
  context.note('No drives yet.');
  context.note(`Next: ${nextCommand(context.directory, 'drive init DIR', context.env)}`);
}

/** A drive that is known, or one at a URL that is not yet. */
function knownAs({ repository: { layout } }: Session, word: string): KnownDrive {
  const url = isUrl(word) && !knownDrives(layout).some(({ directory }) => directory === word);
  return url ? { id: '', label: word, directory: word, memory: undefined, drive: undefined } : findDrive(layout, word);
}

function statusAt(
  context: Context,
  session: Session,
  url: string,
  statusOf: (known: KnownDrive) => DriveStatus,
): Promise<DriveStatus> {
  const { layout } = session.repository;
  return withDriveAt(context, session, url, (drive) =>
    statusOf({ ...drive, directory: url, memory: readMemory(layout, drive.id), drive }),
  );
}

/** Chooses them, lets all travel again, or says which do. */
export async function runTopics(context: Context, { drive, topics, all }: Args<'drive topics'>): Promise<void> {
  if (all && topics.length > 0) {
    throw new SatchelError('usage', '--all and topics were given', { hint: 'give one of them' });
  }
  const repository = await context.repository();
  const { id, label } = findDrive(repository.layout, drive);
  const chosen = topics.map((name) => travellingTopic(openSession(repository), name));
  const isChange = all || chosen.length > 0;
  if (isChange) repository.locked(() => writeChoice(repository.directory, id, all ? undefined : chosen));
  const session = openSession(repository);
  const travelling = travellingTopics(session, id);
  const isChosen = isTopicChoice(repository.directory, id);
  if (context.json) return context.printJson({ drive: id, label, topics: travelling, chosen: isChosen });
  const named = travelling.length > 0 ? topicNames(session, travelling) : 'no topics';
  context.print(`on ${escapeLine(label)} travel ${named}${isChosen ? '' : ': all that you are in or carry'}`);
  if (isChange) context.note('what lies there already stays until nobody needs it any more');
}

/** Forgets it; nothing on the drive changes, and the next visit is like a first one. */
export async function runForget(context: Context, { drive }: Args<'drive forget'>): Promise<void> {
  const repository = await context.repository();
  const { id, label } = findDrive(repository.layout, drive);
  repository.locked(() => forgetDrive(repository, id));
  if (context.json) return context.printJson({ drive: id, label, forgotten: true });
  context.print(`${escapeLine(label)} is forgotten; what lies on it is not touched`);
}
