// Making a service of a plan, and unmaking it: a file and a few commands (spec/cli.md, "service").

import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk, writeAtomic } from '../../repository/files.js';
import { type Ended, runChild } from '../../sync/watch/child.js';
import type { ServicePlan } from './plan.js';

const LIMIT_MS = 60_000;
/** States of what does not run, and will not by itself. */
const STOPPED = ['inactive', 'failed'];

/** What was there before a service was installed. */
interface Former {
  /** Undefined where there was no file. */
  readonly content: Buffer | undefined;
  readonly ran: boolean;
}

/**
 * Writes the file and starts the service. Where the system refuses, all is as it was before.
 * @throws SatchelError `io` when the system refuses; it says what could not be made as it was
 */
export async function installService(plan: ServicePlan, name: string): Promise<void> {
  const content = disk.exists(plan.file) ? onDisk(`reading ${plan.file}`, () => disk.content(plan.file)) : undefined;
  const former = { content, ran: content !== undefined && isRunning(await stateOf(name)) };
  writeAtomic(plan.file, plan.content);
  for (const command of plan.install) {
    const { status, stderr, stdout } = await runCommand(command);
    if (status !== 0) throw refused(command, stderr || stdout, await undo(plan, name, former));
  }
}

/** Makes it as it was; returns how that is, in words. */
async function undo(plan: ServicePlan, name: string, { content, ran }: Former): Promise<string> {
  if (content) writeAtomic(plan.file, content);
  else {
    for (const command of plan.uninstall) await runCommand(command);
    onDisk(`removing ${plan.file}`, () => disk.remove(plan.file));
  }
  for (const command of plan.afterwards) await runCommand(command);
  if (!content) return 'nothing is installed';
  if (!ran) return 'the former file is back';
  // to be started anew it was stopped
  const start = systemctl('start', `${name}.service`);
  await runCommand(start);
  const isBack = isRunning(await stateOf(name));
  return isBack
    ? 'the former file is back, and its watcher runs'
    : `the former file is back, but its watcher is not seen to run; to start it: ${start.join(' ')}`;
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
  if (state !== null && !STOPPED.includes(state)) {
    throw new SatchelError('io', `${name} could not be stopped: it is ${state}`, {
      hint: `stop it first: systemctl --user stop ${name}`,
    });
  }
  onDisk(`removing ${plan.file}`, () => disk.remove(plan.file));
  for (const command of plan.afterwards) await runCommand(command);
  return state === null ? 'unsure' : 'stopped';
}

/** As `systemctl is-active` has it: `active`, `activating`, `inactive`, `failed` ...; null where it cannot be asked. */
export async function stateOf(name: string): Promise<string | null> {
  const { stdout } = await runCommand(systemctl('is-active', `${name}.service`));
  const state = stdout.trim();
  return /^[a-z-]+$/.test(state) ? state : null;
}

/** Of the states that systemd has, those of what runs, and will go on. */
function isRunning(state: string | null): boolean {
  return state !== null && ['active', 'activating', 'reloading'].includes(state);
}

function systemctl(...words: readonly string[]): readonly string[] {
  return ['systemctl', '--user', ...words];
}

/** How one command ended; never rejects. */
function runCommand([program = '', ...args]: readonly string[]): Promise<Ended> {
  return runChild(program, args, { limitMs: LIMIT_MS });
}

function refused(command: readonly string[], output: string, left: string): SatchelError {
  const said = output.trim().split('\n').at(-1) ?? '';
  return new SatchelError('io', `"${command.join(' ')}" failed${said === '' ? '' : `: ${said}`}; ${left}`, {
    hint: 'the service runs in the session of a user that systemd knows: log in as that user, or run "loginctl enable-linger" first',
  });
}
