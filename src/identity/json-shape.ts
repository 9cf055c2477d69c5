// The shape of the secret keys' JSON, checked by hand: what a library says of what is wrong could quote it.
import { SatchelError } from '../format/error.js';
import type { AnyId } from '../format/ids.js';

/** An object read from JSON, its fields not yet looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a JSON object; none of them when it is no object. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Whether a value is an id: 64 lower-case hex digits. */
export function isId<T extends AnyId>(value: unknown): value is T {
  return isHex(value, 64);
}

/** Whether a value is text of so many lower-case hex digits. */
export function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]*$/.test(value);
}

/** That a file of ours is not what we wrote, and what can be done: code `damaged`. */
export function malformed(file: string, problem: string, hint: string): SatchelError {
  return new SatchelError('damaged', `${file} ${problem}`, { hint });
}
