// Vectors of requests, of the words that two screens show alike, and of welcomes (spec/devices.md).
import { scryptSync } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { ADA_2, BOB } from './cast.js';
import type { BytesVector, Outcome, Vector } from './vector.js';
import { bytesOf, flip, join, sha256, WIRE_DOMAINS } from './wire.js';
import { card } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, cborText, type Pairs } from './wire-cbor.js';
import {
  authorityCard,
  certificate,
  deviceList,
  firstAuthority,
  LAPTOP,
  PHONE,
  provenAuthority,
  type RequestLies,
  request,
  type WireList,
} from './wire-device.js';
import { CHILD, PARENT } from './wire-private.js';

/** A request, as text, and what it says. */
export interface RequestVector extends Vector {
  readonly text: string;
  readonly code: Outcome;
  readonly device?: string;
  readonly recipient?: string;
  readonly label?: string;
}

/** A request, what answers it, and the words of both. */
export interface PairingVector extends Vector {
  readonly request: string;
  readonly list: readonly [map: string, signature: string];
  readonly requestWords: string;
  readonly welcomeWords: string;
}

/** What a welcome holds before it is sealed. */
export interface WelcomeVector extends BytesVector {
  /** For each contact: person, petname, flags. */
  readonly contacts?: readonly (readonly [person: string, petname: string, flags: number])[];
  /** For each open topic: id, label, kind; the current one's id. */
  readonly topics?: readonly (readonly [topic: string, label: string, kind: string])[];
  readonly current?: string;
  /** For each private topic: create statement, epochs with D and without, statements, logs. */
  readonly privateTopics?: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    readonly string[],
    readonly string[],
  ])[];
  readonly backup?: string;
}

const DESK = ADA_2.device;
const PREFIX = 'satchelrequest1:';

/** Requests. */
export function requestVectors(): RequestVector[] {
  const whole = request(LAPTOP);
  const text = PREFIX + whole.toString('base64url');
  const bad = (name: string, comment: string, given: string): RequestVector => ({
    name: `request-${name}`,
    comment,
    text: given,
    code: 'bad-request',
  });
  const lied = (name: string, comment: string, lies: RequestLies): RequestVector =>
    bad(name, comment, PREFIX + request(LAPTOP, lies).toString('base64url'));
  return [
    requestOf('plain', 'a label of 6 bytes', {}),
    requestOf('longest', '162 bytes', { label: 'x'.repeat(32) }),
    requestOf('shortest', '131 bytes', { label: 'x' }),
    { ...requestOf('amid', 'amid other text', {}), text: `Here it is:\n${text}\nSee you` },
    bad('none', 'no request', 'hello'),
    bad('prefix-only', 'the prefix and nothing else', PREFIX),
    bad('newer', 'the prefix of a later version', text.replace('request1', 'request2')),
    bad('cut-off', 'the last byte is missing', PREFIX + whole.subarray(0, -1).toString('base64url')),
    bad('one-byte-more', 'one byte behind the signature', PREFIX + join(whole, '\0').toString('base64url')),
    bad('spare-bits', 'bits to spare in the last letter', `${text.slice(0, -1)}${letterAfter(text.at(-1) ?? '')}`),
    bad('rotten', 'one bit of the recipient', PREFIX + flip(whole, 40).toString('base64url')),
    lied('version-2', 'signed, but of an unknown version', { version: 2 }),
    lied('label-empty', 'a label of no bytes', { label: '' }),
    lied('label-33', 'a label of 33 bytes', { label: 'x'.repeat(33) }),
    lied('label-length', 'a label length of one more', { labelLength: 7 }),
    lied('label-not-utf8', 'bytes that are no text', { label: Buffer.of(0xc3, 0x28) }),
    lied('label-escape', 'a label that is no name', { label: '\u001b[31m' }),
    lied('other-signer', 'signed by another device', { signer: PHONE }),
    lied('foreign-domain', 'signed as a card', { domain: WIRE_DOMAINS.card }),
  ];
}

/** The next letter of base64url: with four bits to spare, another text of the same bytes. */
function letterAfter(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}

/** Words that are compared. */
export function pairingVectors(): PairingVector[] {
  const both: WireList = {
    version: 2,
    current: [
      [DESK, 'desk'],
      [LAPTOP, 'laptop'],
    ],
  };
  const second = provenAuthority(PHONE, 2);
  const later: WireList = {
    authority: second,
    current: [
      [PHONE, 'phone'],
      [LAPTOP, 'laptop'],
    ],
  };
  return [
    pairing('first', 'without a proof', request(LAPTOP), both),
    pairing('relabelled', 'another label, other words', request(LAPTOP, { label: 'desktop' }), both),
    pairing('another-list', 'the same request, another list', request(LAPTOP), { ...both, version: 3 }),
    pairing('later', 'the proof of a later generation is compared too', request(LAPTOP), later),
  ];
}

