// One line of `post --ndjson` (spec/cli.md, "post").
import { SatchelError } from '../../../format/error.js';
import { jsonExcess } from '../../../format/json-bounds.js';
import { CLOCK_LIMIT, JSON_DEPTH_MAX, JSON_KEYS_MAX, KEY_MAX } from '../../../format/limits.js';
import { ACK, RETRACT } from '../../../topic/message/message.js';
import type { Item } from '../../../topic/writing/post-items.js';

/** A message as a line describes it: what it brings is still to be stored. */
export interface LineItem extends Omit<Item, 'attachments'> {
  readonly attach: readonly string[];
}

const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const TYPE_BYTES_MAX = 64;
/** Types that mean something to the program itself. */
const RESERVED: readonly string[] = [ACK, RETRACT];

/**
 * The message that the line describes; fields that mean nothing here are passed over.
 * @throws SatchelError `usage` with what is wrong
 */
export function parseItem(line: string): LineItem {
  const { text, type, key, time, reply, attach } = objectIn(line);
  const files = filesField(attach);
  const hasText = typeof text === 'string' && text !== '';
  if (!hasText && (files.length === 0 || (text ?? '') !== '')) throw bad('"text" must be some text');
  return {
    text: hasText ? text : undefined,
    attach: files,
    type: textField('type', type, TYPE_BYTES_MAX, RESERVED),
    key: textField('key', key, KEY_MAX),
    reply: textField('reply', reply, KEY_MAX),
    time: timeField(time),
  };
}

/** The object that a line is. @throws SatchelError `usage` */
export function objectIn(line: string): Readonly<Record<string, unknown>> {
  const value = parse(line);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw bad('not a JSON object');
}

function parse(line: string): unknown {
  const excess = isSmall(line) ? undefined : jsonExcess(Buffer.from(line));
  if (excess !== undefined) throw bad(`has ${excess}`);
  try {
    return JSON.parse(line);
  } catch {
    throw bad('not valid JSON');
  }
}

/** Whether it is too short for too many keys, and opens too few lists and objects to be too deep; most lines are so. */
function isSmall(line: string): boolean {
  if (line.length > 4 * JSON_KEYS_MAX) return false;
  let opened = 0;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === OPEN_LIST || code === OPEN_OBJECT) opened++;
  }
  return opened <= JSON_DEPTH_MAX;
}

function textField(
  name: string,
  value: unknown,
  maxBytes: number,
  reserved: readonly string[] = [],
): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string' || value === '') throw bad(`"${name}" must be some text`);
  if (Buffer.byteLength(value) > maxBytes) throw bad(`"${name}" has more than ${maxBytes} bytes`);
  if (reserved.includes(value)) throw bad(`"${name}" must not be "${value}"`);
  return value;
}

function filesField(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const isPath = (file: unknown): boolean => typeof file === 'string' && file !== '' && !file.includes('\0');
  if (Array.isArray(value) && value.every(isPath)) return value;
  throw bad('"attach" must be a list of paths');
}

/** A moment since 1970, ms: a date in ISO 8601, or a number of seconds, milliseconds or microseconds, by its size. */
function timeField(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const time = typeof value === 'string' && !NUMBER.test(value) ? timeOfDate(value) : timeOfNumber(Number(value));
  if (time !== undefined && Math.abs(time) < CLOCK_LIMIT) return Math.trunc(time);
  throw bad('"time" must be a date such as 2025-03-31T18:00:00Z, or seconds, milliseconds or microseconds since 1970');
}

const NUMBER = /^\d+(?:\.\d+)?$/;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?$/;

function timeOfDate(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  const time = Date.parse(text.replace(',', '.'));
  return Number.isNaN(time) ? undefined : time;
}

/** From 1973 on each unit has numbers of its own; what lies below could be two of them. */
function timeOfNumber(value: number): number | undefined {
  if (!(value >= SECONDS_MIN)) return undefined;
  if (value < SECONDS_MIN * 1e3) return value * 1e3;
  if (value < SECONDS_MIN * 1e6) return value;
  return value < SECONDS_MIN * 1e9 ? value / 1e3 : undefined;
}

/** 3 March 1973. */
const SECONDS_MIN = 1e8;

function bad(what: string): SatchelError {
  return new SatchelError('usage', what, {
    hint: 'expected is {"text": ..., "reply"?, "type"?, "key"?, "time"?, "attach"?}',
  });
}
