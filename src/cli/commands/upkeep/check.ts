// satchel check: whether the repository is sound (spec/cli.md, "Upkeep").
import { EXIT_OF_CODE } from '../../../format/error.js';
import type { Repository } from '../../../repository/repository.js';
import { loadShapes } from '../../../repository/state.js';
import { checkEverything, type Finding } from '../../../sync/check.js';
import { readConfig } from '../../command/config.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { keysChecked, noteUncompared } from '../../report/keys-checked.js';
import { renewalFindings } from '../../report/renewed.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { withTransfer } from '../../terminal/transfer.js';
import { writeText } from '../../terminal/write-text.js';
import { bytesInPacks, bytesOfBlobs } from './bytes-held.js';

/** Prints the findings; 12 when there is an error among them. */
export async function run(context: Context, args: Args<'check'>): Promise<number> {
  await loadShapes();
  const repository = await context.repository();
  const keys = await keysChecked(context, { mayAsk: args.all });
  const findings = [...(await checkTelling(context, repository, args)), ...keys.findings, ...renewalFindings(context)];
  const errors = findings.filter(({ severity }) => severity === 'error');
  const keysCompared = keys.areCompared;
  if (context.json) context.printJson({ ok: errors.length === 0, all: args.all, findings, keysCompared });
  else tell(context, findings, errors.length, args.all);
  noteUncompared(context, keys);
  return errors.length > 0 ? EXIT_OF_CODE.damaged : 0;
}

/** Packs are read to find what is in them, to verify it, and to derive the index from it. */
const PASSES = 3;

function checkTelling(context: Context, repository: Repository, { all }: Args<'check'>): Promise<Finding[]> {
  return withTransfer(context, (transfer) => {
    if (all)
      transfer.begin('checking', { bytes: PASSES * bytesInPacks(repository) + bytesOfBlobs(repository), passes: 1 });
    return checkEverything(repository, { all, readers: [readConfig] });
  });
}

function tell(context: Context, findings: readonly Finding[], errors: number, isFull: boolean): void {
  const { style } = context;
  for (const { severity, message, where } of findings) {
    const word = severity === 'error' ? style.red('error') : style.yellow('hint');
    const line = `${word}: ${escapeLine(message.includes(where) ? message : `${message} (${where})`)}`;
    if (severity === 'error') writeText(context.stdout, `${line}\n`);
    else context.print(line);
  }
  if (findings.length === 0) context.print(style.green('nothing is wrong'));
  else context.print(`${plural(errors, 'error')}, ${plural(findings.length - errors, 'hint')}`);
  if (errors > 0) adviseOn(context);
  else if (!isFull) context.note('this was the quick look; "satchel check --all" verifies every entry');
}

function adviseOn(context: Context): void {
  context.stdout.flush();
  writeText(context.stderr, 'satchel: error: the repository is damaged\n');
  writeText(context.stderr, 'satchel: hint: run "satchel repair"; any bundle brings back what others hold of it\n');
}
