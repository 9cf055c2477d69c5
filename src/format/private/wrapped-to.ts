// The devices that keys of an epoch were wrapped to, as its statement and what was shared later say (spec/private.md, "Epoch";
// spec/epochs.md, "Control entries"): items [device key, card serial], ascending.
import { asInteger, asList, type Cbor } from '../cbor/cbor.js';
import { type DeviceKey, idBytes } from '../ids.js';
import { ascending, readIdItem } from './ascending.js';

/** A device that secrets were wrapped to, and the serial of the card whose recipient was used. */
export interface WrappedTo {
  readonly device: DeviceKey;
  readonly serial: number;
}

/** The list of them, which may be given in any order. */
export function wrappedToItems(devices: readonly WrappedTo[]): Cbor[] {
  const ordered = [...devices].sort((a, b) => (a.device < b.device ? -1 : 1));
  return ordered.map(({ device, serial }) => [idBytes(device), serial]);
}

/** Those that an item lists, at most so many; undefined when it is no such list. */
export function wrappedToIn(item: Cbor | undefined, most: number): readonly WrappedTo[] | undefined {
  return ascending(asList(item), most, readOne, ({ device }) => device);
}

function readOne(item: Cbor): WrappedTo | undefined {
  const pair = asList(item);
  const device = readIdItem<DeviceKey>(pair?.[0]);
  const serial = asInteger(pair?.[1], 1);
  if (pair?.length !== 2 || device === undefined || serial === undefined) return undefined;
  return serial <= SERIAL_MAX ? { device, serial } : undefined;
}

const SERIAL_MAX = 2 ** 32 - 1;
