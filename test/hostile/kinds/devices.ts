// What brings devices of somebody: requests, welcomes, and device lists in person logs.
import { EXIT_OF_CODE, SatchelError } from '../../../src/format/error.js';
import { decodeDeviceList } from '../../../src/identity/device-list.js';
import { createRequest, decodeRequest, formatRequest, parseRequest } from '../../../src/identity/device-request.js';
import { fileKeysBy } from '../../../src/identity/file-keys.js';
import { openWelcome } from '../../../src/identity/join-device.js';
import { X25519Identity } from '../../../src/identity/x25519.js';
import { bytesOf, join, wireKey } from '../../testkit/wire.js';
import { type AgeLies, sealedBy } from '../../testkit/wire-age.js';
import { card, wirePerson2 } from '../../testkit/wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from '../../testkit/wire-cbor.js';
import {
  certificate,
  deviceList,
  firstAuthority,
  type RequestLies,
  request,
  type WireList,
} from '../../testkit/wire-device.js';
import { message } from '../../testkit/wire-message.js';
import { bundleRuns, FILE, type HostileCase, type Kind } from '../case.js';
import { given, judgeBundle, logOf, MALLORY, PERSON_TOPIC, WAITING } from '../cast.js';

const MIB = 1_048_576;
const BAD = EXIT_OF_CODE['bad-request'];
const ELSEWHERE = EXIT_OF_CODE.sealed;
const FALSE = EXIT_OF_CODE['not-authentic'];
const NEW = wireKey('a new device');
const EVE = wirePerson2('Eve');
const FIRST = firstAuthority(MALLORY);
const DESK = [[MALLORY.device, 'desk']] as const;
const ASKED = decodeRequest(
  createRequest(WAITING.device.seed, { recipient: WAITING.identity.recipient, label: WAITING.label }),
);
const KEYS = fileKeysBy([new X25519Identity(WAITING.identity.scalar)]);

/** What somebody else's device asks with. */
export const REQUEST: Kind = {
  name: 'request',
  place: 'case.request',
  judge: (content) => exitOfAll(() => parseRequest(content.toString('utf8'))),
  cases: [
    asked('an unknown version', { version: 9 }),
    asked('a label of no bytes', { label: '' }),
    asked('a label of 33 bytes', { label: 'x'.repeat(33) }),
    asked('a label longer than the request', { labelLength: 255 }),
    asked('a label that turns text around', { label: 'a\u202eb' }),
    asked('a label of no UTF-8', { label: bytesOf(9, 0xff) }),
    asked('signed by another device', { signer: wireKey('another') }),
    asking('no text at all', () => Buffer.alloc(0)),
    asking('the prefix alone', () => Buffer.from(formatRequest(Buffer.alloc(0)))),
    asking('cut off in its middle', () => Buffer.from(formatRequest(request(NEW)).slice(0, 90))),
    asking('60,000 letters', () => Buffer.from(formatRequest(bytesOf(45_000, 1)))),
    asking('4,000 times the prefix', () => Buffer.from('satchelrequest1:'.repeat(4_000))),
    asking('65,536 bytes that are no UTF-8', () => bytesOf(65_536, 0xff)),
    { ...asking('64 MiB of letters', () => Buffer.from(formatRequest(bytesOf(48 * MIB)))), isBig: true },
    { ...asking('64 MiB of zeros', () => bytesOf(64 * MIB)), isBig: true },
  ],
};

/** What a device that waits is answered with. */
export const WELCOME: Kind = {
  name: 'welcome',
  place: 'case.welcome',
  isWaiting: true,
  judge: (content) => exitOfAll(() => openWelcome('', content, { keys: KEYS, request: ASKED })),
  cases: [
    joining('no sealed file', BAD, () => bytesOf(1_000, 7)),
    joining('for another device', ELSEWHERE, () => sealedBy('other', [MALLORY.recipient], welcomed())),
    joining('a header and nothing behind it', BAD, () => sealed(welcomed()).subarray(0, 250)),
    sealing('a chunk that never ends', BAD, () => welcomed(), { last: false }),
    sealing('nothing', BAD, () => Buffer.alloc(0)),
    sealing('no map', BAD, () => bytesOf(60_000, 0x81)),
    sealing('a map of 2^64 - 1 pairs', BAD, () => Buffer.from('bbffffffffffffffff', 'hex')),
    sealing('a critical key', BAD, () => welcomed({ extra: [[cborInt(-1), cborInt(1)]] })),
    sealing('a certificate of 63 bytes', BAD, () => welcomed({ certificate: bytesOf(63) })),
    sealing('a list that nobody signed', BAD, () => welcomed({ list: { signer: wireKey('nobody') } })),
    sealing('a list that does not name the device', FALSE, () => welcomed({ list: { current: DESK } })),
    sealing('a certificate that nobody signed', FALSE, () => welcomed({ certificate: bytesOf(64, 3) })),
    sealing("somebody else's card", FALSE, () => welcomed({ card: card(EVE) })),
    sealing('a contact that is no card', BAD, () => welcomed({ contacts: cborList([contact(bytesOf(200, 2))]) })),
    sealing('contacts that are a number', BAD, () => welcomed({ contacts: cborInt(7) })),
    { ...sealing('100,000 contacts, of whom the last is none', BAD, () => crowd(100_000)), isBig: true },
    {
      ...joining('64 MiB of noise', BAD, () => join(sealed(welcomed()).subarray(0, 250), bytesOf(64 * MIB))),
      isBig: true,
    },
  ],
};

