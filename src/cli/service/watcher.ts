// The watcher that a service is to run, and the service for it on a system (spec/cli.md, "service").
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { ownProgram } from '../../sync/watch/own-program.js';
import type { Context } from '../command/context.js';
import { launchdPlan } from './launchd.js';
import type { ServicePlan, System, Watcher } from './plan.js';
import { scheduledTaskPlan } from './scheduled-task.js';
import { systemdPlan } from './systemd.js';

/** These have to be the same for the service as for whoever installs it. */
const PASSED_ON = ['SATCHEL_PASSPHRASE_FILE', 'SATCHEL_STATE_DIR', 'SATCHEL_STATE_COPY', 'XDG_STATE_HOME'] as const;

/** A watcher of this repository, by this very program. */
export function watcherOf(
  context: Context,
  args: { readonly dirs: readonly string[]; readonly noMounts: boolean },
): Watcher {
  const { directory, env } = context;
  const folders = args.dirs.map((folder) => path.resolve(folder));
  const words = ['-C', directory, 'watch', ...(args.noMounts ? ['--no-mounts'] : []), '--', ...folders];
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = env[name];
    // an empty one has a meaning of its own
    return value === undefined ? [] : [[name, value && path.resolve(value)] as const];
  });
  const own = ownProgram();
  return {
    name:
      directory === os.homedir()
        ? 'satchel'
        : `satchel-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`,
    command: [own.program, ...own.words, ...words],
    env: Object.fromEntries(passedOn),
    home: os.homedir(),
  };
}

/** What makes it a service of the system. */
export function planFor(system: System, watcher: Watcher, env: NodeJS.ProcessEnv): ServicePlan {
  if (system === 'macos') return launchdPlan(watcher);
  if (system === 'windows') return scheduledTaskPlan(watcher);
  return systemdPlan(watcher, env['XDG_CONFIG_HOME'] || path.join(watcher.home, '.config'));
}

/**
 * The system that was asked for, or this one.
 * @throws SatchelError `usage` where there is no service for this one
 */
export function systemOf(asked: string | undefined): System {
  if (asked !== undefined) return asked as System;
  const system = { linux: 'linux', darwin: 'macos', win32: 'windows' }[process.platform as string];
  if (system) return system as System;
  throw new SatchelError('usage', `there is no service for ${process.platform}`, {
    hint: 'start "satchel watch" from whatever starts programs here',
  });
}
