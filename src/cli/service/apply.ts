// Making a service of a plan, and unmaking it: a file and a few commands (spec/cli.md, "service").

import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk, writeAtomic } from '../../repository/files.js';
import { type Ended, runChild } from '../../sync/watch/child.js';
import type { ServicePlan } from './plan.js';

const LIMIT_MS = 60_000;

/**
 * Writes the file and starts the service. Where the system refuses, all is as it was before.
 * @throws SatchelError `io` when the system refuses
 */
export async function installService(plan: ServicePlan): Promise<void> {
  const before = disk.exists(plan.file) ? onDisk(`reading ${plan.file}`, () => disk.content(plan.file)) : undefined;
  writeAtomic(plan.file, plan.content);
  for (const command of plan.install) {
    const { status, stderr, stdout } = await runCommand(command);
    if (status === 0) continue;
    await undo(plan, before);
    throw refused(command, stderr || stdout, before !== undefined);
  }
}

async function undo(plan: ServicePlan, before: Buffer | undefined): Promise<void> {
  if (before) writeAtomic(plan.file, before);
  else {
    for (const command of plan.uninstall) await runCommand(command);
    onDisk(`removing ${plan.file}`, () => disk.remove(plan.file));
  }
  for (const command of plan.afterwards) await runCommand(command);
}

/** What became of a service that was to be removed; `unsure` where the system does not say whether it still runs. */
export type Uninstalled = 'none' | 'stopped' | 'unsure';

/** Stops the service and removes the file. @throws SatchelError `io` when it goes on running */
export async function uninstallService(plan: ServicePlan, name: string): Promise<Uninstalled> {
  if (!disk.exists(plan.file)) return 'none';
  let isStopped = true;
  for (const command of plan.uninstall) isStopped = (await runCommand(command)).status === 0 && isStopped;
  // one that the system knows nothing of needs no stopping
  const state = isStopped ? 'inactive' : await stateOf(name);
  if (state === 'active') {
    throw new SatchelError('io', `${name} could not be stopped`, {
      hint: `stop it first: systemctl --user stop ${name}`,
    });
  }
  onDisk(`removing ${plan.file}`, () => disk.remove(plan.file));
  for (const command of plan.afterwards) await runCommand(command);
  return state === null ? 'unsure' : 'stopped';
}

/** As `systemctl is-active` has it: `active`, `inactive`, `failed`; null where it cannot be asked. */
export async function stateOf(name: string): Promise<string | null> {
  const { stdout } = await runCommand(['systemctl', '--user', 'is-active', `${name}.service`]);
  const state = stdout.trim();
  return /^[a-z-]+$/.test(state) ? state : null;
}

/** How one command ended; never rejects. */
function runCommand([program = '', ...args]: readonly string[]): Promise<Ended> {
  return runChild(program, args, { limitMs: LIMIT_MS });
}

function refused(command: readonly string[], output: string, hadOne: boolean): SatchelError {
  const said = output.trim().split('\n').at(-1) ?? '';
  const left = hadOne ? 'the former file is back' : 'nothing is installed';
  return new SatchelError('io', `"${command.join(' ')}" failed${said === '' ? '' : `: ${said}`}; ${left}`, {
    hint: 'the service runs in the session of a user that systemd knows: log in as that user, or run "loginctl enable-linger" first',
  });
}
