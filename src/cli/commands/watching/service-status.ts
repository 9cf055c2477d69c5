// satchel service status: whether the service is installed and running (spec/cli.md, "service").
import fs from 'node:fs';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { runCommand } from '../../service/apply.js';
import { planFor, systemOf, watcherOf } from '../../service/watcher.js';

/** Says it; whether it runs is only known of systemd. */
export async function run(context: Context, _args: Args<'service status'>): Promise<void> {
  const system = systemOf(undefined);
  const watcher = watcherOf(context, { dirs: [], noMounts: false });
  const { file } = planFor(system, watcher, context.env);
  const installed = fs.existsSync(file);
  const state = system === 'linux' && installed ? await stateOf(watcher.name) : null;
  if (context.json) context.printJson({ system, name: watcher.name, file, installed, state });
  if (!installed) {
    context.print(
      `${watcher.name} is not installed; to install it: ${nextCommand(context.directory, 'service install', context.env)}`,
    );
    return;
  }
  context.print(`${watcher.name} is installed${state === null ? '' : `, and ${state}`}`);
}

/** As `systemctl is-active` has it: `active`, `inactive`, `failed`; null where it cannot be asked. */
async function stateOf(name: string): Promise<string | null> {
  const { stdout } = await runCommand(['systemctl', '--user', 'is-active', `${name}.service`]);
  const state = stdout.trim();
  return /^[a-z-]+$/.test(state) ? state : null;
}
