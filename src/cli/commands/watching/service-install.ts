// satchel service install: lets `satchel watch` start by itself (spec/cli.md, "service").
import { SatchelError } from '../../../format/error.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { installService } from '../../service/apply.js';
import { formatPlan } from '../../service/print.js';
import { planFor, systemOf, watcherOf } from '../../service/watcher.js';
import { escapeLine } from '../../terminal/escape.js';

/** Installs and starts it; with `--print` only says how. */
export async function run(context: Context, args: Args<'service install'>): Promise<void> {
  const system = systemOf(args.system);
  const watcher = watcherOf(context, args);
  const plan = planFor(system, watcher, context.env);
  if (args.print) {
    if (context.json) context.printJson({ system, name: watcher.name, ...plan });
    else context.stdout.write(formatPlan(system, plan, plan.install));
    return;
  }
  if (system !== 'linux' || args.system !== undefined) {
    throw new SatchelError('usage', `for ${system} the service can only be printed`, {
      hint: 'run "satchel service install --print", and do what it says',
    });
  }
  // a service that cannot work is not begun
  await context.repository();
  await installService(plan);
  if (context.json) context.printJson({ system, name: watcher.name, file: plan.file, installed: true });
  context.print(`${watcher.name} is running, and starts by itself from now on: ${escapeLine(plan.file)}`);
  context.note(`to see what it does: journalctl --user -f -u ${watcher.name}`);
}
