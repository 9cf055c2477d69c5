// What members of a private topic are told: control entries in a log that can be opened, and letters.
import { EXIT_OF_CODE, SatchelError } from '../../../src/format/error.js';
import { fileKeysBy } from '../../../src/identity/file-keys.js';
import { formatLetter, openLetter } from '../../../src/identity/letter-file.js';
import { X25519Identity } from '../../../src/identity/x25519.js';
import { bytesOf, flip, join, sha256, u16, WIRE_DOMAINS, WIRE_TIME, wireKey, wireSign } from '../../testkit/wire.js';
import { type AgeLies, sealedBy, wireIdentity } from '../../testkit/wire-age.js';
import { carried, type WireSegment } from '../../testkit/wire-bundle.js';
import { card, introduction, type WireIntroduction, wirePerson } from '../../testkit/wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from '../../testkit/wire-cbor.js';
import { deviceList, firstAuthority } from '../../testkit/wire-device.js';
import {
  createStatement,
  cutItem,
  devicesFields,
  epochFields,
  linkItem,
  listsItem,
  setFields,
  statement,
  toItem,
  type WireStatement,
  wireStatementId,
} from '../../testkit/wire-membership.js';
import { CHILD, link, PARENT } from '../../testkit/wire-private.js';
import { runOf, type WireEntry, wireLog } from '../../testkit/wire-segment.js';
import { wireSeal, wireSealPlain } from '../../testkit/wire-veiled.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GARDEN, GARDEN_EPOCH, GARDEN_ID, GARDEN_NAME, given, judgeBundle, MALLORY } from '../cast.js';

const HOUR = 3_600_000;
const AT = Math.floor(WIRE_TIME / HOUR) * HOUR;
const BAD = EXIT_OF_CODE['bad-letter'];
const KEPT = wireIdentity('kept 0');
const KEYS = fileKeysBy([new X25519Identity(KEPT.scalar)]);
const EVE = wirePerson('Eve');
/** Turns around what is shown behind it. */
const TURNED = 'a\u202e\u001b[2Jb';
const DEEP = join(bytesOf(40_000, 0x81), cborInt(0));

interface Said extends WireStatement {
  /** Not signed by who says it. */
  readonly isForged?: boolean;
}

