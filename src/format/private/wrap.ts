// What is in a wrap: keys of a private topic for devices of its members (spec/epochs.md, "Wraps"). The age file around it is
// identity/wraps.ts.
import { asBytes, asMap, type Cbor, decodeCbor, encodeCbor, hasCriticalKey } from '../cbor/cbor.js';
import { idBytes, readId, type TopicId } from '../ids.js';
import { controlEpochsIn, type EpochKeys, epochFits, epochItems, mergedEpochs, wholeEpochsIn } from './epoch.js';

/** Keys, and the topic that they are of. */
export interface WrapContent {
  readonly topic: TopicId;
  readonly epochs: readonly EpochKeys[];
}

/** The bytes before they are encrypted: a multiple of 256, so that they do not tell how many keys there are. */
export function encodeWrap({ topic, epochs }: WrapContent): Buffer {
  const { whole, control } = epochItems(epochs);
  const map = encodeCbor(
    new Map<number, Cbor>([
      [KEY.topic, idBytes(topic)],
      ...(whole.length > 0 ? ([[KEY.whole, whole]] as const) : []),
      ...(control.length > 0 ? ([[KEY.control, control]] as const) : []),
    ]),
  );
  if (map.length > MAP_MAX) throw new RangeError(`a wrap of ${map.length} bytes`);
  const padded = Buffer.alloc(paddedTo(map.length));
  padded.writeUInt16BE(map.length);
  map.copy(padded, LENGTH);
  return padded;
}

/** The keys in these bytes; undefined, and so ignored, when they are none or an id does not fit. */
export function decodeWrap(bytes: Buffer): WrapContent | undefined {
  const end = bytes.length < LENGTH ? 0 : LENGTH + bytes.readUInt16BE();
  if (bytes.length !== paddedTo(end - LENGTH) || bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  const map = asMap(decodeCbor(bytes.subarray(LENGTH, end)));
  const topic = asBytes(map?.get(KEY.topic), 32);
  if (!map || hasCriticalKey(map) || !topic) return undefined;
  const whole = map.has(KEY.whole) ? wholeEpochsIn(map.get(KEY.whole)) : [];
  const control = map.has(KEY.control) ? controlEpochsIn(map.get(KEY.control)) : [];
  if (!whole || !control || ![...whole, ...control].every(epochFits)) return undefined;
  return { topic: readId<TopicId>(topic), epochs: mergedEpochs(whole, control) };
}

function paddedTo(mapBytes: number): number {
  return Math.ceil((LENGTH + mapBytes) / STEP) * STEP;
}

const KEY = { topic: 1, whole: 2, control: 3 } as const;
/** Bytes before the map: how many it has. */
const LENGTH = 2;
const MAP_MAX = 65_535;
const STEP = 256;
