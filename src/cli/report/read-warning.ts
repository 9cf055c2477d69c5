// What `read` did not do, and says (spec/cli.md, "read").
import type { Context } from '../command/context.js';
import { jsonText } from '../terminal/escape.js';
import { plural } from '../terminal/size.js';

/** Says how many messages could not be judged by when they came. */
export function warnOfUnknown(context: Context, count: number): void {
  warn(context, {
    code: 'arrival-unknown',
    message: `of ${plural(count, 'message')} nothing tells any more when they came here; they are left out`,
    hint: '"satchel read --since" asks for when messages were written, which each of them tells',
    count,
  });
}

/** Says that nothing was marked as read, because so many unread messages were not shown. */
export function warnOfUnmarked(context: Context, count: number): void {
  warn(context, {
    code: 'not-marked',
    message: `nothing is marked as read: ${plural(count, 'unread message')} were not among what was shown`,
    hint: '"satchel read --unread --mark" shows what is unread, and marks it',
    count,
  });
}

interface Warning {
  readonly code: 'arrival-unknown' | 'not-marked';
  readonly message: string;
  readonly hint: string;
  readonly count: number;
}

function warn({ json, quiet, stdout, stderr }: Context, warning: Warning): void {
  if (quiet) return;
  const { message, hint } = warning;
  const text = json
    ? jsonText({ type: 'warning', ...warning })
    : `satchel: warning: ${message}\nsatchel: hint: ${hint}`;
  stdout.flush();
  stderr.write(`${text}\n`);
  stderr.flush();
}