/** Control entries of Mallory, who owns the topic. */
export const CONTROL: Kind = {
  name: 'control entry',
  place: 'case.satchel',
  judge: judgeBundle,
  cases: [
    saying('100 statements that are none', (i) => [stated(...Array.from({ length: 100 }, () => bytesOf(300, i + 1)))]),
    saying('a statement of 40,961 bytes', () => [stated(bytesOf(40_961, 7))]),
    saying('a statement of lists within lists', () => [stated(DEEP)]),
    saying('statements of another topic', () => [
      told(...many(60, (i) => ({ topic: sha256('another'), time: i + 1 }))),
    ]),
    saying('statements that nobody signed', () => [told(...many(60, (i) => ({ time: i + 1, isForged: true })))]),
    saying('statements that cite what is nowhere', () => [told(...many(15, (i) => ({ time: i + 1, prev: ids(64) })))]),
    saying('a statement that cites 65', () => [told({ prev: ids(65) })]),
    saying('a statement that cites in no order', () => [told({ prev: ids(64).reverse() })]),
    saying('statements by who was never added', () => [
      told(...many(40, (i) => ({ time: i + 1, card: card(EVE), signer: EVE.device, kind: 5, fields: cborMap([]) }))),
    ]),
    saying('a role of 2^53 - 1 for itself', () => [
      told({ fields: setFields({ person: MALLORY.id, role: 2 ** 53 - 1 }) }),
    ]),
    saying('70 merges beside each other', () => [
      told(...many(35, (i) => ({ time: i + 1, kind: 5, fields: cborMap([]) }))),
      told(...many(35, (i) => ({ time: i + 36, kind: 5, fields: cborMap([]) }))),
    ]),
    saying('kinds that nobody knows', () => [
      told(...many(60, (i) => ({ kind: 4 + 2 * i, fields: DEEP.subarray(0, 9) }))),
    ]),
    saying('a cut of 64 logs that are nowhere', () => [
      told({ fields: setFields({ person: EVE.id, role: 0, cut: ids(64).map((id) => cutItem(id, 2 ** 48 - 1)) }) }),
    ]),
    saying('a cut of 65 logs', () => [
      told({ fields: setFields({ person: EVE.id, role: 0, cut: ids(65).map((id) => cutItem(id, 1)) }) }),
    ]),
    saying('a list of another person', () => [told({ kind: 2, fields: devicesFields(listOf(EVE)) })]),
    saying('a list that removes whom it calls current', () => [
      told({ kind: 2, fields: devicesFields(listOf(MALLORY, [MALLORY.device.id])) }),
    ]),
    saying('an epoch for 512 devices', () => [
      told({ kind: 3, fields: epochFields({ to: ids(512).map((id) => toItem(id, 1)) }) }),
    ]),
    saying('an epoch for 513 devices', () => [
      told({ kind: 3, fields: epochFields({ to: ids(513).map((id) => toItem(id, 1)) }) }),
    ]),
    saying('an epoch that names lists of 300 people', () => [
      told({ kind: 3, fields: epochFields({ lists: ids(300).map((id) => listsItem(id, [sha256(id)])) }) }),
    ]),
    saying('60 epochs that lead to 64 others by noise', () => [
      ...many(20, (i) =>
        told(...many(3, (j) => ({ kind: 3, time: 10 * i + j + 1, fields: noisy(ids(64), i * 10 + j) }))),
      ),
    ]),
    saying('an epoch that leads to a wrong secret', () => [told({ kind: 3, fields: misleading() })]),
    saying('30 epochs of one id', () => [
      told(...many(30, (i) => ({ kind: 3, time: i + 1, fields: epochFields({ epoch: CHILD.id }) }))),
    ]),
    saying('keys for 128 devices that are nobody\u2019s', () => [shared(ids(24), ids(128))]),
    saying('keys for 129 devices', () => [shared(ids(24), ids(129))]),
    saying('a need of 512 of everything', () => [needed(512)]),
    saying('a need of 513 of everything', () => [needed(513)]),
    saying('a body of lists within lists', () => [DEEP]),
    saying('a body with a critical key', () => [cborMap([[-1, cborInt(1)]])]),
    saying('a list of 2^32 - 1 statements', () => [cborMap([[1, cborList([], 2 ** 32 - 1)]])]),
    saying('cards that are none', () => [...many(20, (i) => cborMap([[5, cborBytes(bytesOf(300, i))]]))]),
    wrapping('that are noise', () => bytesOf(9_000, 9)),
    wrapping('for 128 devices, none of them us', () => sealedBy('wrap', crowd(128), bytesOf(256))),
    wrapping('that hold something else', () => sealedBy('wrap', [KEPT.recipient], bytesOf(256, 0xff))),
    begun('heads that are nowhere', { extra: [[6, cborList(ids(64).map((id) => cborBytes(id)))]] }),
    begun('65 heads', { extra: [[6, cborList(ids(65).map((id) => cborBytes(id)))]] }),
    begun('a label that turns text around', { label: TURNED }),
    { ...saying('2,000 merges, each after the one before', () => chain(2_000)), isBig: true, isSound: true },
  ],
};

/** Letters, as text. */
export const LETTER: Kind = {
  name: 'letter',
  place: 'case.letter',
  judge: async (content) => {
    try {
      await openLetter(content, KEYS);
      // whom it is for is for the repository to see
      return BAD;
    } catch (error) {
      if (error instanceof SatchelError) return EXIT_OF_CODE[error.code];
      throw error;
    }
  },
  cases: [
    joining('no sealed file', BAD, () => bytesOf(1_000, 7)),
    joining('of 16,385 bytes', BAD, () => bytesOf(16_385, 7)),
    joining('for another device', EXIT_OF_CODE.sealed, () => sealedBy('other', [MALLORY.recipient], letter())),
    joining('a header and nothing behind it', BAD, () => sealed(letter()).subarray(0, 250)),
    sealing('that never ends', () => letter(), { last: false }),
    sealing('of nothing', () => Buffer.alloc(0)),
    sealing('of lists within lists', () => bytesOf(9_000, 0x81)),
    sealing('of 2^64 - 1 pairs', () => Buffer.from('bbffffffffffffffff', 'hex')),
    sealing('with a critical key', () => letter({ extra: [[-1, cborInt(1)]] })),
    sealing('with a card that is none', () => letter({ replace: { 4: cborBytes(flip(card(MALLORY), -1)) } })),
    sealing('signed by another device', () => letter({ signer: wireKey('another') })),
    sealing('for somebody else', () => letter()),
    sealing('made on day 2^53 - 1', () => letter({ replace: { 9: cborInt(2n ** 53n - 1n) } })),
    sealing('of 65 epochs', () => letter({ replace: { 2: cborList(many(65, () => keyItem())) } })),
    sealing('of 33 statements', () => letter({ replace: { 5: cborList(many(33, () => signedItem(bytesOf(9)))) } })),
    sealing('of logs in no order', () =>
      letter({
        replace: {
          3: cborList(
            ids(9)
              .reverse()
              .map((id) => cborBytes(id)),
          ),
        },
      }),
    ),
    sealing('of a topic whose label turns text around', () =>
      letter({ replace: { 1: cborBytes(createStatement({ label: TURNED })) } }),
    ),
    sealing('of a topic of 17 owners', () =>
      letter({ replace: { 1: cborBytes(createStatement({ owners: ids(17) })) } }),
    ),
    sealing('of a topic by rules 2', () => letter({ replace: { 1: cborBytes(createStatement({ rules: 2 })) } })),
    sealing('of a list of 2^32 - 1 logs', () => letter({ replace: { 3: cborList([], 2 ** 32 - 1) } })),
  ],
};

