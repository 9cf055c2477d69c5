// Vectors of letters before they are sealed, and of their text (spec/epochs.md, "Letters").
import { ADA_2, BOB } from './cast.js';
import { type Compact, compact } from './compact.js';
import type { Outcome, Vector } from './vector.js';
import { bytesOf, flip, join, sha256, u16, WIRE_DOMAINS, WIRE_TIME, type WireKey, wireSign } from './wire.js';
import { card } from './wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, type Pairs } from './wire-cbor.js';
import { CHILD, PARENT } from './wire-private.js';

/** A letter before it is sealed, and what becomes of it for somebody with that standing at that time. */
export interface LetterVector extends Vector {
  /** Absent: those of `letter-plain`. */
  readonly bytes?: Compact;
  /** The reader's person id, its clock in ms, and whether it owns the topic, is granted a role, or neither. */
  readonly person: string;
  readonly now: number;
  readonly standing: 'owner' | 'granted' | 'none';
  readonly code: Outcome;
  /** Ids of epochs with D and without, of logs, of heads; statements. */
  readonly reads?: { readonly [what: string]: readonly string[] };
}

/** A letter's text, and the file in it. */
export interface LetterTextVector extends Vector {
  readonly text: string;
  readonly code: Outcome;
  readonly file?: string;
}

const DAY_MS = 86_400_000;
const DAY = Math.floor(WIRE_TIME / DAY_MS);
const IDS = ['a', 'b'].map((name) => sha256(name)).sort(Buffer.compare);
const SAID = Buffer.from('said');

interface LetterLies {
  readonly replace?: Readonly<Record<number, Buffer>>;
  readonly omit?: readonly number[];
  readonly extra?: Pairs;
  readonly signer?: WireKey;
  readonly domain?: string;
  /** Put in behind the signature. */
  readonly later?: Pairs;
}

/** Letters. */
export function letterVectors(): LetterVector[] {
  const reads = {
    whole: [CHILD.id.toString('hex')],
    control: [] as string[],
    logs: IDS.map((id) => id.toString('hex')),
    heads: IDS.slice(1).map((id) => id.toString('hex')),
    statements: [SAID.toString('hex')],
  };
  const of = (name: string, comment: string, lies: LetterLies, more: Partial<LetterVector> = {}): LetterVector => ({
    name: `letter-${name}`,
    comment,
    ...((name === 'plain' || Object.keys(lies).length > 0) && { bytes: counted(letter(lies)) }),
    person: BOB.id.toString('hex'),
    now: WIRE_TIME,
    standing: 'granted',
    code: 'bad-letter',
    ...more,
  });
  const good = (name: string, comment: string, lies: LetterLies = {}, more: Partial<LetterVector> = {}): LetterVector =>
    of(name, comment, lies, { code: 'ok', reads, ...more });
  const put = (key: number, value: Buffer): LetterLies => ({ replace: { [key]: value } });
  const control = keys([PARENT.id, PARENT.control, sha256(PARENT.data)]);
  const many = (count: number): Buffer =>
    cborList(Array.from({ length: count }, (_, i) => cborBytes(join(COMMON, u16(i)))));
  const repeated = (count: number, item: Buffer): Buffer => cborList(Array.from({ length: count }, () => item));
  const unfit = keys([PARENT.id, CHILD.control, CHILD.data], [CHILD.id, CHILD.control, CHILD.data]);
  return [
    good('plain', 'one epoch, two logs, a head, a grant'),
    good('owner', 'for an owner, without a grant', put(5, cborList([])), {
      standing: 'owner',
      reads: { ...reads, statements: [] },
    }),
    good(
      'control',
      'C alone of another epoch',
      { extra: [[10, control]] },
      { reads: { ...reads, control: [PARENT.id.toString('hex')] } },
    ),
    good('unfit', 'an epoch that does not fit counts for nothing', put(2, unfit)),
    good('no-epochs', 'without keys', put(2, cborList([])), { reads: { ...reads, whole: [] } }),
    good('last-day', 'on the 400th day', {}, { now: WIRE_TIME + 400 * DAY_MS }),
    good('clock-behind', 'made a year ahead of the reader\u2019s clock', {}, { now: WIRE_TIME - 365 * DAY_MS }),
    of('too-old', 'on the 401st day', {}, { now: WIRE_TIME + 401 * DAY_MS }),
    of('other-person', 'for somebody else', {}, { person: ADA_2.id.toString('hex') }),
    of('no-grant', 'neither owner nor granted', {}, { standing: 'none' }),
    of('critical-key', 'a key below zero', { extra: [[-1, cborInt(1)]] }),
    ...[8, 9].map((key) => of(`without-${key}`, `without key ${key}`, { omit: [key] })),
    of('other-signer', 'signed by another device', { signer: BOB.device }),
    of('foreign-domain', 'signed as a request', { domain: WIRE_DOMAINS.request }),
    of('added', 'a key that was not signed', { later: [[11, cborInt(1)]] }),
    of('card-rotten', 'the card is none', put(4, cborBytes(flip(card(ADA_2), -1)))),
    of('logs-descending', 'logs that descend', put(3, cborList([...IDS].reverse().map((id) => cborBytes(id))))),
    of('logs-65', '65 logs', put(3, many(65))),
    of('statements-33', '33 statements', put(5, repeated(33, signedItem(SAID)))),
    of('epochs-65', '65 epochs', put(2, repeated(65, keyItem([CHILD.id, CHILD.control, CHILD.data])))),
  ];
}

