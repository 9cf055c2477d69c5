// Taking files in and telling what became of them, for the commands that do (spec/cli.md, "import").

import { hasPasts } from '../../../repository/store/pasts.js';
import type { GivenFile } from '../../../sync/import/given-files.js';
import { type FileOutcome, type ImportFilesOptions, importFiles } from '../../../sync/import/import-files.js';
import { updateCards } from '../../../sync/import/update-cards.js';
import { tidyIfDue } from '../../../sync/maintain.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { quotasOf } from '../../command/settings.js';
import { isForked } from '../../report/import-advice.js';
import { exitOf, importJson } from '../../report/import-json.js';
import { tellImport } from '../../report/import-report.js';
import { openProgress } from '../../terminal/progress.js';
import { afterImport } from '../drives/drive-hooks.js';

/** How to take them in. */
export interface ImportCommandOptions extends Omit<ImportFilesOptions, 'begin'> {
  /** Called when it is done, before anything is told; returns the outcomes to tell, and further fields of the document. */
  readonly settle?: (outcomes: readonly FileOutcome[]) => {
    readonly outcomes: readonly FileOutcome[];
    readonly fields: Readonly<Record<string, unknown>>;
  };
}

/** Imports the files and tells of it; the exit status says how many were fit to be taken. */
export async function importGiven(
  context: Context,
  files: readonly GivenFile[],
  options: ImportCommandOptions,
): Promise<number> {
  const repository = await context.repository();
  const config = await context.config();
  const session = { ...openSession(repository), quotas: quotasOf(config) };
  const { settle, ...how } = options;
  const before = repository.lastArrival;
  const taken = importTelling(context, files, (begin) => importFiles(session, files, { ...how, begin }));
  const dryRun = options.dryRun === true;
  const renewed = dryRun ? [] : await updateCards(session, cardsOf(taken));
  const { outcomes, fields } = settle?.(taken) ?? { outcomes: taken, fields: {} };
  // only contacts known by newer cards were changed on the disk
  const current = renewed.length > 0 ? openSession(repository) : session;
  const done = { session: current, outcomes, before, dryRun };
  if (context.json) context.printJson({ ...importJson(done), ...fields });
  tellImport(context, done);
  if (!dryRun && mayOweCopies(current)) {
    const { sayAgain } = await import('./say-again.js');
    await sayAgain(context, current, isForked(outcomes));
  }
  if (!dryRun) await afterImport(context, broughtBy(outcomes));
  if (config['gc.auto'] && !dryRun) await tidyIfDue(done.session);
  return exitOf(outcomes);
}

/** Whether something may have to be written again: what does it is loaded only then. */
function mayOweCopies({ repository }: Session): boolean {
  return repository.frozen.size > 0 || hasPasts(repository.layout);
}

function importTelling<T>(context: Context, files: readonly unknown[], work: (begin: (file: string) => void) => T): T {
  const progress = openProgress(context);
  let count = 0;
  try {
    return work((file) => progress.update(`importing ${Math.min(++count, files.length)} of ${files.length}: ${file}`));
  } finally {
    progress.clear();
  }
}

function broughtBy(outcomes: readonly FileOutcome[]) {
  const bundles = outcomes.flatMap((outcome) => (outcome.kind === 'bundle' ? outcome : []));
  return {
    entries: bundles.reduce((sum, { report }) => sum + report.fresh, 0),
    messages: bundles.reduce((sum, { messages }) => sum + messages, 0),
  };
}

function cardsOf(outcomes: readonly FileOutcome[]) {
  return outcomes.flatMap((outcome) => {
    if (outcome.kind === 'bundle') return outcome.report.cards;
    return outcome.kind === 'cards' || outcome.kind === 'aside' ? outcome.cards : [];
  });
}
