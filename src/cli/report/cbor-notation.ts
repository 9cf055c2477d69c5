// CBOR as text, in the diagnostic notation of RFC 8949 section 8: nothing is left out.
import type { Cbor } from '../../format/cbor/cbor.js';
import { escapeLine } from '../terminal/escape.js';

/** The value on one line, harmless for a terminal. */
export function cborNotation(value: Cbor): string {
  if (typeof value === 'string') return escapeLine(JSON.stringify(value));
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Uint8Array) return `h'${Buffer.from(value).toString('hex')}'`;
  if (value instanceof Map) return `{${[...value].map(([key, item]) => `${key}: ${cborNotation(item)}`).join(', ')}}`;
  return `[${[...(value as readonly Cbor[])].map(cborNotation).join(', ')}]`;
}