/** Device lists that a contact's person log brings: those that are none are carried, and say nothing. */
export const DEVICE_LIST: Kind = {
  name: 'device list',
  place: 'case.satchel',
  judge: judgeBundle,
  cases: [
    listed('that nobody signed', { signer: wireKey('nobody') }),
    listed("of somebody else's devices", { founding: EVE.founding }),
    listed('of a generation without a proof', { generation: 2 }),
    listed('of version 0', { version: 0 }),
    listed('without its authority', { current: [[NEW, 'new']] }),
    listed('of nobody', { current: [] }),
    listed('of 17 devices', { current: [...DESK, ...keys(16).map((key) => [key, 'one'] as const)] }),
    listed('that removes 65', { removed: keys(65) }),
    listed('that removes what is current', { removed: [MALLORY.device] }),
    listed('in no order', { removed: [bytesOf(32, 9), bytesOf(32, 3)], unsorted: true }),
    listed('with a label of 33 bytes', { current: [[MALLORY.device, 'x'.repeat(33)]] }),
    listed('with a label that is no text', { current: [[MALLORY.device, bytesOf(3, 0xff)]] }),
    listed('with a critical key', { extra: [[cborInt(-1), cborInt(0)]] }),
    listed('of 60,000 bytes', { extra: [[99, cborBytes(bytesOf(60_000))]] }),
    saying('no pair', cborBytes(bytesOf(10))),
    saying('lists within lists', bytesOf(60_000, 0x81)),
    { ...many('2,000 lists, each with a version of its own', 2_000), isBig: true },
  ],
};

function asked(name: string, lies: RequestLies): HostileCase {
  return asking(name, () => Buffer.from(formatRequest(request(NEW, lies))));
}

function asking(name: string, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['device', 'add', FILE, '--words', 'one two'], exit: BAD }] };
}

function joining(name: string, exit: number, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['device', 'join', FILE, '--words', 'one two'], exit }] };
}

function sealing(name: string, exit: number, content: () => Buffer, lies: AgeLies = {}): HostileCase {
  return joining(name, exit, () => sealed(content(), lies));
}

function sealed(content: Buffer, lies: AgeLies = {}): Buffer {
  return sealedBy('welcome', [WAITING.identity.recipient], content, lies);
}

/** A welcome of Mallory's, honest but for what is given. */
function welcomed(
  lies: {
    readonly certificate?: Buffer;
    readonly list?: WireList;
    readonly card?: Buffer;
    readonly contacts?: Buffer;
    readonly extra?: Pairs;
  } = {},
): Buffer {
  const both: WireList['current'] = [...DESK, [WAITING.device, 'laptop']];
  const { map, signature } = listOf({ current: both, ...lies.list });
  return cborMap([
    [1, cborBytes(lies.certificate ?? certificate(FIRST, WAITING.device, { person: MALLORY.id }))],
    [2, cborList([cborBytes(map), cborBytes(signature)])],
    [3, cborBytes(lies.card ?? card(MALLORY))],
    [4, lies.contacts ?? cborList([])],
    [5, cborList([])],
    ...(lies.extra ?? []),
  ]);
}

function contact(bytes: Buffer): Buffer {
  return cborList([cborBytes(bytes), cborText('Eve'), cborInt(1)]);
}

function crowd(count: number): Buffer {
  const eve = contact(card(EVE));
  const contacts = [...Array.from({ length: count }, () => eve), contact(bytesOf(9))];
  return welcomed({ contacts: cborList(contacts) });
}

function listOf(list: WireList): ReturnType<typeof deviceList> {
  return deviceList({ authority: FIRST, founding: MALLORY.founding, ...list });
}

/** A list that is to be ignored. */
function listed(name: string, lies: WireList): HostileCase {
  const list = { current: DESK, ...lies };
  const { map, signature } = listOf(list);
  if (decodeDeviceList(map, signature)) throw new Error(`the list ${name} is one`);
  return saying(name, bodyOf(list));
}

function bodyOf(list: WireList): Buffer {
  const { map, signature } = listOf(list);
  return cborList([cborBytes(map), cborBytes(signature)]);
}

function saying(name: string, ...bodies: readonly Buffer[]): HostileCase {
  const entries = bodies.map((body) => ({ payload: message({ type: 'devices', body }) }));
  const content = (): Buffer =>
    given({ segments: logOf(`devices: ${name}`, entries, { topic: PERSON_TOPIC, label: 'person' }) });
  const runs = [...bundleRuns(0), { args: ['contact', 'list'], exit: 0 }];
  return { name, content, runs, isTaken: true };
}

function many(name: string, count: number): HostileCase {
  return saying(name, ...Array.from({ length: count }, (_, i) => bodyOf({ current: DESK, version: i + 1 })));
}

function keys(count: number): Buffer[] {
  return Array.from({ length: count }, (_, i) => bytesOf(32, i + 100));
}

async function exitOfAll(work: () => unknown): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (error instanceof SatchelError) return EXIT_OF_CODE[error.code];
    throw error;
  }
}
