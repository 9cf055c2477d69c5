// People with real keys, cards and device lists, for worlds in which private topics are lived through. Keys follow from names, so
// that each card and certificate is signed once in a process.
import { createHash } from 'node:crypto';
import { type DeviceKey, idBytes, type PersonId, readId } from '../../src/format/ids.js';
import { publicKeyOf } from '../../src/format/signature/signature.js';
import { type Authority, certifyDevice, createAuthority, foundingAuthority } from '../../src/identity/authority.js';
import { encodeCard } from '../../src/identity/card.js';
import { createDeviceList, type DeviceList } from '../../src/identity/device-list.js';
import { decodeFounding, encodeFounding } from '../../src/identity/founding.js';

/** A device, and whose it is by now. */
export interface Device {
  readonly person: Person;
  readonly key: DeviceKey;
  readonly seed: Buffer;
  readonly card: Buffer;
  /** Stolen, or of somebody who turned bad; or nobody's any more. */
  state: 'ok' | 'evil' | 'lost';
  /** Of its newest card. */
  serial: number;
  /** Serials of the cards whose keys it has still. */
  readonly kept: Set<number>;
}

/** Somebody with one device to begin with. */
export class Person {
  readonly id: PersonId;
  readonly name: string;
  readonly founding: Buffer;
  readonly #recoverySeed: Buffer;
  #authority: Authority;
  #version = 1;
  #list: DeviceList | undefined;
  authority: Device;
  current: Device[];
  removed: Device[] = [];
  readonly devices: Device[] = [];
  /** It turned against the others. */
  isBad = false;
  /** Somebody else had its authority for a while. */
  wasStolen = false;

  constructor(name: string) {
    this.name = name;
    this.#recoverySeed = seedOf(`${name} words`);
    const seed = seedOf(`${name} device 0`);
    this.founding = once(`${name} founding`, () => encodeFounding(seed, publicKeyOf(this.#recoverySeed)));
    const { person, device } = decodeFounding(this.founding);
    this.id = person;
    this.#authority = foundingAuthority({ device });
    this.authority = this.#device(seed, device, this.#card(seed, `${name} card 0`));
    this.current = [this.authority];
  }

  get generation(): number {
    return this.#authority.generation;
  }

  /** A further device by who has the authority now, not on any list yet. */
  certify(by: { readonly device: Device; readonly authority: Authority } = this.power()): Device {
    const number = this.devices.length;
    const seed = seedOf(`${this.name} device ${number}`);
    const device = publicKeyOf(seed).toString('hex') as DeviceKey;
    const { generation } = by.authority;
    const name = `${this.name} card ${number} of ${generation} by ${by.device.key}`;
    const certificate = once(name, () => certifyDevice(this.founding, by.device.seed, { generation, device }));
    return this.#device(seed, device, this.#card(seed, `${name} bound`, { ...by.authority, certificate }));
  }

  /** What whoever has the authority's device has in hand. */
  power(): { readonly device: Device; readonly authority: Authority } {
    return { device: this.authority, authority: this.#authority };
  }

  /** The authority's list of now. */
  list(): DeviceList {
    this.#list ??= this.listBy(this.power(), this.current, this.removed, this.#version);
    return this.#list;
  }

  /** A list of anything, by who has or had the authority. */
  listBy(
    { device, authority }: { readonly device: Device; readonly authority: Authority },
    current: readonly Device[],
    removed: readonly Device[],
    version: number,
  ): DeviceList {
    const fields = {
      ...authority,
      founding: this.founding,
      version,
      current: current.map(({ key }) => ({ device: key, label: 'x' })),
      removed: removed.map(({ key }) => key),
    };
    return createDeviceList(fields, device.seed);
  }

  change(current: Device[], removed: Device[]): DeviceList {
    this.#version++;
    this.current = current;
    this.removed = removed;
    this.#list = undefined;
    return this.list();
  }

  /** The recovery words are used on a device of the person, or on a new one: it is the authority from now on. */
  useWords(on: Device | undefined, kept: readonly Device[]): Device {
    const seed = on?.seed ?? seedOf(`${this.name} device ${this.devices.length}`);
    const key = publicKeyOf(seed).toString('hex') as DeviceKey;
    const generation = this.generation + 1;
    const proof = once(
      `${this.name} proof ${generation} ${key}`,
      () => createAuthority(this.founding, this.#recoverySeed, { generation, authority: key }).proof ?? Buffer.alloc(0),
    );
    this.#authority = { generation, authority: key, proof };
    const card = this.#card(seed, `${this.name} authority ${generation} ${key}`, this.#authority);
    const old = this.current;
    const next = on ? this.#recard(on, card) : this.#device(seed, key, card);
    this.authority = next;
    this.current = [next, ...kept.filter((one) => one.key !== key)];
    this.removed = [...this.removed, ...old].filter((one) => !this.current.some((now) => now.key === one.key));
    this.#version = 1;
    this.#list = undefined;
    return next;
  }

  #recard(device: Device, card: Buffer): Device {
    const again = { ...device, card };
    this.devices[this.devices.indexOf(device)] = again;
    return again;
  }

  #device(seed: Buffer, key: DeviceKey, card: Buffer): Device {
    const device: Device = { person: this, key, seed, card, state: 'ok', serial: 1, kept: new Set([1]) };
    this.devices.push(device);
    return device;
  }

  #card(seed: Buffer, name: string, binding?: Authority & { readonly certificate?: Buffer }): Buffer {
    const fields = { founding: this.founding, serial: 1, recipient: idBytes(this.id), name: 'x' };
    return once(name, () => encodeCard(binding ? { ...fields, binding } : fields, seed));
  }
}

/** An id that is new each time, by chance. */
export function idBy<T extends DeviceKey>(text: string): T {
  return readId<T>(seedOf(text));
}

function seedOf(text: string): Buffer {
  return createHash('sha256').update(`satchel members world: ${text}`).digest();
}

function once(name: string, make: () => Buffer): Buffer {
  const made = signed.get(name) ?? make();
  signed.set(name, made);
  return made;
}

const signed = new Map<string, Buffer>();