/** Welcomes. */
export function welcomeVectors(): WelcomeVector[] {
  const second = provenAuthority(PHONE, 2);
  const later = welcome({
    list: {
      authority: second,
      current: [
        [PHONE, 'a'],
        [LAPTOP, 'b'],
      ],
    },
    card: authorityCard(second),
  });
  const ben = [cborBytes(card(BOB)), cborText('Ben'), cborInt(3)] as const;
  const former = [ben[0], ben[1], cborInt(11)];
  const bad = (name: string, comment: string, bytes: Buffer): WelcomeVector => ({
    name: `welcome-${name}`,
    comment,
    bytes: bytes.toString('hex'),
    code: 'bad-request',
  });
  const found = [[BOB.id.toString('hex'), 'Ben', 3]] as const;
  const lied = (name: string, comment: string, lies: WelcomeLies): WelcomeVector => bad(name, comment, welcome(lies));
  const [first, ...others] = WELCOMED.map(([id, label], kind) => topicItem(id, label, kind));
  if (!first) throw new Error('no topic');
  const open: Pairs = [
    [6, cborList([first, ...others])],
    [7, cborBytes(GARDEN)],
  ];
  const said = WELCOMED.map(([id, label, kind]) => [id.toString('hex'), label, kind] as const);
  const openTopics = { topics: said, current: GARDEN.toString('hex') };
  const oneTopic = { code: 'ok' as const, contacts: [], topics: said.slice(0, 1) };
  const backup = { code: 'ok' as const, contacts: [], backup: GARDEN.toString('hex') };
  const topic = (item: Buffer): WelcomeLies => ({ extra: [[6, cborList([item])]] });
  return [
    { ...bad('plain', 'no contacts', welcome()), code: 'ok', contacts: [] },
    { ...bad('contact', 'a confirmed contact', welcome({ contacts: [cborList(ben)] })), code: 'ok', contacts: found },
    {
      ...bad('contact-former', 'a confirmed contact that began anew', welcome({ contacts: [cborList(former)] })),
      code: 'ok',
      contacts: [[found[0][0], 'Ben', 11]],
    },
    { ...bad('later', 'of a later generation', later), code: 'ok', contacts: [] },
    { ...bad('later-key', 'a key that is not known', welcome({ extra: [[9, cborInt(1)]] })), code: 'ok', contacts: [] },
    { ...bad('topics', 'three open topics', welcome({ extra: open })), code: 'ok', contacts: [], ...openTopics },
    { ...bad('topic', 'a topic, and none is current', welcome({ extra: [[6, cborList([first])]] })), ...oneTopic },
    { ...bad('backup', 'what backups are sealed to', welcome({ extra: [[8, cborBytes(GARDEN)]] })), ...backup },
    {
      ...bad('private', 'a private topic', welcome({ privateTopics: [privateTopic()] })),
      code: 'ok',
      contacts: [],
      privateTopics: [toldTopic],
    },
    bad('empty', 'no bytes', Buffer.alloc(0)),
    bad('list', 'no map', cborList([])),
    bad('cut-off', 'the last byte is missing', welcome().subarray(0, -1)),
    lied('critical-key', 'a key below zero', { extra: [[-1, cborInt(1)]] }),
    ...[1, 2, 3, 4, 5].map((key) => lied(`without-${key}`, `without key ${key}`, { omit: [key] })),
    lied('list-other-signer', 'the list is not signed by its authority', { list: { signer: LAPTOP } }),
    lied('card-rotten', 'the card is none', { card: flip(card(ADA_2), -1) }),
    lied('contact-card', 'the card of a contact is none', {
      contacts: [cborList([cborBytes(Buffer.alloc(3)), ben[1], ben[2]])],
    }),
    lied('contact-petname', 'a petname that is none', { contacts: [cborList([ben[0], cborText('a\nb'), ben[2]])] }),
    lied('contact-two', 'a contact of two items', { contacts: [cborList([ben[0], ben[1]])] }),
    lied('contact-flags', 'flags below zero', { contacts: [cborList([ben[0], ben[1], cborInt(-1)])] }),
    lied('backup-short', '31 bytes for backups', { extra: [[8, cborBytes(GARDEN.subarray(1))]] }),
    lied('topics-none', 'topics that are no list', { extra: [[6, cborInt(0)]] }),
    lied('topic-id', 'a topic id of 31 bytes', topic(topicItem(GARDEN.subarray(1), 'garden', 0))),
    lied('topic-label', 'a label that is none', topic(topicItem(GARDEN, 'a\nb', 0))),
    lied('topic-kind', 'a topic of an unknown kind', topic(topicItem(GARDEN, 'garden', 3))),
    lied('topic-two', 'a topic of two items', topic(cborList([cborBytes(GARDEN), cborText('garden')]))),
    lied('private-statement', 'a create statement that is no bytes', {
      privateTopics: [privateTopic({ first: cborInt(1) })],
    }),
    lied('private-unfit', 'keys of another epoch', { privateTopics: [privateTopic({ id: PARENT.id })] }),
    lied('private-log', 'a log id of 31 bytes', { privateTopics: [privateTopic({ log: GARDEN.subarray(1) })] }),
    lied('current-other', 'a current topic that is none of them', { extra: [[7, cborBytes(GARDEN)]] }),
  ];
}

