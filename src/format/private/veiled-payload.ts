// The payloads of a veiled log behind its introduction: a clear clock, and something sealed (spec/veiled.md, "Payloads").
import { asBytes, asInteger, asList, asMap, type Cbor, decodeCbor, encodeCbor, hasCriticalKey } from '../cbor/cbor.js';
import { VEILED_EPOCHS_LIMIT, VEILED_PLAIN_BESIDE_WRAP_MAX, VEILED_PLAIN_MAX } from '../limits.js';
import { isSealedEntrySize } from './entry-cipher.js';

/** Keys of what is sealed, and of a wrap beside it. */
export const VEILED_KEYS = { message: 10, wrap: 11, control: 12, acknowledgement: 13 } as const;

/** What is sealed in an entry, by its kind. */
type VeiledKind = 'message' | 'control' | 'acknowledgement';

/** A payload of a veiled log, as anybody can read it. */
export interface VeiledPayload {
  readonly kind: VeiledKind;
  /** Milliseconds since 1970, to the hour. */
  readonly time: number;
  /** How far the clock is ahead of it, ms, to the hour. */
  readonly ahead: number;
  /** Which of the log's epochs it is sealed under. */
  readonly n: number;
  readonly sealed: Buffer;
  /** Keys that lie sealed for devices, beside a control entry. */
  readonly wrap?: Buffer;
}

/** What a payload holds sealed; undefined when it has none of these forms, or a critical key. */
export function decodeVeiled(payload: Buffer): VeiledPayload | undefined {
  const map = asMap(decodeCbor(payload));
  const time = asInteger(map?.get(1), Number.MIN_SAFE_INTEGER);
  const ahead = asInteger(map?.get(2));
  const kind = map && onlyKindIn(map);
  if (!map || time === undefined || ahead === undefined || !kind || isMessageBeside(map) || hasCriticalKey(map))
    return undefined;
  const wrap = asBytes(map.get(VEILED_KEYS.wrap));
  const held = sealedIn(map.get(VEILED_KEYS[kind]), wrap ? VEILED_PLAIN_BESIDE_WRAP_MAX : VEILED_PLAIN_MAX);
  if (!held || (map.has(VEILED_KEYS.wrap) && (!wrap || kind !== 'control'))) return undefined;
  return { kind, time, ahead, ...held, ...(wrap && { wrap }) };
}

/** The payload that holds something sealed. */
export function encodeVeiled({ kind, time, ahead, n, sealed, wrap }: VeiledPayload): Buffer {
  return encodeCbor(
    new Map<number, Cbor>([
      [1, time],
      [2, ahead],
      ...(wrap ? ([[VEILED_KEYS.wrap, wrap]] as const) : []),
      [VEILED_KEYS[kind], [n, sealed]],
    ]),
  );
}

function onlyKindIn(map: ReadonlyMap<number, Cbor>): VeiledKind | undefined {
  const kinds = (['message', 'control', 'acknowledgement'] as const).filter((kind) => map.has(VEILED_KEYS[kind]));
  return kinds.length === 1 ? kinds[0] : undefined;
}

/** Whether anything stands between the clock and what is sealed, where messages that are not veiled have their fields. */
function isMessageBeside(map: ReadonlyMap<number, Cbor>): boolean {
  return [...map.keys()].some((key) => key > 2 && key < VEILED_KEYS.message);
}

function sealedIn(item: Cbor | undefined, plainMax: number): Pick<VeiledPayload, 'n' | 'sealed'> | undefined {
  const [first, second, ...rest] = asList(item) ?? [];
  const n = asInteger(first);
  const sealed = asBytes(second);
  if (n === undefined || n >= VEILED_EPOCHS_LIMIT || !sealed || rest.length > 0) return undefined;
  return isSealedEntrySize(sealed.length, plainMax) ? { n, sealed } : undefined;
}
