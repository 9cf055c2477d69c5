// satchel quarantine accept: takes in a file from quarantine (spec/cli.md, "quarantine").
import { shortId } from '../../../format/ids.js';
import {
  dropQuarantined,
  findQuarantined,
  type Quarantined,
  quarantinedFile,
} from '../../../repository/store/quarantine.js';
import type { FileOutcome } from '../../../sync/import/import-files.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { asQuarantined } from '../../report/quarantine-words.js';
import { takeIn } from './import-command.js';

/** Imports it; it leaves the quarantine unless something was left in it, or nothing could be taken. */
export async function run(context: Context, args: Args<'quarantine accept'>): Promise<number> {
  const repository = await context.repository();
  const { layout } = repository;
  const found = findQuarantined(layout, args.id);
  const { digest } = found;
  return takeIn(context, [quarantinedFile(layout, digest)], {
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