const GARDEN = sha256('garden');
const WELCOMED = [
  [GARDEN, 'garden', 'rendezvous'],
  [sha256('orchard'), 'orchard', 'created'],
  [sha256('pond'), 'pond', 'seen'],
] as const;

function topicItem(id: Buffer, label: string, kind: number): Buffer {
  return cborList([cborBytes(id), cborText(label), cborInt(kind)]);
}

/** How a private topic differs from what it should be. */
interface TopicLies {
  readonly first?: Buffer;
  readonly id?: Buffer;
  readonly log?: Buffer;
}

const STATEMENT = Buffer.from('a create statement');

function privateTopic({ first, id = CHILD.id, log = GARDEN }: TopicLies = {}): Buffer {
  const items = [
    first ?? cborBytes(STATEMENT),
    cborList([cborList([id, CHILD.control, CHILD.data].map((one) => cborBytes(one)))]),
    cborList([cborList([PARENT.id, PARENT.control, sha256(PARENT.data)].map((one) => cborBytes(one)))]),
    cborList([cborList([cborBytes(Buffer.from('said')), cborBytes(bytesOf(64, 7))])]),
    cborList([cborBytes(log)]),
  ];
  return cborList(items);
}

const toldTopic = [
  STATEMENT.toString('hex'),
  [CHILD.id.toString('hex')],
  [PARENT.id.toString('hex')],
  [Buffer.from('said').toString('hex')],
  [GARDEN.toString('hex')],
] as const;

interface WelcomeLies {
  readonly privateTopics?: readonly Buffer[];
  readonly list?: WireList;
  readonly card?: Buffer;
  readonly contacts?: readonly Buffer[];
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
}

function welcome(lies: WelcomeLies = {}): Buffer {
  const list = {
    version: 2,
    current: [
      [DESK, 'desk'],
      [LAPTOP, 'laptop'],
    ] as const,
    ...lies.list,
  };
  const { map, signature } = deviceList(list);
  const pairs: [number | Buffer, Buffer][] = [
    [1, cborBytes(certificate(list.authority ?? firstAuthority(), LAPTOP))],
    [2, cborList([cborBytes(map), cborBytes(signature)])],
    [3, cborBytes(lies.card ?? card(ADA_2))],
    [4, cborList(lies.contacts ?? [])],
    [5, cborList(lies.privateTopics ?? [])],
  ];
  return cborMap([...pairs.filter(([key]) => !lies.omit?.includes(key as number)), ...(lies.extra ?? [])]);
}

function requestOf(name: string, comment: string, lies: RequestLies): RequestVector {
  const bytes = request(LAPTOP, lies);
  return {
    name: `request-${name}`,
    comment,
    text: PREFIX + bytes.toString('base64url'),
    code: 'ok',
    device: LAPTOP.id.toString('hex'),
    recipient: bytes.toString('hex', 33, 65),
    label: String(lies.label ?? 'laptop'),
  };
}

function pairing(name: string, comment: string, asked: Buffer, list: WireList): PairingVector {
  const { map, signature } = deviceList(list);
  const answer = join(asked, ADA_2.id, ADA_2.founding, list.authority?.proof ?? '', map);
  return {
    name: `pairing-${name}`,
    comment,
    request: asked.toString('hex'),
    list: [map.toString('hex'), signature.toString('hex')],
    requestWords: words(asked),
    welcomeWords: words(answer),
  };
}

/** 66 bits, 11 each, as one large number. */
function words(compared: Buffer): string {
  const digest = sha256('satchel/pairing/v1\0', compared);
  const drawn = scryptSync(digest, 'satchel/pairing', 32, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 27 });
  const bits = BigInt(`0x${drawn.toString('hex', 0, 9)}`) >> 6n;
  const numbers = [5n, 4n, 3n, 2n, 1n, 0n].map((place) => Number((bits >> (11n * place)) & 2047n));
  return numbers.map((number) => wordlist[number]).join(' ');
}
