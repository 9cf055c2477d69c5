// satchel check: whether the repository is sound (spec/cli.md, "Upkeep").
import { EXIT_OF_CODE } from '../../../format/error.js';
import { loadShapes } from '../../../repository/state.js';
import { checkEverything, type Finding } from '../../../sync/check.js';
import { readConfig } from '../../command/config.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { keysChecked, noteUncompared } from '../../report/keys-checked.js';
import { renewalFindings } from '../../report/renewed.js';
import { escapeLine } from '../../terminal/escape.js';
import { plural } from '../../terminal/size.js';
import { writeText } from '../../terminal/write-text.js';

/** Prints the findings; 12 when there is an error among them. */
export async function run(context: Context, args: Args<'check'>): Promise<number> {
  await loadShapes();
  const repository = await context.repository();
  const keys = await keysChecked(context, { mayAsk: args.all });
  const findings = [
    ...checkEverything(repository, { all: args.all, readers: [readConfig] }),
    ...keys.findings,
    ...renewalFindings(context),
  ];
  const errors = findings.filter(({ severity }) => severity === 'error');
  const keysCompared = keys.areCompared;
  if (context.json) context.printJson({ ok: errors.length === 0, all: args.all, findings, keysCompared });
  else tell(context, findings, errors.length, args.all);
  noteUncompared(context, keys);
  return errors.length > 0 ? EXIT_OF_CODE.damaged : 0;
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
