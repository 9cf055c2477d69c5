// Times as users type them: spans such as 7d or 12h, days and times of day, and milliseconds out of our own JSON (spec/cli.md,
// "Times"). Every option that takes a time is read here.
import { SatchelError } from '../../format/error.js';
import { parseSpan } from './span.js';

const HINT =
  'use a span such as 30m, 12h, 7d or 2w, "yesterday", 10:00, a date such as 2025-03-31 or "2025-03-31 18:00", or milliseconds as JSON has them';
/** The days that have a name, and how far they are from today. */
const DAYS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/** What somebody named: a moment, or a whole day, which ends where the next one begins. */
interface Named {
  readonly from: number;
  readonly end: number;
}

/** How what is not a date of its own is to be understood. */
interface Reading {
  readonly now: number;
  /** The moment that lies the span away. */
  ofSpan(spanMs: number): number;
  /** Which of the days yesterday, today and tomorrow a mere time of day means: by their moments at that time. */
  ofTime(moments: readonly number[]): number | undefined;
}

/**
 * The moment that lies the span before now, or that is named: of a day its beginning, of a time of day the last one that
 * was; milliseconds since 1970.
 * @throws SatchelError `usage`
 */
export function parsePast(option: string, text: string, nowMs: number): number {
  return parseNamed(option, text, pastOf(nowMs)).from;
}

/**
 * The same as an end: of a day where it is over.
 * @throws SatchelError `usage`
 */
export function parseUntil(option: string, text: string, nowMs: number): number {
  return parseNamed(option, text, pastOf(nowMs)).end;
}

/**
 * The moment that lies the span after now, or that is named: of a time of day the next one; milliseconds since 1970.
 * @throws SatchelError `usage`, also when it is not after now
 */
export function parseFuture(option: string, text: string, nowMs: number): number {
  const ofTime = (moments: readonly number[]): number | undefined => moments.find((moment) => moment > nowMs);
  const { from } = parseNamed(option, text, { now: nowMs, ofSpan: (span) => nowMs + span, ofTime });
  if (from > nowMs) return from;
  throw new SatchelError('usage', `${option} is "${text}", expected a time to come`, { hint: HINT });
}

function pastOf(now: number): Reading {
  return {
    now,
    ofSpan: (span) => now - span,
    ofTime: (moments) => moments.findLast((moment) => moment <= now),
  };
}

function parseNamed(option: string, text: string, reading: Reading): Named {
  const named = spanAway(text, reading) ?? namedDay(text, reading) ?? timeOfDay(text, reading) ?? dateOf(text);
  const found = named ?? millisecondsOf(text);
  if (found && !Number.isNaN(new Date(found.from).getTime())) return found;
  throw new SatchelError('usage', `${option} is "${text}", expected a span or a date`, { hint: HINT });
}

function spanAway(text: string, { now, ofSpan }: Reading): Named | undefined {
  const span = text === 'now' ? 0 : parseSpan(text, ['m', 'h', 'd', 'w']);
  if (span === undefined) return undefined;
  return momentAt(span === 0 ? now : ofSpan(span));
}

/** `yesterday`, or `yesterday 18:00`. */
function namedDay(text: string, { now }: Reading): Named | undefined {
  const [, name = '', time] = /^([a-z]+)(?: (.*))?$/.exec(text) ?? [];
  const away = Object.hasOwn(DAYS, name) ? DAYS[name] : undefined;
  if (away === undefined) return undefined;
  if (time === undefined) return { from: dayAt(now, away), end: dayAt(now, away + 1) };
  const parts = partsOfTime(time);
  return parts && momentAt(dayAt(now, away, parts));
}

/** `10:00`, on whichever day that is meant. */
function timeOfDay(text: string, { now, ofTime }: Reading): Named | undefined {
  const parts = partsOfTime(text);
  const moment = parts && ofTime([-1, 0, 1].map((away) => dayAt(now, away, parts)));
  return moment === undefined ? undefined : momentAt(moment);
}

type Time = readonly [hours: number, minutes: number, seconds: number];

function partsOfTime(text: string): Time | undefined {
  const [, hours, minutes, seconds = '0'] = /^(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?$/.exec(text) ?? [];
  const parts = [Number(hours), Number(minutes), Number(seconds)] as const;
  return hours !== undefined && parts[0] < 24 && parts[1] < 60 && parts[2] < 60 ? parts : undefined;
}

/** A moment of the local day that lies so many days from that of `now`. */
function dayAt(now: number, away: number, time: Time = [0, 0, 0]): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + away, ...time).getTime();
}

/** `2025-03-31`, a day; `2025-03-31 18:00`, also as ISO 8601 writes it, with `Z` or `+02:00`. */
function dateOf(text: string): Named | undefined {
  const [, day = '', rest] = /^(\d{4}-\d\d-\d\d)(?:[ T](.+))?$/.exec(text) ?? [];
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  // a date that overflows, such as 31 February, is a mistake and not the third of March
  if (day === '' || !isOnCalendar(year, month, date)) return undefined;
  const local = (days: number, time: Time = [0, 0, 0]): number =>
    new Date(year, month - 1, date + days, ...time).getTime();
  if (rest === undefined) return { from: local(0), end: local(1) };
  const [, clock = '', zone] = /^(.*?)(Z|[+-]\d\d:?\d\d)?$/.exec(rest) ?? [];
  const time = partsOfTime(clock);
  if (!time) return undefined;
  return momentAt(zone === undefined ? local(0, time) : Date.UTC(year, month - 1, date, ...time) - offsetOf(zone));
}

function isOnCalendar(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

/** Milliseconds since 1970; ten digits are seconds, or a mistake, and neither is guessed. */
function millisecondsOf(text: string): Named | undefined {
  return /^\d{12,15}$/.test(text) ? momentAt(Number(text)) : undefined;
}

function momentAt(moment: number): Named {
  return { from: moment, end: moment };
}
