// Lists that ascend by the id that each item begins with, none twice: one order, so one encoding.
import { asBytes, type Cbor } from '../cbor/cbor.js';
import { type AnyId, readId } from '../ids.js';

/** The items read one by one, at most so many; undefined when one is none, or they do not ascend by `idOf`. */
export function ascending<T>(
  items: readonly Cbor[] | undefined,
  most: number,
  read: (item: Cbor) => T | undefined,
  idOf: (item: T) => AnyId,
): readonly T[] | undefined {
  if (!items || items.length > most) return undefined;
  const found: T[] = [];
  for (const item of items) {
    const one = read(item);
    const last = found.at(-1);
    if (one === undefined || (last !== undefined && idOf(last) >= idOf(one))) return undefined;
    found.push(one);
  }
  return found;
}

/** A list of ids and nothing else. */
export function ascendingIds<T extends AnyId>(
  items: readonly Cbor[] | undefined,
  most: number,
): readonly T[] | undefined {
  return ascending<T>(items, most, readIdItem, (id) => id);
}

/** An item of 32 bytes as an id, or undefined. */
export function readIdItem<T extends AnyId>(item: Cbor | undefined): T | undefined {
  const bytes = asBytes(item, 32);
  return bytes && readId<T>(bytes);
}
