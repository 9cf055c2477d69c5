// What the authority says of its person's devices: which are current, and which were removed (spec/devices.md, "Device list").
import {
  asInteger,
  asList,
  asMap,
  asText,
  type Cbor,
  decodeCbor,
  encodeCbor,
  hasCriticalKey,
} from '../format/cbor/cbor.js';
import { DOMAINS } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, type Digest, idBytes, type PersonId, readId } from '../format/ids.js';
import {
  DEVICE_LABEL_MAX,
  DEVICE_LIST_MAX,
  DEVICES_MAX,
  DEVICES_REMOVED_MAX,
  GENERATION_MAX,
} from '../format/limits.js';
import { recall } from '../format/lru.js';
import { sha256 } from '../format/platform.js';
import { sign, verifySignature } from '../format/signature/signature.js';
import { type Authority, verifyAuthority } from './authority.js';
import { CARD_SERIAL_MAX } from './card.js';
import { decodeFounding, type Founding } from './founding.js';
import { cardNameProblem } from './names.js';

/** A device, and what its owner calls it. */
export interface LabelledDevice {
  readonly device: DeviceKey;
  readonly label: string;
}

/** What a device list says. */
export interface DeviceListFields extends Authority {
  readonly founding: Buffer;
  /** From 1; of one generation the list with the highest version counts. */
  readonly version: number;
  readonly current: readonly LabelledDevice[];
  readonly removed: readonly DeviceKey[];
}

/** A device list that its authority signed. */
export interface DeviceList extends DeviceListFields {
  readonly person: PersonId;
  /** The map itself, and the signature beside it. */
  readonly bytes: Buffer;
  readonly signature: Buffer;
  /** The map's SHA-256: of two lists with one version the smaller counts. */
  readonly digest: Digest;
}

/**
 * A list signed by the authority with this seed; devices may be given in any order, and of those removed the last are kept.
 * @throws SatchelError `over-limit` for more current devices than there may be
 */
export function createDeviceList(fields: DeviceListFields, authoritySeed: Uint8Array): DeviceList {
  if (fields.current.length > DEVICES_MAX) throw tooManyDevices();
  const bytes = encodeCbor(mapOf(fields));
  const list = decodeDeviceList(bytes, sign(authoritySeed, listMessage(bytes)));
  if (!list) throw new RangeError('a device list that is none');
  return list;
}

/** That there is no room for one more device: `over-limit`. */
export function tooManyDevices(): SatchelError {
  const hint = 'remove one with "satchel device remove" first';
  return new SatchelError('over-limit', `a person has at most ${DEVICES_MAX} devices`, { hint });
}

/** The list in these bytes; undefined when they are none, or its signature or proof does not hold: it is ignored then. */
export function decodeDeviceList(bytes: Uint8Array, signature: Uint8Array): DeviceList | undefined {
  if (bytes.length > DEVICE_LIST_MAX || signature.length !== SIGNATURE_BYTES) return undefined;
  const own = Buffer.from(bytes);
  // what is kept of a person is read again with every change of it
  const name = Buffer.concat([signature, own]).toString('latin1');
  return recall(recent, name, RECENT_MAX, () => ({ list: readDeviceList(own, signature) })).list;
}

function readDeviceList(own: Buffer, signature: Uint8Array): DeviceList | undefined {
  const map = asMap(decodeCbor(own));
  const founding = map && foundingIn(map);
  const fields = map && founding && fieldsOf(map, founding);
  if (!fields || !verifySignature(idBytes(fields.authority), listMessage(own), signature)) return undefined;
  const digest = sha256(own) as Digest;
  return { ...fields, person: founding.person, bytes: own, signature: Buffer.from(signature), digest };
}

