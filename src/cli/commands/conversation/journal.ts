// One line of `post --journal`: an entry as `journalctl -o json` has it (spec/cli.md, "post").
import { SatchelError } from '../../../format/error.js';
import { KEY_MAX } from '../../../format/limits.js';
import { type LineItem, objectIn } from './ndjson.js';

/**
 * The message of an entry of the journal: who logged and what, when it was logged, and its cursor as the key; undefined of one
 * without a message, as of what is too long for `journalctl` without `--all`.
 * @throws SatchelError `usage` with what is wrong
 */
export function parseJournal(line: string): LineItem | undefined {
  const fields = objectIn(line);
  const cursor = textOf(fields['__CURSOR']);
  if (!cursor || Buffer.byteLength(cursor) > KEY_MAX) throw bad('has no cursor');
  const micros = Number(textOf(fields['__REALTIME_TIMESTAMP']));
  if (fields['MESSAGE'] === undefined || fields['MESSAGE'] === null) return undefined;
  const message = textOf(fields['MESSAGE']);
  if (message === undefined) throw bad('has a message that is no text');
  const text = `${whoIn(fields)}: ${message}`;
  return { text, key: cursor, attach: [], time: Number.isSafeInteger(micros) ? Math.floor(micros / 1_000) : undefined };
}

/** As `journalctl` itself shows it: name and process. */
function whoIn(fields: Readonly<Record<string, unknown>>): string {
  const name = textOf(fields['SYSLOG_IDENTIFIER']) ?? textOf(fields['_COMM']) ?? 'unknown';
  const process = textOf(fields['SYSLOG_PID']) ?? textOf(fields['_PID']);
  return process === undefined ? name : `${name}[${process}]`;
}

/** A field is text, a list of bytes where it is none, a list of several, or null where it is too long. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  if (value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256))
    return Buffer.from(value).toString('utf8');
  return (
    value
      .map(textOf)
      .filter((text) => text !== undefined)
      .join(' ') || undefined
  );
}

function bad(what: string): SatchelError {
  return new SatchelError('usage', what, { hint: 'expected is what "journalctl -o json --all" writes' });
}
