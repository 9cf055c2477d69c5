// satchel repair: says what is damaged and what it would do, and does it with --yes (spec/cli.md, "Upkeep").
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import { loadShapes } from '../../../repository/state.js';
import { assertNotWiping } from '../../../repository/wiping.js';
import type { Finding } from '../../../sync/check.js';
import { writeWant } from '../../../sync/export/want.js';
import { isMissingSome, noteTold, planRepair, type Step, stepsBefore } from '../../../sync/repair.js';
import { openSession } from '../../../sync/session.js';
import { readChanged } from '../../command/config.js';
import type { Context } from '../../command/context.js';
import { quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { keysChecked, noteUncompared } from '../../report/keys-checked.js';
import { escapeLine } from '../../terminal/escape.js';
import { writeText } from '../../terminal/write-text.js';
import { openAuthor } from '../conversation/author.js';
import { toOutput } from '../exchange/bundle-output.js';

/** What was found and done. */
interface Report {
  readonly steps: readonly Step[];
  readonly left: readonly Finding[];
  /** The file that asks others for what is missing; null when nothing is, or it was not written. */
  readonly want: string | null;
}

/** Prints it; 12 when there is something to do that is not done yet, 3 when something is left that it cannot do. */
export async function run(context: Context, args: Args<'repair'>): Promise<number> {
  assertNotWiping(context.directory);
  await loadShapes();
  const before = stepsBefore(context.directory, await isConfigBad(context));
  if (!args.yes && before.length > 0) return tell(context, args, { steps: before, left: [], want: null });
  for (const step of before) step.apply();
  const repository = await context.repository();
  const { steps, left: others } = planRepair(repository);
  const keys = await keysChecked(context, { mayAsk: false });
  const left = [...others, ...keys.findings.filter(({ severity }) => severity === 'error')];
  noteUncompared(context, keys);
  const isMissing = isMissingSome(repository);
  if (!args.yes) {
    const asking = isMissing && !repository.damage.isTold ? [askingStep(repository.layout.packs)] : [];
    return tell(context, args, { steps: [...steps, ...asking], left, want: null });
  }
  for (const step of steps) step.apply();
  repository.refresh();
  const want = isMissingSome(repository) ? await ask(context, args) : undefined;
  repository.locked(() => noteTold(repository));
  return tell(context, args, { steps: [...before, ...steps], left, want: want ?? null });
}

async function isConfigBad({ directory }: Context): Promise<boolean> {
  try {
    await readChanged(directory);
    return false;
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'damaged') return true;
    throw error;
  }
}

function askingStep(where: string): Step {
  const message = 'something that was here is damaged and missing';
  return { code: 'rot', message, where, action: 'write a file that asks others for them', apply: () => {} };
}

/** Where it cannot be written, all else is done all the same. */
async function ask(context: Context, { output }: Args<'repair'>): Promise<string | undefined> {
  const session = openSession(await context.repository());
  const claim = { device: session.self.device, for: [], isStatement: true };
  try {
    const { report } = await toOutput(context, session, { output, claim }, async (targetFor) =>
      writeWant(session, await openAuthor(context), targetFor),
    );
    return report.file;
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    context.note(`no file that asks for it was written: ${escapeLine(error.message)}; "satchel want" writes one`);
    return undefined;
  }
}

function tell(context: Context, { yes }: Args<'repair'>, { steps, left, want }: Report): number {
  const exit = exitOf(yes, steps, left);
  const plain = steps.map(({ code, message, where, action }) => ({ code, message, where, action }));
  if (context.json) {
    context.printJson({ done: yes, steps: plain, left, want });
    return exit;
  }
  for (const { where, message, action } of steps)
    context.print(escapeLine(`${subject(where, message)}: ${yes ? 'done: ' : ''}${action}`));
  for (const { where, message } of left)
    context.print(escapeLine(`${subject(where, message)}: nothing here repairs that`));
  if (want !== null) context.print(`wrote ${escapeLine(want)}, which asks others for what is missing`);
  if (steps.length + left.length === 0 && want === null) context.print('nothing to repair');
  adviseOn(context, { yes, steps, left, want });
  return exit;
}

function subject(where: string, message: string): string {
  return message.includes(where) ? message : `${where} ${message}`;
}

function exitOf(yes: boolean, steps: readonly Step[], left: readonly Finding[]): number {
  if (!yes && steps.length > 0) return EXIT_OF_CODE.damaged;
  return left.length > 0 ? EXIT_OF_CODE.incomplete : 0;
}

function adviseOn(context: Context, { yes, steps, left, want }: Report & { readonly yes: boolean }): void {
  context.stdout.flush();
  if (!yes && steps.length > 0) writeText(context.stderr, 'satchel: hint: to do it, run "satchel repair --yes"\n');
  if (want !== null) {
    const file = quoteWord(want);
    context.note(
      `next: give it to somebody who has what is missing, and import what comes back (satchel import ${file} there)`,
    );
  }
  if (left.length > 0) context.note('what is left needs the file from a backup, or that you decide again');
}
