// Vectors of device lists, and of what several of them and cards come to (spec/devices.md).
import { ADA, ADA_2, BOB } from './cast.js';
import type { Vector } from './vector.js';
import { flip, sha256, WIRE_DOMAINS, type WireKey, wireKey, wireSign } from './wire.js';
import { card } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText } from './wire-cbor.js';
import {
  authorityCard,
  deviceList,
  firstAuthority,
  furtherCard,
  LAPTOP,
  listMap,
  PHONE,
  provenAuthority,
  TABLET,
  type WireList,
} from './wire-device.js';

/** A device list, and what is read in it; null for one that is ignored. */
export interface ListVector extends Vector {
  readonly map: string;
  readonly signature: string;
  readonly reads: {
    readonly person: string;
    readonly generation: number;
    readonly version: number;
    readonly authority: string;
    readonly current: readonly (readonly [device: string, label: string])[];
    readonly removed: readonly string[];
  } | null;
}

/** Lists and cards of one person, and which devices it has by them. */
export interface DeviceStateVector extends Vector {
  /** The highest generation that counted before. */
  readonly known: number;
  readonly lists: readonly (readonly [map: string, signature: string])[];
  readonly cards: readonly string[];
  readonly generation: number;
  readonly authority: string | null;
  /** Of the list that counts. */
  readonly version: number | null;
  /** How many other lists have its version. */
  readonly rivals: number;
  readonly current: readonly string[];
  readonly removed: readonly string[];
}

const DESK = ADA_2.device;
const FIRST = firstAuthority();
const SECOND = provenAuthority(PHONE, 2);

/** Device lists. */
export function listVectors(): ListVector[] {
  return [...goodLists(), ...badLists(), ...oddForms()];
}

function goodLists(): ListVector[] {
  const crowd = Array.from({ length: 15 }, (_, i) => [wireKey(`device ${i}`), `device ${i}`] as const);
  const gone = Array.from({ length: 64 }, (_, i) => wireKey(`gone ${i}`));
  return [
    listOf('alone', 'the authority alone', {}),
    listOf('two', 'ascending by key', {
      version: 7,
      current: [
        [DESK, 'desk'],
        [LAPTOP, 'laptop'],
      ],
    }),
    listOf('removed', 'one that was removed', { version: 2 ** 32 - 1, removed: [LAPTOP] }),
    listOf('most', '16 devices, 64 removed', { current: [[DESK, 'x'.repeat(32)], ...crowd], removed: gone }),
    listOf('second', 'of a later generation', {
      authority: SECOND,
      current: [
        [PHONE, 'phone'],
        [DESK, 'desk'],
      ],
    }),
    listOf('last', 'of the last generation', { authority: provenAuthority(PHONE, 65_535) }),
    listOf('later-key', 'keys that are not known are signed and ignored', { extra: [[8, cborInt(1)]] }),
  ];
}

function badLists(): ListVector[] {
  const crowd = (count: number, what: string): WireKey[] =>
    Array.from({ length: count }, (_, i) => wireKey(`${what} ${i}`));
  const bad = ignored;
  const seventeen = crowd(16, 'device').map((key) => [key, 'x'] as const);
  return [
    bad('other-signer', 'signed by another device', { signer: LAPTOP }),
    bad('foreign-domain', 'signed as a card', { domain: WIRE_DOMAINS.card }),
    bad('other-founding', "another person's founding record", { founding: BOB.founding }),
    bad('bad-founding', 'a founding record that is not signed', { founding: flip(ADA_2.founding, -1) }),
    bad('authority-not-current', 'the authority is not among the current devices', { current: [[LAPTOP, 'laptop']] }),
    bad('nobody', 'no current device', { current: [] }),
    bad('17', '17 devices', { current: [[DESK, 'desk'], ...seventeen] }),
    bad('65-removed', '65 removed', { removed: crowd(65, 'gone') }),
    bad('both', 'a device that is current and removed', {
      current: [
        [DESK, 'desk'],
        [LAPTOP, 'a'],
      ],
      removed: [LAPTOP],
    }),
    bad('twice', 'a device twice', {
      current: [
        [DESK, 'desk'],
        [DESK, 'desk again'],
      ],
    }),
    bad('unsorted', 'descending', { current: descending([DESK, LAPTOP]), unsorted: true }),
    bad('removed-unsorted', 'removed ones descending', {
      removed: descending([LAPTOP, PHONE]).map(([key]) => key),
      unsorted: true,
    }),
    bad('version-0', 'versions begin at 1', { version: 0 }),
    bad('version-too-high', 'version 2^32', { version: 2 ** 32 }),
    bad('generation-0', 'generations begin at 1', { generation: 0 }),
    bad('generation-2-first', 'the founding device in generation 2, without a proof', { generation: 2 }),
    bad('generation-65536', 'a generation too many', { authority: provenAuthority(PHONE, 65_535), generation: 65_536 }),
    bad('proof-of-other', 'a proof of another generation', { authority: provenAuthority(PHONE, 2, { generation: 3 }) }),
    bad('proof-in-first', 'a proof in generation 1', { authority: provenAuthority(DESK, 1) }),
    bad('proof-by-device', 'a proof by the founding device', {
      authority: provenAuthority(PHONE, 2, { signer: DESK }),
    }),
    bad('founding-1-second', 'no recovery key, and generation 2', { founding: ADA.founding, authority: SECOND }),
    bad('critical-key', 'a key below zero', { extra: [[-1, cborInt(1)]] }),
    bad('label-empty', 'a label of no bytes', { current: [[DESK, '']] }),
    bad('label-33', 'a label of 33 bytes', { current: [[DESK, 'x'.repeat(33)]] }),
    bad('label-escape', 'a label that is no name', { current: [[DESK, '\u001b[31m']] }),
    bad('key-31', 'a device key of 31 bytes', { removed: [LAPTOP.id.subarray(1)] }),
    ...[1, 2, 3, 4, 6, 7].map((key) => bad(`without-${key}`, `without key ${key}`, { omit: [key] })),
    bad('too-long', 'more than 4,096 bytes', { extra: [[9, cborBytes(Buffer.alloc(4_096))]] }),
  ];
}

