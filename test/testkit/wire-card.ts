// Founding records, cards and introductions by hand (spec/card.md, spec/log.md "Introduction").

import { join, sha256, u8, u32, u64, WIRE_DOMAINS, type WireKey, wireKey, wireSign } from './wire.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';

/** A person with one device, as the fixtures know it. */
export interface WirePerson {
  readonly device: WireKey;
  readonly founding: Buffer;
  /** The recovery key, of who was founded by a record of version 2. */
  readonly recovery?: WireKey;
  /** The person id. */
  readonly id: Buffer;
  /** The age recipient, 32 raw bytes. */
  readonly recipient: Buffer;
  readonly name: string;
}

/** What a founding record says in place of the honest fields. */
export interface FoundingLies {
  readonly version?: number;
  readonly device?: Uint8Array;
  readonly recovery?: Uint8Array;
  readonly domain?: string;
  readonly signature?: Uint8Array;
}

/** What a card says in place of the honest fields; signed by the device unless `signature` is given. */
export interface CardLies {
  readonly version?: number;
  readonly founding?: Uint8Array;
  readonly kind?: number;
  /** What stands between kind and serial. */
  readonly bound?: Uint8Array;
  readonly serial?: number;
  readonly recipient?: Uint8Array;
  readonly name?: string | Buffer;
  readonly nameLength?: number;
  readonly signer?: WireKey;
  readonly domain?: string;
  readonly signature?: Uint8Array;
}

/** What an introduction says; what is left out is honest, `omit` leaves out keys of the map. */
export interface WireIntroduction {
  readonly log: Uint8Array;
  readonly topic: Uint8Array;
  readonly label?: string | Buffer;
  readonly person: WirePerson;
  readonly card?: Uint8Array;
  readonly after?: readonly [log: Uint8Array, seq: number, id: Uint8Array];
  readonly signature?: Uint8Array;
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
}

/** 97 bytes that found a person and name its first device. */
export function founding(device: WireKey, lies: FoundingLies = {}): Buffer {
  const content = join(u8(lies.version ?? 1), lies.device ?? device.id);
  return join(content.subarray(0, 33), lies.signature ?? wireSign(device, WIRE_DOMAINS.founding, content));
}

/** 129 bytes that found a person, and name its first device and its recovery key. */
export function founding2(device: WireKey, recovery: WireKey, lies: FoundingLies = {}): Buffer {
  const content = join(u8(lies.version ?? 2), lies.device ?? device.id, lies.recovery ?? recovery.id);
  return join(content, lies.signature ?? wireSign(device, lies.domain ?? WIRE_DOMAINS.founding2, content));
}

/** The person that grows from a label, founded as version 0.1 did. */
export function wirePerson(name: string): WirePerson {
  const device = wireKey(`device of ${name}`);
  const record = founding(device);
  const recipient = sha256(`satchel fixture recipient: ${name}`);
  return { device, founding: record, id: sha256(u8(2), record), recipient, name };
}

/** The person that grows from a label, founded with a recovery key. */
export function wirePerson2(name: string): WirePerson & { readonly recovery: WireKey } {
  const recovery = wireKey(`recovery of ${name}`);
  const person = wirePerson(name);
  const record = founding2(person.device, recovery);
  return { ...person, founding: record, recovery, id: sha256(u8(2), record) };
}

/** The binary card of a person. */
export function card(person: WirePerson, lies: CardLies = {}): Buffer {
  const name = Buffer.from((lies.name ?? person.name) as string);
  const content = join(
    u8(lies.version ?? (person.recovery ? 2 : 1)),
    lies.founding ?? person.founding,
    u8(lies.kind ?? 0),
    lies.bound ?? '',
    u32(lies.serial ?? 1),
    lies.recipient ?? person.recipient,
    u8(lies.nameLength ?? name.length),
    name,
  );
  const signature = lies.signature ?? wireSign(lies.signer ?? person.device, lies.domain ?? WIRE_DOMAINS.card, content);
  return join(content, signature);
}

/** The card as people paste it. */
export function cardText(bytes: Uint8Array): string {
  return `satchel1:${Buffer.from(bytes).toString('base64url')}`;
}

/** What the device signs in an introduction. */
export function introductionParts(intro: WireIntroduction): Buffer {
  const after = intro.after ? join(u8(1), intro.after[0], u64(intro.after[1]), intro.after[2]) : u8(0);
  return join(intro.log, intro.topic, intro.person.id, after);
}

/** The payload of entry 0. */
export function introduction(intro: WireIntroduction): Buffer {
  const signature =
    intro.signature ?? wireSign(intro.person.device, WIRE_DOMAINS.introduction, introductionParts(intro));
  const pairs: [number | Buffer, Buffer][] = [
    [1, cborBytes(intro.topic)],
    [2, cborText(intro.label ?? 'expedition')],
    [3, cborBytes(intro.card ?? card(intro.person))],
    [4, cborBytes(signature)],
  ];
  if (intro.after) pairs.push([5, afterItem(intro.after)]);
  const kept = pairs.filter(([key]) => !intro.omit?.includes(key as number));
  return cborMap([...kept, ...(intro.extra ?? [])]);
}

/** The pointer to an older log as it stands in the map. */
export function afterItem([log, seq, id]: readonly [Uint8Array, number, Uint8Array]): Buffer {
  return cborList([cborBytes(log), cborInt(seq), cborBytes(id)]);
}
