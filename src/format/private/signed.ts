// What travels with its signature beside it: statements of private topics, and device lists (spec/epochs.md, "Control entries").
import { asBytes, asList, type Cbor } from '../cbor/cbor.js';

/** Bytes, and a signature that says who wrote them; neither is read or verified by who carries them. */
export interface Signed {
  readonly bytes: Buffer;
  /** 64 bytes. */
  readonly signature: Buffer;
}

/** A list of items [bytes, signature]. */
export function signedItems(all: readonly Signed[]): Cbor[] {
  return all.map(({ bytes, signature }) => [bytes, signature]);
}

/** What is in such a list, in its order; undefined when it is none. */
export function signedIn(value: Cbor | undefined): Signed[] | undefined {
  const items = asList(value)?.map(signedItem);
  return items?.every((one) => one !== undefined) ? (items as Signed[]) : undefined;
}

function signedItem(item: Cbor): Signed | undefined {
  const parts = asList(item) ?? [];
  const bytes = asBytes(parts[0]);
  const signature = asBytes(parts[1], SIGNATURE);
  if (parts.length !== 2 || !bytes || !signature) return undefined;
  return { bytes: Buffer.from(bytes), signature: Buffer.from(signature) };
}

const SIGNATURE = 64;