function oddForms(): ListVector[] {
  const { map, signature } = deviceList();
  const odd = (name: string, comment: string, bytes: Buffer, signed = signature): ListVector => ({
    name: `list-${name}`,
    comment,
    map: bytes.toString('hex'),
    signature: signed.toString('hex'),
    reads: null,
  });
  const three = cborList([cborList([cborBytes(DESK.id), cborText('desk'), cborInt(1)])]);
  const withThree = deviceListOf(cborMap([...pairsBut6(), [6, three], [7, cborList([])]]));
  return [
    odd('rotten', 'one bit of the map', flip(map, -1)),
    odd('rotten-signature', 'one bit of the signature', map, flip(signature, -1)),
    odd('short-signature', 'a signature of 63 bytes', map, signature.subarray(0, 63)),
    odd('cut-off', 'the last byte is missing', map.subarray(0, -1)),
    odd('empty', 'no bytes', Buffer.alloc(0)),
    odd('list', 'no map', cborList([])),
    odd('three-items', 'a device of three items', withThree.map, withThree.signature),
  ];
}

/** Lists and cards together. */
export function deviceStateVectors(): DeviceStateVector[] {
  const two: WireList = {
    version: 2,
    current: [
      [DESK, 'desk'],
      [LAPTOP, 'laptop'],
    ],
  };
  const gone: WireList = { version: 3, removed: [LAPTOP] };
  const rival: WireList = {
    version: 2,
    current: [
      [DESK, 'desk'],
      [TABLET, 'tablet'],
    ],
  };
  const later: WireList = {
    authority: SECOND,
    version: 1,
    current: [
      [PHONE, 'phone'],
      [DESK, 'desk'],
    ],
  };
  const both = [provenAuthority(PHONE, 2), provenAuthority(TABLET, 2)].sort((a, b) =>
    Buffer.compare(a.key.id, b.key.id),
  );
  const [smaller = SECOND, larger = SECOND] = both;
  const laptop = furtherCard(FIRST, LAPTOP);
  const first = { generation: 1, authority: DESK };
  const second = { generation: 2, authority: PHONE };
  return [
    state('nothing', 'neither list nor card', {}, { generation: 1, authority: null }),
    state('founding', 'no list: the founding device', { cards: [card(ADA_2)] }, { ...first, current: [DESK] }),
    state(
      'carded',
      'no list: devices with cards',
      { cards: [card(ADA_2), laptop] },
      { ...first, current: [DESK, LAPTOP] },
    ),
    state(
      'card-alone',
      'no list: a card names its authority',
      { cards: [laptop] },
      { ...first, current: [DESK, LAPTOP] },
    ),
    state('listed', 'the list says', { lists: [two] }, { ...first, version: 2, current: [DESK, LAPTOP] }),
    state(
      'not-listed',
      'a card of a device that the list does not name',
      { lists: [{}], cards: [laptop] },
      {
        ...first,
        version: 1,
        current: [DESK],
      },
    ),
    state(
      'removed',
      'the newer list removes it',
      { lists: [two, gone], cards: [laptop] },
      {
        ...first,
        version: 3,
        current: [DESK],
        removed: [LAPTOP],
      },
    ),
    state(
      'stays-removed',
      'a newer list that names it current again',
      { lists: [{ ...two, version: 4 }, gone] },
      {
        ...first,
        version: 4,
        current: [DESK],
        removed: [LAPTOP],
      },
    ),
    rivals(two, rival),
    state(
      'later',
      'a later generation counts, whatever the version',
      { lists: [{ ...two, version: 9 }, later] },
      {
        ...second,
        version: 1,
        current: [DESK, PHONE],
      },
    ),
    state(
      'later-forgets',
      'what an earlier generation removed',
      { lists: [{ version: 9, removed: [LAPTOP] }, later] },
      {
        ...second,
        version: 1,
        current: [DESK, PHONE],
      },
    ),
    state(
      'later-carded',
      'no list of the later generation yet',
      {
        lists: [two],
        cards: [laptop, authorityCard(SECOND), furtherCard(SECOND, TABLET)],
      },
      { ...second, current: [PHONE, TABLET] },
    ),
    state(
      'two-authorities',
      'the smaller key',
      {
        lists: [{ authority: larger, version: 9 }],
        cards: [authorityCard(smaller), furtherCard(larger, LAPTOP)],
      },
      { generation: 2, authority: smaller.key, current: [smaller.key] },
    ),
    state(
      'as-far-as-may-be',
      'known + 16',
      { cards: [card(ADA_2), authorityCard(provenAuthority(PHONE, 17))] },
      {
        generation: 17,
        authority: PHONE,
        current: [PHONE],
      },
    ),
    state(
      'too-far',
      'known + 17 is kept aside',
      { cards: [card(ADA_2), authorityCard(provenAuthority(PHONE, 18))] },
      {
        ...first,
        current: [DESK],
      },
    ),
    state(
      'in-two-steps',
      'what brings it within reach counts too',
      {
        lists: [{ authority: provenAuthority(PHONE, 30) }],
        cards: [authorityCard(provenAuthority(TABLET, 15))],
      },
      { generation: 30, authority: PHONE, version: 1, current: [PHONE] },
    ),
    state(
      'known-before',
      'what was known counts, though it is not at hand',
      { known: 3, lists: [two] },
      {
        generation: 3,
        authority: null,
      },
    ),
  ];
}