function mapOf({ founding, generation, version, authority, proof, current, removed }: DeviceListFields): Cbor {
  const devices = [...current].sort((a, b) => (a.device < b.device ? -1 : 1));
  return new Map<number, Cbor>([
    [KEY.founding, founding],
    [KEY.generation, generation],
    [KEY.version, version],
    [KEY.authority, idBytes(authority)],
    ...(proof ? ([[KEY.proof, proof]] as const) : []),
    [KEY.current, devices.map(({ device, label }) => [idBytes(device), label])],
    [KEY.removed, removed.slice(-DEVICES_REMOVED_MAX).sort().map(idBytes)],
  ]);
}

function foundingIn(map: ReadonlyMap<number, Cbor>): Founding | undefined {
  const bytes = map.get(KEY.founding);
  if (hasCriticalKey(map) || !(bytes instanceof Uint8Array)) return undefined;
  try {
    return decodeFounding(bytes);
  } catch (cause) {
    if (cause instanceof SatchelError) return undefined;
    throw cause;
  }
}

function fieldsOf(map: ReadonlyMap<number, Cbor>, founding: Founding): DeviceListFields | undefined {
  const authority = authorityIn(map);
  const version = integerUpTo(map.get(KEY.version), CARD_SERIAL_MAX);
  const current = currentIn(map.get(KEY.current));
  const removed = keysIn(map.get(KEY.removed), DEVICES_REMOVED_MAX);
  if (!authority || version === undefined || !current || !removed) return undefined;
  const isCurrent = (key: DeviceKey): boolean => current.some(({ device }) => device === key);
  if (!isCurrent(authority.authority) || removed.some(isCurrent) || !verifyAuthority(founding, authority)) {
    return undefined;
  }
  return { ...authority, founding: founding.bytes, version, current, removed };
}

function authorityIn(map: ReadonlyMap<number, Cbor>): Authority | undefined {
  const generation = integerUpTo(map.get(KEY.generation), GENERATION_MAX);
  const authority = keyOf(map.get(KEY.authority));
  const proof = map.get(KEY.proof);
  if (generation === undefined || authority === undefined) return undefined;
  if (proof === undefined) return { generation, authority };
  if (!(proof instanceof Uint8Array) || proof.length !== SIGNATURE_BYTES) return undefined;
  return { generation, authority, proof: Buffer.from(proof) };
}

function currentIn(value: Cbor | undefined): readonly LabelledDevice[] | undefined {
  const items = asList(value);
  if (!items || items.length === 0 || items.length > DEVICES_MAX) return undefined;
  const devices = items.map(labelledDevice);
  const good = devices.filter((device) => device !== undefined);
  return good.length === items.length && isAscending(good.map(({ device }) => device)) ? good : undefined;
}

function labelledDevice(item: Cbor): LabelledDevice | undefined {
  const pair = asList(item);
  const device = keyOf(pair?.[0]);
  const label = asText(pair?.[1]);
  if (pair?.length !== 2 || device === undefined || label === undefined) return undefined;
  return cardNameProblem(label, DEVICE_LABEL_MAX) === undefined ? { device, label } : undefined;
}

function keysIn(value: Cbor | undefined, most: number): readonly DeviceKey[] | undefined {
  const items = asList(value);
  if (!items || items.length > most) return undefined;
  const keys = items.map(keyOf).filter((key) => key !== undefined);
  return keys.length === items.length && isAscending(keys) ? keys : undefined;
}

function isAscending(keys: readonly DeviceKey[]): boolean {
  return keys.every((key, at) => at === 0 || (keys[at - 1] ?? '') < key);
}

function keyOf(value: Cbor | undefined): DeviceKey | undefined {
  return value instanceof Uint8Array && value.length === KEY_BYTES ? readId<DeviceKey>(value) : undefined;
}

function integerUpTo(value: Cbor | undefined, most: number): number | undefined {
  const integer = asInteger(value, 1);
  return integer !== undefined && integer <= most ? integer : undefined;
}

function listMessage(map: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.devices, 'latin1'), map]);
}

const KEY = { founding: 1, generation: 2, version: 3, authority: 4, proof: 5, current: 6, removed: 7 } as const;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const RECENT_MAX = 256;
const recent = new Map<string, { readonly list: DeviceList | undefined }>();