/** Texts; the file in them is for the reader to open. */
export function letterTextVectors(): LetterTextVector[] {
  const file = Buffer.from('a sealed file, for all that');
  const text = `satchelletter1:${file.toString('base64url')}`;
  const good = (name: string, comment: string, given: string): LetterTextVector => ({
    name: `letter-text-${name}`,
    comment,
    text: given,
    code: 'ok',
    file: file.toString('hex'),
  });
  const bad = (name: string, comment: string, given: string): LetterTextVector => ({
    name: `letter-text-${name}`,
    comment,
    text: given,
    code: 'bad-letter',
  });
  return [
    good('plain', 'alone', text),
    good('amid', 'amid other text', `Come in:\n${text}\nSee you`),
    bad('none', 'no letter', 'hello'),
    bad('prefix-only', 'the prefix and nothing else', 'satchelletter1:'),
    bad('newer', 'the prefix of a later version', text.replace('letter1', 'letter2')),
    bad('spare-bits', 'bits to spare in the last letter', 'satchelletter1:YR'),
    bad('one-letter', 'a letter too many', 'satchelletter1:YWJjd'),
  ];
}

/** Ids that are alike but for two bytes. */
const COMMON = bytesOf(30, 0x11);

/** The bytes, with what repeats or counts told shortly. */
function counted(bytes: Buffer): Compact {
  const before = cborBytes(bytesOf(32)).toString('hex', 0, 2) + COMMON.toString('hex');
  const hex = bytes.toString('hex');
  const at = hex.indexOf(`${before}0000`);
  if (at < 0) return compact(bytes);
  let countTo = 0;
  while (hex.startsWith(before + u16(countTo).toString('hex'), at + countTo * 68)) countTo += 1;
  return [hex.slice(0, at), { before, countTo, after: '' }, hex.slice(at + countTo * 68)];
}

function letter(lies: LetterLies = {}): Buffer {
  const honest: Pairs = [
    [1, cborBytes(Buffer.from('a create statement'))],
    [2, keys([CHILD.id, CHILD.control, CHILD.data])],
    [3, cborList(IDS.map((id) => cborBytes(id)))],
    [4, cborBytes(card(ADA_2))],
    [5, cborList([signedItem(SAID)])],
    [6, cborBytes(BOB.id)],
    [7, cborList(IDS.slice(1).map((id) => cborBytes(id)))],
    [9, cborInt(DAY)],
  ];
  const pairs = [...honest, ...(lies.extra ?? [])]
    .map(([key, value]) => [key, lies.replace?.[key as number] ?? value] as const)
    .filter(([key]) => !lies.omit?.includes(key as number));
  const signature = wireSign(lies.signer ?? ADA_2.device, lies.domain ?? WIRE_DOMAINS.letter, cborMap(pairs));
  const before = pairs.filter(([key]) => (key as number) < 8 && (key as number) >= 0);
  const behind = pairs.filter(([key]) => (key as number) > 8 || (key as number) < 0);
  const signed: Pairs = lies.omit?.includes(8) ? [] : [[8, cborBytes(signature)]];
  return cborMap([...before, ...signed, ...behind, ...(lies.later ?? [])]);
}

function signedItem(bytes: Buffer): Buffer {
  return cborList([cborBytes(bytes), cborBytes(bytesOf(64, 7))]);
}

function keys(...items: readonly (readonly Buffer[])[]): Buffer {
  return cborList(items.map(keyItem));
}

function keyItem(parts: readonly Buffer[]): Buffer {
  return cborList(parts.map((part) => cborBytes(part)));
}
