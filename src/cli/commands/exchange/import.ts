// satchel import: takes bundles in, whatever their order (spec/cli.md, "Exchange").

import { EXIT_OF_CODE } from '../../../format/error.js';
import type { SkippedMember } from '../../../sync/import/archive/open.js';
import { type GivenFiles, givenFiles } from '../../../sync/import/given-files.js';
import { type GivenArchive, type OpenGiven, openGiven } from '../../../sync/import/open-given.js';
import { unsealGiven } from '../../../sync/import/unseal-given.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { tellSealed } from '../../report/sealed-words.js';
import { escapeLine } from '../../terminal/escape.js';
import { openProgress } from '../../terminal/progress.js';
import { plural } from '../../terminal/size.js';
import { fileKeysFor } from './file-keys.js';
import { importGiven } from './import-command.js';

/** Names that are told of files passed over, at most. */
const TOLD_MAX = 5;

/** Imports them; the exit status says how many were fit to be taken. */
export async function run(context: Context, args: Args<'import'>): Promise<number> {
  const { dryRun, salvage, quarantine } = args;
  const words = givenFiles(args.files);
  const given = await openTelling(context, words);
  try {
    const { passedOver, archives } = given;
    const { files, notForUs, waiting } = await unsealGiven(given.files, words.named, fileKeysFor(context));
    const counts = { notForUs: notForUs.length, waiting: waiting.length };
    const exit = await importGiven(context, files, {
      dryRun,
      salvage,
      quarantine,
      mayAsk: !quarantine,
      again: `import ${args.files.map(quoteWord).join(' ')}`,
      settle: (outcomes) => ({ outcomes, fields: { passedOver, archives, ...counts } }),
    });
    tellPassedOver(context, passedOver);
    for (const archive of archives) tellSkipped(context, archive);
    tellSealed(context, counts);
    return waiting.length > 0 ? EXIT_OF_CODE.locked : exit;
  } finally {
    given.close();
  }
}

async function openTelling(context: Context, given: GivenFiles): Promise<OpenGiven> {
  const progress = openProgress(context);
  const directory = async (): Promise<string> => (await context.repository()).layout.tmp;
  try {
    return await openGiven(given, directory, (file) => progress.update(`unpacking ${file}`));
  } finally {
    progress.clear();
  }
}

function tellPassedOver(context: Context, files: readonly string[]): void {
  if (files.length === 0) return;
  const told = files.slice(0, TOLD_MAX).map(escapeLine).join(', ');
  const more = files.length > TOLD_MAX ? ` and ${files.length - TOLD_MAX} more` : '';
  context.note(
    `passed over ${plural(files.length, 'file')} for the name, which ends in neither .satchel nor .card: ${told}${more}`,
  );
}

/** What no directory of files would have in it. */
function tellSkipped(context: Context, { file, skipped }: GivenArchive): void {
  if (skipped.length === 0) return;
  const words = skipped.slice(0, TOLD_MAX).map(({ name, reason }) => `${escapeLine(name)} (${REASON_WORDS[reason]})`);
  const more = skipped.length > TOLD_MAX ? ` and ${skipped.length - TOLD_MAX} more` : '';
  context.note(`${escapeLine(file)}: skipped ${plural(skipped.length, 'member')}: ${words.join(', ')}${more}`);
}

const REASON_WORDS: Readonly<Record<SkippedMember['reason'], string>> = {
  'bad-name': 'a name that leads elsewhere',
  'too-deep': 'in a folder of a folder',
  'no-file': 'no regular file',
  sparse: 'packed with holes',
};
