// Taking files in and telling what became of them, for the commands that do (spec/cli.md, "import").
import { recoveredSince } from '../../../identity/recovered.js';
import { hasPasts } from '../../../repository/store/pasts.js';
import { decisionsOf } from '../../../sync/drive/decisions.js';
import { undecidedAmong } from '../../../sync/import/decide.js';
import type { GivenFile } from '../../../sync/import/given-files.js';
import {
  type FileOutcome,
  type ImportFilesOptions,
  importFiles,
  importLeft,
} from '../../../sync/import/import-files.js';
import { joinedSettled, type Settled } from '../../../sync/import/settled.js';
import { updateCards } from '../../../sync/import/update-cards.js';
import { tidyIfDue } from '../../../sync/maintain.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { quotasOf } from '../../command/settings.js';
import { isForked } from '../../report/import-advice.js';
import { exitOf, importJson } from '../../report/import-json.js';
import { tellImport } from '../../report/import-report.js';
import { escapeLine } from '../../terminal/escape.js';
import { withTransfer } from '../../terminal/transfer.js';
import { afterImport } from '../drives/drive-hooks.js';
import { settleIfPossible } from '../topics/topic-keys.js';

/** How to take them in. */
export interface ImportCommandOptions extends Omit<ImportFilesOptions, 'begin'> {
  /** Whoever can be asked decides on the way about people and topics. */
  readonly mayAsk?: boolean;
  /** The command that takes the same files again. */
  readonly again?: string;
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
  const { settle, mayAsk, again, ...how } = options;
  const before = repository.lastArrival;
  const decided = decisionsOf(session).veiled;
  const first = await importTelling(context, files, (begin) => importFiles(session, files, { ...how, begin }));
  const dryRun = options.dryRun === true;
  const renewed = dryRun ? [] : await updateCards(session, cardsOf(first));
  const asks = mayAsk && context.canTalk() && !dryRun;
  const taken = asks ? await decideOnTheWay(context, { files, first, before, how }) : first;
  const learning = { files, taken, before, how, decided };
  const { settled, known } = dryRun ? { settled: undefined, known: taken } : await learn(context, learning);
  const told = withOpened(known, settled);
  const { outcomes, fields } = settle?.(told) ?? { outcomes: told, fields: {} };
  // only contacts known by newer cards, and what was decided meanwhile, were changed on the disk
  const current = renewed.length > 0 || asks || settled ? openSession(repository) : session;
  const recovered = dryRun ? [] : recoveredSince(session, openSession(repository));
  const said = { ...(again !== undefined && { again }), ...(settled && { settled }) };
  const done = { session: current, outcomes, before, dryRun, recovered, ...said };
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

interface Learning {
  readonly files: readonly GivenFile[];
  readonly taken: readonly FileOutcome[];
  /** The last commit before. */
  readonly before: number;
  readonly how: ImportFilesOptions;
  /** By what it was decided about the files. */
  readonly decided: string;
}

/** Takes in keys and letters; what is known then, as of devices and members, may let in what was left of other files. */
async function learn(context: Context, { files, taken, before, how, ...begun }: Learning) {
  const repository = await context.repository();
  const quotas = quotasOf(await context.config());
  let { decided } = begun;
  let known = taken;
  let settled: Settled | undefined;
  for (;;) {
    const news = await settleIfPossible(context, openSession(repository), before);
    settled = settled && news ? joinedSettled(settled, news) : (news ?? settled);
    const session = { ...openSession(repository), quotas };
    const now = decisionsOf(session).veiled;
    const isLeft = known.some((one) => one.kind === 'bundle' && one.report.passedBy > 0);
    if (!isLeft || now === decided) return { settled, known };
    decided = now;
    known = importLeft(session, files, known, how);
    await updateCards(session, cardsOf(known));
  }
}

/** What can be read now counts with the file that brought something last. */
function withOpened(outcomes: readonly FileOutcome[], settled: Settled | undefined): readonly FileOutcome[] {
  const { messages } = settled ?? { messages: 0 };
  const at = messages === 0 ? -1 : outcomes.findLastIndex(({ kind }) => kind === 'bundle');
  return outcomes.map((one, i) =>
    i === at && one.kind === 'bundle' ? { ...one, messages: one.messages + messages } : one,
  );
}

/** What was taken before anybody was asked. */
interface FirstTaken {
  readonly files: readonly GivenFile[];
  readonly first: readonly FileOutcome[];
  /** The last commit before. */
  readonly before: number;
  readonly how: ImportFilesOptions;
}

/** Asks about people and topics as long as an answer lets in more, and takes that. */
async function decideOnTheWay(
  context: Context,
  { files, first, before, how }: FirstTaken,
): Promise<readonly FileOutcome[]> {
  const repository = await context.repository();
  const quotas = quotasOf(await context.config());
  const { openDecider } = await import('../identity/meet.js');
  const decide = openDecider(context, before);
  let outcomes = first;
  for (;;) {
    const session = { ...openSession(repository), quotas };
    const given = outcomes.flatMap((outcome) => (outcome.kind === 'cards' ? outcome.cards : []));
    const reports = outcomes.map((outcome) => (outcome.kind === 'bundle' ? outcome.report : undefined));
    if (!(await decide(undecidedAmong(session, given, reports)))) return outcomes;
    outcomes = importLeft({ ...openSession(repository), quotas }, files, outcomes, how);
  }
}

/** Whether something may have to be written again: what does it is loaded only then. */
function mayOweCopies({ repository }: Session): boolean {
  return repository.frozen.size > 0 || hasPasts(repository.layout);
}

/** A file is copied, verified and stored, and what it brings is read to be stored. */
const PASSES = 5;

function importTelling<T>(
  context: Context,
  files: readonly GivenFile[],
  work: (begin: ImportFilesOptions['begin']) => T,
): Promise<T> {
  return withTransfer(context, (transfer) => {
    if (!transfer.isTold) return work(undefined);
    const sizes = files.map((file) => file.size());
    let rest = sizes.reduce((sum, size) => sum + size, 0);
    let before = 0;
    let count = 0;
    return work((file, bytes) => {
      // what is taken again was counted
      rest -= sizes[count] ?? 0;
      const number = Math.min(++count, files.length);
      const what = files.length > 1 ? `importing ${number} of ${files.length}: ${file}` : `importing ${file}`;
      transfer.begin(escapeLine(what), { bytes, passes: PASSES, before, total: before + bytes + rest });
      before += bytes;
    });
  });
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
