// A visit to a drive by another process of this program, which may hang or be killed without harm (spec/drive.md, "Watching").

import { type Ended, runChild } from '../../../sync/watch/child.js';
import type { VisitDocument } from '../../../sync/watch/events.js';
import { ownProgram } from '../../../sync/watch/own-program.js';
import type { VisitEnd } from '../../../sync/watch/ports.js';
import type { Context } from '../../command/context.js';

/** A visit ends by itself this long before it is ended. */
const GRACE_S = 60;

/** Visits the drive in `directory` with `satchel sync`; never rejects. */
export async function visitByProcess(
  context: Context,
  directory: string,
  options: { readonly limitSeconds: number; readonly signal: AbortSignal },
): Promise<VisitEnd> {
  const { limitSeconds, signal } = options;
  const own = ownProgram();
  const words = [
    'sync',
    '--if-present',
    '--if-approved',
    '--json',
    '--max-duration',
    String(limitSeconds),
    '-C',
    context.directory,
  ];
  const ended = await runChild(own.program, [...own.words, ...words, '--', directory], {
    // its hooks are ours to run: we know what came before
    env: { ...context.env, SATCHEL_HOOK: 'watch' },
    limitMs: (limitSeconds + GRACE_S) * 1_000,
    signal,
  });
  return endOf(ended);
}

/** What the process says of the visit, or of its own failure. */
function endOf({ stdout, stderr, isLate, status }: Ended): VisitEnd {
  if (isLate)
    return failed({ code: 'io', message: 'the visit took too long and was ended', hint: 'is the drive failing?' });
  const document = parse<{ drives?: readonly (VisitDocument & { drive: string | null; error: Failed | null })[] }>(
    stdout,
  );
  if (!document?.drives) return failed(lastError(stderr) ?? unexpected(status, stderr));
  const [visit] = document.drives;
  if (!visit || isAbsent(visit.error)) return { kind: 'absent' };
  if (visit.error) return failed(visit.error, visit.drive === null ? undefined : visit);
  return { kind: 'done', visit };
}

interface Failed {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

function failed(failure: Failed, visit?: VisitDocument): VisitEnd {
  return { kind: 'failed', failure, visit };
}

function isAbsent(error: Failed | null): boolean {
  return error?.code === 'drive-absent' || error?.code === 'no-drive';
}

function lastError(stderr: string): Failed | undefined {
  const documents = stderr.split('\n').map((line) => parse<Failed & { type?: string }>(line));
  return documents.findLast((one) => one?.type === 'error');
}

function unexpected(status: number | null, stderr: string): Failed {
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return { code: 'internal', message: `the visit ended with ${status ?? 'a signal'}${said === '' ? '' : `: ${said}`}` };
}

function parse<T>(text: string): T | undefined {
  try {
    return (JSON.parse(text) as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}
