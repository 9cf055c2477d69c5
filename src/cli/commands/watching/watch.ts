// satchel watch: waits for drives and syncs each (spec/cli.md, "watch"; spec/drive.md, "Watching").
import path from 'node:path';
import { SatchelError } from '../../../format/error.js';
import { readSelf } from '../../../identity/self.js';
import type { WatchEvent } from '../../../sync/watch/events.js';
import { watchDirectories, watchDrive } from '../../../sync/watch/folder-events.js';
import { lookAt } from '../../../sync/watch/look.js';
import { type MountTable, mountTable } from '../../../sync/watch/mount-table.js';
import { DEFAULT_TIMES, type WatchPorts } from '../../../sync/watch/ports.js';
import { watchDrives } from '../../../sync/watch/watch.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { tellEvent } from '../../report/watch-report.js';
import { hookRunner } from '../drives/drive-hooks.js';
import { visitByProcess } from '../drives/visit-process.js';
import { assertFolders } from './folders-only.js';

const VISIT_LIMIT_S = 3_600;

/** Watches until SIGINT or SIGTERM, or until nobody reads any more. */
export async function run(context: Context, args: Args<'watch'>): Promise<void> {
  assertFolders(args.dirs);
  const directories = [...new Set(args.dirs.map((directory) => path.resolve(directory)))];
  const table = args.noMounts ? undefined : mountTable(process.platform);
  if (!table && directories.length === 0) throw nothingToWatch(args.noMounts);
  // what is wrong with the repository is said now, and not by every visit
  const { directory, layout } = await context.repository();
  readSelf(directory);
  const hooks = await hookRunner(context);
  const stop = stopper(context.interruption().signal);
  const emit = stop.guard((event: WatchEvent) => tellEvent(context, event));
  const limitSeconds = args.maxDuration ?? VISIT_LIMIT_S;
  const ports: WatchPorts = {
    now: () => performance.now(),
    after: later,
    emit,
    mounts: async () => table?.read() ?? [],
    look: lookAt,
    visit: (directory, signal) => visitByProcess(context, directory, { limitSeconds, signal }),
    watchFolder: watchDrive,
    watchRepository: (changed) => watchDirectories([layout.packs, layout.refs], changed),
    hook: async (name, drive, end, signal) => {
      const error = await hooks.runForDrive(name, drive, end, signal);
      if (!error) return;
      const { code, message, hint } = error;
      emit({ type: 'hook-failed', hook: name, code, message, hint });
    },
  };
  await watchDrives(ports, {
    directories,
    mounts: table !== undefined,
    times: timesOf(args, table),
    signal: stop.signal,
  });
  stop.check();
  emit({ type: 'stopped', signal: context.interrupted() === 143 ? 'SIGTERM' : 'SIGINT' });
}

function nothingToWatch(isWanted: boolean): SatchelError {
  const why = isWanted
    ? 'with --no-mounts there is nothing to watch'
    : 'where media are mounted on this system is not known';
  return new SatchelError('usage', why, { hint: 'name a folder: "satchel watch DIR"' });
}

function timesOf({ interval }: Args<'watch'>, table: MountTable | undefined): typeof DEFAULT_TIMES {
  const mountsMs = table?.everyMs ?? DEFAULT_TIMES.mountsMs;
  return { ...DEFAULT_TIMES, mountsMs, ...(interval !== undefined && { lookMs: Math.max(1, interval) * 1_000 }) };
}

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Ends the watch also when an event cannot be told, and throws that error once all is quiet. */
function stopper(outer: AbortSignal) {
  const failing = new AbortController();
  let failure: { readonly error: unknown } | undefined;
  return {
    signal: AbortSignal.any([outer, failing.signal]),
    guard:
      <T>(work: (value: T) => void) =>
      (value: T): void => {
        try {
          if (!failure) work(value);
        } catch (error) {
          failure = { error };
          failing.abort();
        }
      },
    check(): void {
      if (failure) throw failure.error;
    },
  };
}
