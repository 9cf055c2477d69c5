// What a user is told whose clock can't be right (spec/cli.md, "A wrong clock").
import { shortId } from '../../format/ids.js';
import { type ClockDoubt, doubtOwnClock, isDueToday, passedElsewhere } from '../../sync/own-clock.js';
import type { Session } from '../../sync/session.js';
import type { Posted } from '../../topic/writing/post.js';
import type { Context } from '../command/context.js';
import { nextCommand } from '../command/next.js';
import { jsonText } from '../terminal/escape.js';

const DAY_MS = 86_400_000;

/** Warns once a day of a clock that can't be right, unless the settings say otherwise. Nothing is refused for it. */
export async function warnOfClock(context: Context, session: Session): Promise<void> {
  if (context.quiet) return;
  const doubt = doubtOwnClock(session);
  if (!doubt || !(await context.config())['clock.warn'] || !isDueToday(session.repository)) return;
  warn(context, {
    code: 'clock',
    ...wordsFor(doubt, nextCommand(context.directory, 'config set clock.warn false', context.env)),
  });
}

/** Whether a message that expires then will have done so before it gets anywhere, by all that is known but our clock. */
export function arrivesExpired(session: Session, expires: number | undefined): boolean {
  return expires !== undefined && expires * DAY_MS <= (passedElsewhere(session) ?? Number.NEGATIVE_INFINITY);
}

/** Says that messages will have expired when they arrive. */
export function warnOfExpired(context: Context, posted: readonly Pick<Posted, 'id'>[], expires: number): void {
  const [first] = posted;
  if (!first || context.quiet) return;
  const [what, it] =
    posted.length === 1
      ? [`message ${shortId(first.id)}`, 'it']
      : [`${posted.length} messages from ${shortId(first.id)} on`, 'they'];
  warn(context, {
    code: 'expired',
    message: `${what} will have expired when ${it} arrive${it === 'it' ? 's' : ''}: on ${dayOf(expires * DAY_MS)}, which is past for everybody else`,
    hint: 'set the clock of this computer, then post again',
  });
}

interface Warning {
  readonly code: 'clock' | 'expired';
  readonly message: string;
  readonly hint: string;
}

function wordsFor({ kind, own, other }: ClockDoubt, silence: string): Omit<Warning, 'code'> {
  const says = `the clock of this computer says ${dayOf(own)}`;
  const then = dayOf(other);
  const end = `if it is right: ${silence}`;
  if (kind === 'before-build')
    return { message: `${says}, which is before this program was made (${then})`, hint: `set the clock; ${end}` };
  if (kind === 'behind')
    return { message: `${says}, and others wrote on ${then} by theirs`, hint: `set the clock; ${end}` };
  return {
    message: `${says}, and the last word of others is of ${then}`,
    hint: `a long silence, or a wrong clock: then set it before you post; ${end}`,
  };
}

/** A warning for people, or one JSON document for programs; with `--quiet` there are none. */
function warn({ json, stdout, stderr }: Context, { code, message, hint }: Warning): void {
  const text = json
    ? jsonText({ type: 'warning', code, message, hint })
    : `satchel: warning: ${message}\nsatchel: hint: ${hint}`;
  stdout.flush();
  stderr.write(`${text}\n`);
  stderr.flush();
}

/** A day as written down; of a clock beyond all calendars its milliseconds. */
function dayOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? `${time} ms` : date.toISOString().slice(0, 10);
}