interface Given {
  readonly known?: number;
  readonly lists?: readonly WireList[];
  readonly cards?: readonly Buffer[];
}

interface Expected {
  readonly generation: number;
  readonly authority: WireKey | null;
  readonly version?: number;
  readonly rivals?: number;
  readonly current?: readonly WireKey[];
  readonly removed?: readonly WireKey[];
}

function state(name: string, comment: string, given: Given, expected: Expected): DeviceStateVector {
  const hex = (keys: readonly WireKey[] = []): string[] => keys.map(({ id }) => id.toString('hex')).sort();
  return {
    name: `devices-${name}`,
    comment,
    known: given.known ?? 1,
    lists: (given.lists ?? []).map((list) => {
      const { map, signature } = deviceList(list);
      return [map.toString('hex'), signature.toString('hex')];
    }),
    cards: (given.cards ?? []).map((bytes) => bytes.toString('hex')),
    generation: expected.generation,
    authority: expected.authority?.id.toString('hex') ?? null,
    version: expected.version ?? null,
    rivals: expected.rivals ?? 0,
    current: hex(expected.current),
    removed: hex(expected.removed),
  };
}

/** Two lists of one version: the smaller hash counts. */
function rivals(two: WireList, rival: WireList): DeviceStateVector {
  const hash = (list: WireList): string => sha256(listMap(list)).toString('hex');
  const other = hash(two) < hash(rival) ? LAPTOP : TABLET;
  const expected = { generation: 1, authority: DESK, version: 2, rivals: 1, current: [DESK, other] };
  return state('rivals', 'two lists of one version', { lists: [two, rival] }, expected);
}

function listOf(name: string, comment: string, list: WireList): ListVector {
  const { map, signature } = deviceList(list);
  const authority = list.authority ?? FIRST;
  const hex = (key: WireKey | Buffer): string => (Buffer.isBuffer(key) ? key : key.id).toString('hex');
  const current = (list.current ?? [[authority.key, 'desk']]).map(([key, label]) => [hex(key), String(label)] as const);
  return {
    name: `list-${name}`,
    comment,
    map: map.toString('hex'),
    signature: signature.toString('hex'),
    reads: {
      person: ADA_2.id.toString('hex'),
      generation: authority.generation,
      version: list.version ?? 1,
      authority: hex(authority.key),
      current: current.sort(([a], [b]) => (a < b ? -1 : 1)),
      removed: (list.removed ?? []).map(hex).sort(),
    },
  };
}

function ignored(name: string, comment: string, list: WireList): ListVector {
  const { map, signature } = deviceList(list);
  return { name: `list-${name}`, comment, map: map.toString('hex'), signature: signature.toString('hex'), reads: null };
}

function descending(keys: readonly WireKey[]): (readonly [WireKey, string])[] {
  return [...keys].sort((a, b) => Buffer.compare(b.id, a.id)).map((key) => [key, 'x'] as const);
}

function pairsBut6(): [number, Buffer][] {
  return [
    [1, cborBytes(ADA_2.founding)],
    [2, cborInt(1)],
    [3, cborInt(1)],
    [4, cborBytes(DESK.id)],
  ];
}

function deviceListOf(map: Buffer): { readonly map: Buffer; readonly signature: Buffer } {
  return { map, signature: wireSign(DESK, WIRE_DOMAINS.devices, map) };
}
