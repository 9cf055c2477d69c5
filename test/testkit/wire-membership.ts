// What private topics begin with, and statements about them, by hand (spec/private.md).
import { ADA_2, BOB } from './cast.js';
import { join, sha256, u8, WIRE_DOMAINS, WIRE_TIME, type WireKey, wireSign } from './wire.js';
import { card } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';

/** What a create statement says; what is left out is honest, `omit` leaves out keys of the map. */
export interface WireCreate {
  readonly rules?: number;
  readonly nonce?: Buffer;
  readonly owners?: readonly Buffer[];
  readonly history?: number;
  readonly label?: string | Buffer;
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
}

/** The statement that a private topic begins with. */
export function createStatement(create: WireCreate = {}): Buffer {
  const owners = create.owners ?? [ADA_2.id];
  return cborMap(
    withLies(
      [
        [1, cborInt(create.rules ?? 1)],
        [2, cborBytes(create.nonce ?? Buffer.alloc(16, 7))],
        [3, cborList(owners.map((id) => cborBytes(id)))],
        [4, cborInt(create.history ?? 1)],
        [5, cborText(create.label ?? 'garden')],
      ],
      create,
    ),
  );
}

/** The id of the topic that begins so. */
export function privateTopicId(create: Buffer): Buffer {
  return sha256(join(u8(0x06), create));
}

/** What a statement says; what is left out is honest. */
export interface WireStatement {
  readonly topic?: Buffer;
  readonly card?: Buffer;
  readonly prev?: readonly Buffer[];
  readonly time?: number;
  readonly kind?: number;
  readonly fields?: Buffer;
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
  readonly signer?: WireKey;
  readonly domain?: string;
}

/** A statement: its bytes, and the signature over them. */
export function statement(said: WireStatement = {}): { readonly bytes: Buffer; readonly signature: Buffer } {
  const bytes = cborMap(
    withLies(
      [
        [1, cborBytes(said.topic ?? privateTopicId(createStatement()))],
        [2, cborBytes(said.card ?? card(ADA_2))],
        [3, cborList((said.prev ?? []).map((id) => cborBytes(id)))],
        [4, cborInt(said.time ?? WIRE_TIME)],
        [5, cborInt(said.kind ?? 1)],
        [6, said.fields ?? setFields()],
      ],
      said,
    ),
  );
  const signature = wireSign(said.signer ?? ADA_2.device, said.domain ?? WIRE_DOMAINS.statement, bytes);
  return { bytes, signature };
}

/** The id by which others cite it. */
export function wireStatementId(bytes: Buffer): Buffer {
  return sha256(join(u8(0x09), bytes));
}

/** One log of a cut, as an item. */
export function cutItem(log: Buffer, length: number, id: Buffer = sha256('entry')): Buffer {
  return cborList([cborBytes(log), cborInt(length), cborBytes(id)]);
}

/** The fields of a set: Bob becomes a member. */
export function setFields({
  person = BOB.id,
  role = 3,
  card: added,
  cut,
}: {
  person?: Buffer;
  role?: number;
  card?: Buffer;
  cut?: readonly Buffer[];
} = {}): Buffer {
  const pairs: [number, Buffer][] = [
    [1, cborBytes(person)],
    [2, cborInt(role)],
  ];
  if (added) pairs.push([3, cborBytes(added)]);
  if (cut) pairs.push([4, cborList(cut)]);
  return cborMap(pairs);
}

/** The fields of a devices statement. */
export function devicesFields(list: { readonly map: Buffer; readonly signature: Buffer }, cut?: Buffer[]): Buffer {
  const pairs: [number, Buffer][] = [
    [1, cborBytes(list.map)],
    [2, cborBytes(list.signature)],
  ];
  if (cut) pairs.push([3, cborList(cut)]);
  return cborMap(pairs);
}

/** The fields of an epoch's statement, each list as its encoded items. */
export interface WireEpoch {
  readonly epoch?: Buffer;
  readonly to?: readonly Buffer[];
  readonly lists?: readonly Buffer[];
  readonly controlLinks?: readonly Buffer[];
  readonly dataLinks?: readonly Buffer[];
  readonly omit?: readonly number[];
}

/** The fields of an epoch's statement. */
export function epochFields(epoch: WireEpoch = {}): Buffer {
  return cborMap(
    withLies(
      [
        [1, cborBytes(epoch.epoch ?? sha256('epoch'))],
        [2, cborList(epoch.to ?? [])],
        [3, cborList(epoch.lists ?? [])],
        [4, cborList(epoch.controlLinks ?? [])],
        [5, cborList(epoch.dataLinks ?? [])],
      ],
      epoch,
    ),
  );
}

/** A device and the serial of its card, as an item. */
export function toItem(device: Buffer, serial: number): Buffer {
  return cborList([cborBytes(device), cborInt(serial)]);
}

/** A person and hashes of its lists, as an item. */
export function listsItem(person: Buffer, hashes: readonly Buffer[]): Buffer {
  return cborList([cborBytes(person), cborList(hashes.map((hash) => cborBytes(hash)))]);
}

/** An earlier epoch and its sealed secret, as an item. */
export function linkItem(epoch: Buffer, size = 48): Buffer {
  return cborList([cborBytes(epoch), cborBytes(Buffer.alloc(size, 5))]);
}

function withLies(
  pairs: readonly [number, Buffer][],
  { omit = [], extra = [] }: { readonly omit?: readonly number[]; readonly extra?: Pairs },
): Pairs {
  return [...pairs.filter(([key]) => !omit.includes(key)), ...extra];
}
