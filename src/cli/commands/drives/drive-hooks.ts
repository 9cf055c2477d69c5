// The user's hooks, run with what they are told (spec/repository.md, "Hooks").
import type { SatchelError } from '../../../format/error.js';
import { type HookName, runHook } from '../../../sync/hooks.js';
import type { Named } from '../../../sync/watch/events.js';
import { addedBy } from '../../../sync/watch/place.js';
import type { VisitEnd } from '../../../sync/watch/ports.js';
import type { Context } from '../../command/context.js';
import { describeFailure } from '../../command/errors.js';
import { writeText } from '../../terminal/write-text.js';

/** What a hook is told, by environment variable. */
type Told = Readonly<Record<string, string>>;

/** Runs hooks of the repository; each returns what went wrong with the hook. */
export interface HookRunner {
  runForDrive(
    name: HookName,
    drive: Named,
    end: VisitEnd | undefined,
    signal: AbortSignal,
  ): Promise<SatchelError | undefined>;
  /** `post-import`, after an import that brought something. */
  runAfterImport(brought: Brought): Promise<SatchelError | undefined>;
}

/** What an import took in. */
interface Brought {
  readonly entries: number;
  readonly messages: number;
}

/** Runs `post-import` when something was brought; what goes wrong with it is told, and is no failure. */
export async function afterImport(context: Context, brought: Brought): Promise<void> {
  if (brought.entries === 0) return;
  const error = await (await hookRunner(context)).runAfterImport(brought);
  if (!error) return;
  const { text } = describeFailure(error, { json: context.json });
  context.stdout.flush();
  writeText(context.stderr, text);
}

/** The hooks of the context's repository. */
export async function hookRunner(context: Context): Promise<HookRunner> {
  const limitMs = (await context.config())['hooks.timeout'] * 1_000;
  const runWith = (name: HookName, told: Told, signal?: AbortSignal): Promise<SatchelError | undefined> => {
    const output = context.json ? 'drop' : 'stderr';
    return runHook(context.directory, name, { told, env: context.env, limitMs, output, signal });
  };
  return {
    runForDrive: (name, drive, end, signal) => runWith(name, { ...toldOfDrive(drive), ...toldOfVisit(end) }, signal),
    runAfterImport: ({ entries, messages }) => runWith('post-import', toldOfImport(entries, messages)),
  };
}

function toldOfDrive({ directory, drive, label }: Named): Told {
  // an environment variable ends at a zero byte
  return { SATCHEL_DRIVE: directory, SATCHEL_DRIVE_ID: drive, SATCHEL_DRIVE_LABEL: label.replaceAll('\0', '') };
}

function toldOfVisit(end: VisitEnd | undefined): Told {
  if (!end || end.kind === 'absent') return {};
  const { visit } = end;
  const added = visit ? addedBy(visit) : [];
  const messages = visit?.bundles.reduce((sum, bundle) => sum + bundle.messages, 0) ?? 0;
  return {
    SATCHEL_RESULT: end.kind === 'failed' ? end.failure.code : 'ok',
    ...toldOfImport(visit?.new ?? 0, messages),
    SATCHEL_ADDED: String(added.reduce((sum, one) => sum + one.messages, 0)),
  };
}

function toldOfImport(entries: number, messages: number): Told {
  return { SATCHEL_NEW: String(entries), SATCHEL_MESSAGES: String(messages) };
}
