// satchel import: takes bundles in, whatever their order (spec/cli.md, "Exchange").
import { prepareSignatures } from '../../format/signature.js';
import { givenFiles } from '../../sync/given-files.js';
import { type FileOutcome, importFiles } from '../../sync/import-files.js';
import { learnCards } from '../../sync/learn.js';
import { tidyIfDue } from '../../sync/maintain.js';
import { openSession, type Session } from '../../sync/session.js';
import type { Context } from '../context.js';
import { afterImport } from '../drive-hooks.js';
import { exitOf, importJson } from '../import-json.js';
import { tellImport } from '../import-report.js';
import { openProgress } from '../progress.js';
import { quotasOf } from '../settings.js';
import type { Args } from '../table/commands.js';

/** Imports them; the exit status says how many were fit to be taken. */
export async function run(context: Context, args: Args<'import'>): Promise<number> {
  await prepareSignatures();
  const repository = await context.repository();
  const config = await context.config();
  const session = { ...openSession(repository), quotas: quotasOf(config) };
  const before = repository.lastArrival;
  const outcomes = take(context, session, args);
  if (!args.dryRun) await learnCards(session, cardsOf(outcomes));
  const done = { session: openSession(repository), outcomes, before, dryRun: args.dryRun };
  if (context.json) context.printJson(importJson(done));
  tellImport(context, done);
  if (!args.dryRun) await afterImport(context, broughtBy(outcomes));
  if (config['gc.auto'] && !args.dryRun) tidyIfDue(done.session);
  return exitOf(outcomes);
}

function take(context: Context, session: Session, args: Args<'import'>): readonly FileOutcome[] {
  const progress = openProgress(context);
  const files = givenFiles(args.files);
  let count = 0;
  try {
    return importFiles(session, files, {
      dryRun: args.dryRun,
      salvage: args.salvage,
      begin: (file) => progress.update(`importing ${Math.min(++count, files.length)} of ${files.length}: ${file}`),
    });
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
    return outcome.kind === 'cards' ? outcome.cards : [];
  });
}
