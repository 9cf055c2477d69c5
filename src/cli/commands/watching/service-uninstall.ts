// satchel service uninstall: stops the service and takes it back (spec/cli.md, "service").
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { uninstallService } from '../../service/apply.js';
import { formatPlan } from '../../service/print.js';
import { planFor, systemOf, watcherOf } from '../../service/watcher.js';
import { escapeLine } from '../../terminal/escape.js';

/** Uninstalls it, if it is there; with `--print` only says how. */
export async function run(context: Context, args: Args<'service uninstall'>): Promise<void> {
  const system = systemOf(args.system);
  const watcher = watcherOf(context, { dirs: [], noMounts: false });
  const plan = planFor(system, watcher, context.env);
  if (args.print || system !== 'linux' || args.system !== undefined) {
    const { file, uninstall, afterwards } = plan;
    if (context.json) context.printJson({ system, name: watcher.name, file, uninstall, afterwards });
    else context.stdout.write(formatPlan(system, undefined, [...uninstall, removal(system, file), ...afterwards]));
    return;
  }
  const wasThere = await uninstallService(plan);
  if (context.json) context.printJson({ system, name: watcher.name, file: plan.file, installed: false });
  context.print(wasThere ? `${watcher.name} is stopped and removed` : `there is no service ${escapeLine(plan.file)}`);
}

function removal(system: string, file: string): string[] {
  return system === 'windows' ? ['del', file] : ['rm', file];
}
