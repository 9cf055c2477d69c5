// satchel quarantine list, show, accept, drop: files that were set aside (spec/cli.md, "quarantine").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import {
  dropQuarantined,
  findQuarantined,
  listQuarantine,
  type Quarantined,
  quarantinedFile,
} from '../../../repository/store/quarantine.js';
import { givenFile } from '../../../sync/import/given-files.js';
import type { FileOutcome } from '../../../sync/import/import-files.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { explainFile } from '../../report/explain.js';
import { asQuarantined, quarantinedJson, quarantinedName, whyThere } from '../../report/quarantine-words.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatSize } from '../../terminal/size.js';
import { formatMoment, formatRelative } from '../../terminal/time.js';
import { importGiven } from './import-command.js';

/** Prints it, the newest first. */
export async function runList(context: Context): Promise<void> {
  const { layout } = await context.repository();
  const files = listQuarantine(layout);
  if (context.json) return context.printJson({ files: files.map(quarantinedJson) });
  const rows = files.map((one) => [
    context.style.bold(shortId(one.digest)),
    one.reason ? formatRelative(one.reason.at, context.world.now()) : '',
    formatSize(one.size),
    escapeLine(one.reason?.file ?? ''),
    whyThere(one),
  ]);
  for (const line of alignColumns(rows)) context.print(line);
  if (files.length === 0) context.note('nothing is in quarantine');
}

/** Says how it came there and why, then explains it; of a damaged file the error says what is wrong. */
export async function runShow(context: Context, args: Args<'quarantine show'>): Promise<number> {
  const { layout } = await context.repository();
  const found = findQuarantined(layout, args.id);
  const { digest, reason } = found;
  const rows = [
    ['id', digest],
    ['from', reason ? escapeLine(reason.file) : 'unknown'],
    ['since', reason ? formatMoment(reason.at) : 'unknown'],
    ['why', whyThere(found)],
  ];
  for (const line of alignColumns(rows.map(([name = '', value = '']) => [context.style.dim(name), value])))
    context.print(line);
  context.print('');
  const decide = (verb: string): string =>
    nextCommand(context.directory, `quarantine ${verb} ${shortId(digest)}`, context.env);
  const exit = await explained(context, found, args.text);
  context.note(`\nto take it in: ${decide('accept')}; to delete it: ${decide('drop')}`);
  return exit;
}

async function explained(context: Context, found: Quarantined, text: boolean): Promise<number> {
  const { layout } = await context.repository();
  const options = { text, name: quarantinedName(found), fields: { quarantine: quarantinedJson(found) } };
  try {
    return await explainFile(context, quarantinedFile(layout, found.digest), options);
  } catch (error) {
    throw error instanceof SatchelError ? asQuarantined(context, found, error) : error;
  }
}

/** Imports it; it leaves the quarantine unless something was left in it, or nothing could be taken. */
export async function runAccept(context: Context, args: Args<'quarantine accept'>): Promise<number> {
  const repository = await context.repository();
  const { layout } = repository;
  const found = findQuarantined(layout, args.id);
  const { digest } = found;
  return importGiven(context, [givenFile(quarantinedFile(layout, digest))], {
    salvage: args.salvage,
    settle: (outcomes) => {
      const isDone = outcomes.every(isUsedUp);
      if (isDone) repository.locked(() => dropQuarantined(layout, digest));
      else context.note(`${shortId(digest)} stays in quarantine: not all of it was taken`);
      return {
        outcomes: outcomes.map((one) => named(context, found, one)),
        fields: { quarantine: { id: digest, kept: !isDone } },
      };
    },
  });
}

/** Nothing in it could be taken another time. */
function isUsedUp(outcome: FileOutcome): boolean {
  if (outcome.kind !== 'bundle') return outcome.kind === 'cards';
  const { skipped, refused, blobs } = outcome.report;
  return skipped + blobs.skipped === 0 && refused.length === 0;
}

/** People know it by where it came from. */
function named(context: Context, found: Quarantined, outcome: FileOutcome): FileOutcome {
  const file = found.reason?.file ?? outcome.file;
  if (outcome.kind !== 'failed') return { ...outcome, file };
  return { ...outcome, file, error: asQuarantined(context, found, outcome.error) };
}

/** Deletes all of them, or none when one is not found. */
export async function runDrop(context: Context, args: Args<'quarantine drop'>): Promise<void> {
  const repository = await context.repository();
  const { layout } = repository;
  const found = [
    ...new Map(args.ids.map((id) => findQuarantined(layout, id)).map((one) => [one.digest, one])).values(),
  ];
  repository.locked(() => {
    for (const { digest } of found) dropQuarantined(layout, digest);
  });
  if (context.json) return context.printJson({ dropped: found.map(({ digest }) => digest) });
  for (const one of found) context.print(`deleted ${shortId(one.digest)}: ${escapeLine(quarantinedName(one))}`);
}
