// Times as users type them: spans such as 7d or 12h, and local dates (spec/cli.md, "Times").
import { SatchelError } from '../../format/error.js';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;
const HINT = 'use a span such as 30m, 12h, 7d or 2w, or a date such as 2025-03-31 or "2025-03-31 18:00"';

/**
 * The moment that lies the span before now, or the local date given; milliseconds since 1970.
 * @throws SatchelError `usage`
 */
export function parsePast(option: string, text: string, nowMs: number): number {
  return parseMoment(option, text, (span) => nowMs - span);
}

/**
 * The moment that lies the span after now, or the local date given; milliseconds since 1970.
 * @throws SatchelError `usage`, also when it is not after now
 */
export function parseFuture(option: string, text: string, nowMs: number): number {
  const moment = parseMoment(option, text, (span) => nowMs + span);
  if (moment > nowMs) return moment;
  throw new SatchelError('usage', `${option} is "${text}", expected a time to come`, { hint: HINT });
}

function parseMoment(option: string, text: string, ofSpan: (spanMs: number) => number): number {
  const moment = spanMoment(text, ofSpan) ?? dateMoment(text);
  if (moment !== undefined && !Number.isNaN(new Date(moment).getTime())) return moment;
  throw new SatchelError('usage', `${option} is "${text}", expected a span or a date`, { hint: HINT });
}

function spanMoment(text: string, ofSpan: (spanMs: number) => number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  return count === undefined ? undefined : ofSpan(Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
}

function dateMoment(text: string): number | undefined {
  const [, year, month, day, hours = '0', minutes = '0', seconds = '0', zone] =
    /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z)?)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const parts = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  ] as const;
  const date = zone ? new Date(Date.UTC(...parts)) : new Date(...parts);
  // A date that overflows, such as 31 February, is a mistake and not the third of March.
  const back = zone ? [date.getUTCMonth(), date.getUTCDate()] : [date.getMonth(), date.getDate()];
  return back[0] === parts[1] && back[1] === parts[2] ? date.getTime() : undefined;
}
