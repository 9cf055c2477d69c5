// satchel service install, status, uninstall: `satchel watch` by itself (spec/cli.md, "service").

import { SatchelError } from '../../../format/error.js';
import { disk } from '../../../repository/disk.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { installService, stateOf, type Uninstalled, uninstallService } from '../../service/apply.js';
import { formatPlan } from '../../service/print.js';
import { planFor, systemOf, watcherOf } from '../../service/watcher.js';
import { escapeLine } from '../../terminal/escape.js';
import { assertFolders } from './folders-only.js';

/** Installs and starts it; with `--print` only says how. */
export async function runInstall(context: Context, args: Args<'service install'>): Promise<void> {
  assertFolders(args.dirs);
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
  await installService(plan, watcher.name);
  const state = await stateOf(watcher.name);
  if (context.json) context.printJson({ system, name: watcher.name, file: plan.file, installed: true, state });
  context.print(`${watcher.name} starts by itself from now on: ${escapeLine(plan.file)}`);
  context.print(`${watcher.name} is installed: ${stateWords(watcher.name, state)}`);
  context.note(`to see what it does: journalctl --user -f -u ${watcher.name}`);
}

/** Says it; whether it runs is only known of systemd. */
export async function runStatus(context: Context, _args: Args<'service status'>): Promise<void> {
  const system = systemOf(undefined);
  const watcher = watcherOf(context, { dirs: [], noMounts: false });
  const { file } = planFor(system, watcher, context.env);
  const installed = disk.exists(file);
  const state = system === 'linux' && installed ? await stateOf(watcher.name) : null;
  if (context.json) context.printJson({ system, name: watcher.name, file, installed, state });
  if (!installed) {
    context.print(
      `${watcher.name} is not installed; to install it: ${nextCommand(context.directory, 'service install', context.env)}`,
    );
    return;
  }
  if (system !== 'linux') context.print(`${watcher.name} is installed`);
  else context.print(`${watcher.name} is installed: ${stateWords(watcher.name, state)}`);
}

/** What the state means, and what to do about it. */
function stateWords(name: string, state: string | null): string {
  const log = `to see why: journalctl --user -u ${name}`;
  if (state === null) return 'whether it runs is not known: systemd does not answer';
  if (state === 'active') return 'runs';
  if (state === 'failed') return `has failed; ${log}`;
  if (state === 'inactive') return `does not run; to start it: systemctl --user start ${name}`;
  return state === 'activating' ? `is being started, perhaps once more; ${log}` : `is ${state}`;
}

/** Uninstalls it, if it is there; with `--print` only says how. */
export async function runUninstall(context: Context, args: Args<'service uninstall'>): Promise<void> {
  const system = systemOf(args.system);
  const watcher = watcherOf(context, { dirs: [], noMounts: false });
  const plan = planFor(system, watcher, context.env);
  if (args.print || system !== 'linux' || args.system !== undefined) {
    const { file, uninstall, afterwards } = plan;
    if (context.json) context.printJson({ system, name: watcher.name, file, uninstall, afterwards });
    else context.stdout.write(formatPlan(system, undefined, [...uninstall, removal(system, file), ...afterwards]));
    return;
  }
  const became = await uninstallService(plan, watcher.name);
  if (context.json) context.printJson({ system, name: watcher.name, file: plan.file, installed: false });
  context.print(UNINSTALLED[became](watcher.name, escapeLine(plan.file)));
}

const UNINSTALLED: Readonly<Record<Uninstalled, (name: string, file: string) => string>> = {
  none: (_, file) => `there is no service ${file}`,
  stopped: (name) => `${name} is stopped and removed`,
  unsure: (name) => `${name} is removed; whether it still runs is not known: systemd does not answer`,
};

function removal(system: string, file: string): string[] {
  return system === 'windows' ? ['del', file] : ['rm', file];
}
