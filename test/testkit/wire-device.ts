// Further devices by hand (spec/devices.md): authority proofs, certificates, device lists, requests, welcomes.
import { ADA_2 } from './cast.js';
import { join, sha256, u8, u16, WIRE_DOMAINS, type WireKey, wireKey, wireSign } from './wire.js';
import { type CardLies, card, type WirePerson } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';

/** Ada's further devices. */
export const LAPTOP: WireKey = wireKey("Ada's laptop");
export const PHONE: WireKey = wireKey("Ada's phone");
export const TABLET: WireKey = wireKey("Ada's tablet");

/** Who speaks for a person's devices in a generation. */
export interface WireAuthority {
  readonly generation: number;
  readonly key: WireKey;
  /** Empty in generation 1. */
  readonly proof: Buffer;
}

/** What an authority proof or certificate says in place of the honest fields. */
export interface DeviceLies {
  readonly person?: Buffer;
  readonly generation?: number;
  readonly signer?: WireKey;
  readonly domain?: string;
}

/** The founding device as the authority of generation 1. */
export function firstAuthority(person: WirePerson = ADA_2): WireAuthority {
  return { generation: 1, key: person.device, proof: Buffer.alloc(0) };
}

/** The device that the recovery key names. */
export function provenAuthority(key: WireKey, generation: number, lies: DeviceLies = {}): WireAuthority {
  const signer = lies.signer ?? ADA_2.recovery;
  const said = [lies.person ?? ADA_2.id, u16(lies.generation ?? generation), key.id];
  return { generation, key, proof: wireSign(signer, lies.domain ?? WIRE_DOMAINS.authority, ...said) };
}

/** What the authority signs about a device. */
export function certificate(authority: WireAuthority, device: WireKey, lies: DeviceLies = {}): Buffer {
  const said = [lies.person ?? ADA_2.id, u16(lies.generation ?? authority.generation), device.id];
  return wireSign(lies.signer ?? authority.key, lies.domain ?? WIRE_DOMAINS.device, ...said);
}

/** What further devices' cards have in place of the honest fields. */
export interface FurtherLies extends CardLies {
  readonly person?: WirePerson;
  readonly certificate?: Buffer;
}

/** The card of a device that an authority vouches for: kind 1 or 3. */
export function furtherCard(authority: WireAuthority, device: WireKey, lies: FurtherLies = {}): Buffer {
  const { person = ADA_2, generation = authority.generation, ...rest } = lies as FurtherLies & { generation?: number };
  const certified = join(device.id, u16(generation), lies.certificate ?? certificate(authority, device));
  const isFirst = authority.proof.length === 0;
  const bound = isFirst ? certified : join(certified, authority.key.id, authority.proof);
  return card(person, { version: 2, kind: isFirst ? 1 : 3, bound, signer: device, ...rest });
}

/** The card of the authority of a later generation: kind 2. */
export function authorityCard({ generation, key, proof }: WireAuthority, lies: FurtherLies = {}): Buffer {
  const { person = ADA_2, ...rest } = lies;
  return card(person, { version: 2, kind: 2, bound: join(u16(generation), key.id, proof), signer: key, ...rest });
}

/** What a device list says; what is left out is honest, `omit` leaves out keys of the map. */
export interface WireList {
  readonly authority?: WireAuthority;
  readonly founding?: Buffer;
  readonly generation?: number;
  readonly version?: number;
  readonly current?: readonly (readonly [WireKey | Buffer, string | Buffer])[];
  readonly removed?: readonly (WireKey | Buffer)[];
  readonly unsorted?: boolean;
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
  readonly signer?: WireKey;
  readonly domain?: string;
}

/** A device list's map. */
export function listMap(list: WireList = {}): Buffer {
  const authority = list.authority ?? firstAuthority();
  const current = (list.current ?? [[authority.key, 'desk']]).map(([key, label]) => [idOf(key), label] as const);
  const removed = (list.removed ?? []).map(idOf);
  if (!list.unsorted) {
    current.sort(([a], [b]) => Buffer.compare(a, b));
    removed.sort(Buffer.compare);
  }
  const pairs: [number | Buffer, Buffer][] = [
    [1, cborBytes(list.founding ?? ADA_2.founding)],
    [2, cborInt(list.generation ?? authority.generation)],
    [3, cborInt(list.version ?? 1)],
    [4, cborBytes(authority.key.id)],
  ];
  if (authority.proof.length > 0) pairs.push([5, cborBytes(authority.proof)]);
  pairs.push([6, cborList(current.map(([id, label]) => cborList([cborBytes(id), cborText(label)])))]);
  pairs.push([7, cborList(removed.map((id) => cborBytes(id)))]);
  return cborMap([...pairs.filter(([key]) => !list.omit?.includes(key as number)), ...(list.extra ?? [])]);
}

/** A device list: its map, and the authority's signature. */
export function deviceList(list: WireList = {}): { readonly map: Buffer; readonly signature: Buffer } {
  const map = listMap(list);
  const signer = list.signer ?? (list.authority ?? firstAuthority()).key;
  return { map, signature: wireSign(signer, list.domain ?? WIRE_DOMAINS.devices, map) };
}

/** What a request says in place of the honest fields. */
export interface RequestLies {
  readonly version?: number;
  readonly label?: string | Buffer;
  readonly labelLength?: number;
  readonly signer?: WireKey;
  readonly domain?: string;
}

/** The request of a device. */
export function request(device: WireKey, lies: RequestLies = {}): Buffer {
  const label = Buffer.from((lies.label ?? 'laptop') as string);
  const recipient = sha256('satchel fixture recipient of a request');
  const content = join(u8(lies.version ?? 1), device.id, recipient, u8(lies.labelLength ?? label.length), label);
  return join(content, wireSign(lies.signer ?? device, lies.domain ?? WIRE_DOMAINS.request, content));
}

function idOf(key: WireKey | Buffer): Buffer {
  return Buffer.isBuffer(key) ? key : key.id;
}
