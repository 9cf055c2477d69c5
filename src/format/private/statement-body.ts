// What statements of each kind say (spec/private.md, "Kinds"): a role that is set, a device list, an epoch, a merge.
import { asBytes, asInteger, asList, asMap, type Cbor, hasCriticalKey } from '../cbor/cbor.js';
import { idBytes, type PersonId } from '../ids.js';
import { CUT_LOGS_MAX, DEVICE_LIST_MAX } from '../limits.js';
import { ascending, readIdItem } from './ascending.js';
import { type CutLog, cutItem, readCutLog } from './cut.js';
import { type EpochBody, encodeEpochFields, readEpochFields } from './epoch-body.js';

/** Somebody gets a role, or has none from now on. */
export interface SetBody {
  readonly kind: 'set';
  readonly person: PersonId;
  /** 0 none, 3 member; other numbers have no effect by rules 1. */
  readonly role: number;
  /** The card of who is added, as bytes that nobody has looked at. */
  readonly card?: Buffer | undefined;
  /** Of who is removed: how far its logs count, ascending by log. */
  readonly cut: readonly CutLog[];
}

/** Which devices the author's person has, from now on in this topic. */
export interface DevicesBody {
  readonly kind: 'devices';
  /** A device list's map and its signature, as bytes that nobody has looked at. */
  readonly list: Buffer;
  readonly signature: Buffer;
  /** How far the logs of devices that are not current count, ascending by log. */
  readonly cut: readonly CutLog[];
}

/** Nothing but what it cites. */
export interface MergeBody {
  readonly kind: 'merge';
}

/** Something that a later version knows: it is held, cited and repeated, and has no effect. */
export interface OtherBody {
  readonly kind: 'other';
}

/** What can be written. */
export type KnownBody = SetBody | DevicesBody | EpochBody | MergeBody;
/** What can be read. */
export type StatementBody = KnownBody | OtherBody;

/** The number of a body's kind, and its fields. */
export function encodeFields(body: KnownBody): { readonly kind: number; readonly fields: Cbor } {
  if (body.kind === 'set') return { kind: KIND.set, fields: setFields(body) };
  if (body.kind === 'devices') return { kind: KIND.devices, fields: devicesFields(body) };
  if (body.kind === 'epoch') return { kind: KIND.epoch, fields: encodeEpochFields(body) };
  return { kind: KIND.merge, fields: new Map() };
}

/**
 * The body of this kind; undefined when the fields are not in its form. `isNewer`: the statement around it has a critical key,
 * and only a later version knows what it means.
 */
export function readBody(
  kind: number,
  fields: Cbor | undefined,
  { isNewer }: { readonly isNewer: boolean },
): StatementBody | undefined {
  if (fields === undefined) return undefined;
  const map = asMap(fields);
  if (!READERS.has(kind) || isNewer || (map && hasCriticalKey(map))) return { kind: 'other' };
  return map && READERS.get(kind)?.(map);
}

function setFields({ person, role, card, cut }: SetBody): Cbor {
  const map = new Map<number, Cbor>([
    [SET.person, idBytes(person)],
    [SET.role, role],
  ]);
  if (card) map.set(SET.card, card);
  if (cut.length > 0) map.set(SET.cut, cutItem(cut));
  return map;
}

function readSet(map: ReadonlyMap<number, Cbor>): SetBody | undefined {
  const person = readIdItem<PersonId>(map.get(SET.person));
  const role = asInteger(map.get(SET.role));
  const card = asBytes(map.get(SET.card));
  const cut = readCut(map.get(SET.cut));
  if (person === undefined || role === undefined || !cut) return undefined;
  const isCardOdd = map.has(SET.card) && (!card || role === 0);
  if (isCardOdd || (map.has(SET.cut) && role !== 0)) return undefined;
  return { kind: 'set', person, role, card, cut };
}

function devicesFields({ list, signature, cut }: DevicesBody): Cbor {
  const map = new Map<number, Cbor>([
    [DEVICES.list, list],
    [DEVICES.signature, signature],
  ]);
  if (cut.length > 0) map.set(DEVICES.cut, cutItem(cut));
  return map;
}

function readDevices(map: ReadonlyMap<number, Cbor>): DevicesBody | undefined {
  const list = asBytes(map.get(DEVICES.list));
  const signature = asBytes(map.get(DEVICES.signature), SIGNATURE_BYTES);
  const cut = readCut(map.get(DEVICES.cut));
  if (!list || list.length > DEVICE_LIST_MAX || !signature || !cut) return undefined;
  return { kind: 'devices', list, signature, cut };
}

/** The logs named; none where the key is absent. */
function readCut(item: Cbor | undefined): readonly CutLog[] | undefined {
  if (item === undefined) return [];
  return ascending<CutLog>(asList(item), CUT_LOGS_MAX, readCutLog, ({ log }) => log);
}

const KIND = { set: 1, devices: 2, epoch: 3, merge: 5 } as const;
const SET = { person: 1, role: 2, card: 3, cut: 4 } as const;
const DEVICES = { list: 1, signature: 2, cut: 3 } as const;
const SIGNATURE_BYTES = 64;

const READERS: ReadonlyMap<number, (map: ReadonlyMap<number, Cbor>) => StatementBody | undefined> = new Map<
  number,
  (map: ReadonlyMap<number, Cbor>) => StatementBody | undefined
>([
  [KIND.set, readSet],
  [KIND.devices, readDevices],
  [KIND.epoch, readEpochFields],
  [KIND.merge, () => ({ kind: 'merge' })],
]);