// control entries

function saying(name: string, bodies: (seed: number) => readonly Buffer[]): HostileCase {
  return inGarden(name, (log) => bodies(name.length).map((body, i) => ({ payload: control(log, i + 1, body) })));
}

function wrapping(name: string, wrap: () => Buffer): HostileCase {
  return inGarden(`wraps ${name}`, (log) => {
    const file = wrap();
    const merge = (i: number): Buffer => told({ time: i + 1, kind: 5, fields: cborMap([]) });
    return many(5, (i) => ({ payload: control(log, i + 1, merge(i), file) }));
  });
}

function begun(name: string, lies: Partial<WireIntroduction>): HostileCase {
  return inGarden(`an introduction with ${name}`, (log) => [{ payload: control(log, 1, told({})) }], lies);
}

/** A log of Mallory's in the topic that Bob is in; who looks at it and writes there must not be hurt. */
function inGarden(
  name: string,
  entries: (log: Buffer) => readonly WireEntry[],
  lies: Partial<WireIntroduction> = {},
): HostileCase {
  const content = (): Buffer => {
    const honest = gardenLog('garden as it is', (log) => [{ payload: control(log, 1, body([GARDEN_EPOCH])) }]);
    return given({ segments: [...honest, ...gardenLog(`control entry: ${name}`, entries, lies)] });
  };
  const runs = [
    ...bundleRuns(0),
    { args: ['topic', 'members', '-t', GARDEN_NAME], exit: 0 },
    { args: ['read', '-t', GARDEN_NAME], exit: 0 },
    { args: ['post', '-t', GARDEN_NAME, 'and yet'], exit: 0 },
  ];
  return { name, content, runs, isTaken: true };
}

/** A log of Mallory's there with its introduction, in two segments. */
function gardenLog(
  name: string,
  entries: (log: Buffer) => readonly WireEntry[],
  lies: Partial<WireIntroduction> = {},
): WireSegment[] {
  const key = wireKey(name);
  const item = introduction({ log: key.id, topic: GARDEN_ID, label: GARDEN_NAME, person: MALLORY, ...lies });
  const sealedItem = wireSeal({ secret: CHILD.control, log: key.id, kind: 3, seq: 0 }, item);
  const first = { payload: cborMap([[12, cborList([cborInt(0), cborBytes(sealedItem)])]]) };
  const log = wireLog(key, [first, ...entries(key.id)]);
  return [carried(runOf(log, 0, 1)), carried(runOf(log, 1))];
}

function control(log: Buffer, seq: number, body: Buffer, wrap?: Buffer): Buffer {
  const item = cborMap([
    [1, cborInt(0)],
    [2, cborInt(0)],
    [3, cborText('control')],
    [4, body],
  ]);
  const where = { secret: CHILD.control, log, kind: 2, seq };
  // what is no item of a body is sealed as it is
  const sealedItem = item.length > 60_000 ? wireSealPlain(where, item) : wireSeal(where, item);
  const clock: Pairs = [
    [1, cborInt(AT)],
    [2, cborInt(seq * HOUR)],
  ];
  const beside: Pairs = wrap ? [[11, cborBytes(wrap)]] : [];
  return cborMap([...clock, ...beside, [12, cborList([cborInt(0), cborBytes(sealedItem)])]]);
}

/** A body of statements that Mallory signed, whatever they say. */
function told(...said: readonly Said[]): Buffer {
  const signed = said.map(({ isForged, ...one }) => {
    const made = statement({ topic: GARDEN_ID, card: card(MALLORY), signer: MALLORY.device, ...one });
    return isForged ? { ...made, signature: flip(made.signature, 3) } : made;
  });
  return body(signed);
}

