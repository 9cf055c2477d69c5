// Making a service of a plan, and unmaking it: a file and a few commands (spec/cli.md, "service").

import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk, writeAtomic } from '../../repository/files.js';
import { type Ended, runChild } from '../../sync/watch/child.js';
import type { ServicePlan } from './plan.js';

const LIMIT_MS = 60_000;

/** Writes the file and starts the service. @throws SatchelError `io` when the system refuses */
export async function installService(plan: ServicePlan): Promise<void> {
  writeAtomic(plan.file, plan.content);
  for (const command of plan.install) await runOrThrow(command);
}

/** Stops the service and removes the file; false when there was none. @throws SatchelError `io` */
export async function uninstallService(plan: ServicePlan): Promise<boolean> {
  if (!disk.exists(plan.file)) return false;
  // one that the system knows nothing of needs no stopping
  for (const command of plan.uninstall) await runCommand(command);
  onDisk(`removing ${plan.file}`, () => disk.remove(plan.file));
  for (const command of plan.afterwards) await runOrThrow(command);
  return true;
}

/** How one command ended; never rejects. */
export function runCommand([program = '', ...args]: readonly string[]): Promise<Ended> {
  return runChild(program, args, { limitMs: LIMIT_MS });
}

async function runOrThrow(command: readonly string[]): Promise<void> {
  const { status, stderr, stdout } = await runCommand(command);
  if (status === 0) return;
  const said = (stderr || stdout).trim().split('\n').at(-1) ?? '';
  throw new SatchelError('io', `"${command.join(' ')}" failed${said === '' ? '' : `: ${said}`}`, {
    hint: 'the service runs in the session of a user that systemd knows: log in as that user, or run "loginctl enable-linger" first',
  });
}