/** A body of statements that are none. */
function stated(...bytes: readonly Buffer[]): Buffer {
  return body(bytes.map((one) => ({ bytes: one, signature: bytesOf(64, 5) })));
}

function body(signed: readonly { readonly bytes: Buffer; readonly signature: Buffer }[]): Buffer {
  return cborMap([
    [1, cborList(signed.map(({ bytes, signature }) => cborList([cborBytes(bytes), cborBytes(signature)])))],
  ]);
}

function chain(count: number): Buffer[] {
  const made: { readonly bytes: Buffer; readonly signature: Buffer }[] = [];
  let prev: readonly Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const said = { topic: GARDEN_ID, card: card(MALLORY), signer: MALLORY.device, prev, kind: 5, fields: cborMap([]) };
    const one = statement({ ...said, time: i + 1 });
    made.push(one);
    prev = [wireStatementId(one.bytes)];
  }
  return Array.from({ length: count / 50 }, (_, i) => body(made.slice(i * 50, i * 50 + 50)));
}

function noisy(parents: readonly Buffer[], seed: number): Buffer {
  const links = parents.map((id) => linkItem(id));
  return epochFields({ epoch: sha256(`noise ${seed}`), controlLinks: links, dataLinks: links });
}

function misleading(): Buffer {
  const sealedLink = link(CHILD.control, PARENT.id, bytesOf(32, 3));
  const item = cborList([cborBytes(PARENT.id), cborBytes(sealedLink)]);
  return epochFields({ epoch: CHILD.id, controlLinks: [item] });
}

function shared(epochs: readonly Buffer[], devices: readonly Buffer[]): Buffer {
  const to = cborList(devices.map((id) => toItem(id, 2 ** 32 - 1)));
  return cborMap([[3, cborList([cborList(epochs.map((id) => cborBytes(id))), to, cborInt(0)])]]);
}

function needed(count: number): Buffer {
  const some = cborList(ids(count).map((id) => cborBytes(id)));
  const pairs = cborList(ids(count).map((id) => cborList([cborBytes(id), cborInt(65_535)])));
  return cborMap([
    [
      4,
      cborMap([
        [1, pairs],
        [2, some],
        [3, some],
      ]),
    ],
  ]);
}

function listOf(person: typeof MALLORY, removed: readonly Buffer[] = []): ReturnType<typeof deviceList> {
  const current = [[person.device, 'desk']] as const;
  return deviceList({ authority: firstAuthority(person), founding: person.founding, current, removed });
}

// letters

function joining(name: string, exit: number, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['topic', 'join', formatLetter(content())], exit }] };
}

function sealing(name: string, content: () => Buffer, lies: AgeLies = {}): HostileCase {
  return joining(name, BAD, () => sealed(content(), lies));
}

function sealed(content: Buffer, lies: AgeLies = {}): Buffer {
  return sealedBy('letter', [KEPT.recipient], content, lies);
}

/** A letter of Mallory's for Eve, honest but for what is given. */
function letter(
  lies: {
    readonly replace?: Readonly<Record<number, Buffer>>;
    readonly extra?: Pairs;
    readonly signer?: typeof MALLORY.device;
  } = {},
): Buffer {
  const honest: Pairs = [
    [1, cborBytes(GARDEN)],
    [2, cborList([keyItem()])],
    [3, cborList([])],
    [4, cborBytes(card(MALLORY))],
    [5, cborList([])],
    [6, cborBytes(EVE.id)],
    [7, cborList([])],
    [9, cborInt(Math.floor(WIRE_TIME / (24 * HOUR)))],
  ];
  const pairs = [...honest, ...(lies.extra ?? [])].map(
    ([key, value]) => [key, lies.replace?.[key as number] ?? value] as const,
  );
  const signature = wireSign(lies.signer ?? MALLORY.device, WIRE_DOMAINS.letter, cborMap(pairs));
  return cborMap([...pairs, [8, cborBytes(signature)]]);
}

function keyItem(): Buffer {
  return cborList([CHILD.id, CHILD.control, CHILD.data].map((part) => cborBytes(part)));
}

function signedItem(bytes: Buffer): Buffer {
  return cborList([cborBytes(bytes), cborBytes(bytesOf(64, 7))]);
}

/** Ids that ascend. */
function ids(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => join(bytesOf(30, 0x11), u16(i)));
}

function crowd(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => wireIdentity(`crowd ${i}`).recipient);
}

function many<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}
