// What stands inside entries that are valid: metadata, introductions, messages, acknowledgements. Nothing of it makes a
// log invalid, so it is carried, and must not trouble whoever reads it.
import { inspectBundle } from '../../../src/cli/report/inspect.js';
import { sourceOf } from '../../../src/format/source.js';
import { bytesOf, join, sha256, wireKey } from '../../testkit/wire.js';
import type { WireIntroduction } from '../../testkit/wire-card.js';
import { card } from '../../testkit/wire-card.js';
import {
  CBOR_TRUE,
  cborBytes,
  cborFloat,
  cborInt,
  cborList,
  cborMap,
  cborOpenMap,
  cborTag,
  cborText,
  type Pairs,
} from '../../testkit/wire-cbor.js';
import { ackBody, attachmentItem, HOUSEKEEPING, message } from '../../testkit/wire-message.js';
import { endOf, type WireEntry } from '../../testkit/wire-segment.js';
import { FILE, type HostileCase, type Kind } from '../case.js';
import { exitOf, given, logOf, MALLORY, TOPIC_NAME } from '../cast.js';

const MOST = 2n ** 53n - 1n;
const ID = sha256('some id');
const LOG = sha256('some log');
const PLACE = 'case.satchel';
/** Lists within lists, within the bytes of a payload. */
const DEEP = join(bytesOf(60_000, 0x81), cborInt(0));

/** An entry's clear metadata. */
export const META: Kind = {
  name: 'metadata',
  place: PLACE,
  judge: judgeInside,
  cases: [
    meta('expires on day 2^53 - 1', cborMap([[1, cborInt(MOST)]])),
    meta('expires on day 2^64 - 1', cborMap([[1, cborInt(2n ** 64n - 1n)]])),
    meta('expires on the last day of any calendar', cborMap([[1, cborInt(100_000_000)]])),
    meta('an attachment of 2^53 - 1 bytes', cborMap([[2, cborList([cborList([cborBytes(ID), cborInt(MOST)])])]])),
    meta(
      'as many attachments as find room',
      cborMap([[2, cborList(Array.from({ length: 12 }, () => cborList([cborBytes(ID), cborInt(9)])))]]),
    ),
    meta('retracts 2^47 entries', cborMap([[3, cborList([cborList([cborInt(1), cborInt(2 ** 47)])])]])),
    meta(
      'retracts in 160 ranges',
      cborMap([[3, cborList(Array.from({ length: 160 }, () => cborList([cborInt(1), cborInt(2)])))]]),
    ),
    meta('retracts its own entry', cborMap([[3, cborList([cborList([cborInt(1), cborInt(2)])])]])),
    meta(
      'retracts in a log of 2^47 entries',
      cborMap([[5, cborList([cborBytes(LOG), cborList([cborList([cborInt(1), cborInt(2 ** 47), cborBytes(ID)])])])]]),
    ),
    meta('512 lists within one another', join(bytesOf(511, 0x81), cborInt(0))),
    meta('a map of 2^64 - 1 pairs', Buffer.from('bbffffffffffffffff', 'hex')),
    meta('a list of 2^32 - 1 items', join(Buffer.from('a1029affffffff', 'hex'))),
    meta('text of 2^53 bytes', Buffer.from('a1017b0020000000000000', 'hex')),
    meta('a map that is never closed', join(Buffer.of(0xbf), bytesOf(500, 1))),
    meta('a tag of a tag of a tag', cborMap([[1, cborTag(1, cborTag(2, cborTag(3, cborInt(7))))]])),
    meta('a float for a day', cborMap([[1, cborFloat('7ff0000000000000')]])),
    meta(
      '200 keys that nobody knows',
      cborMap(Array.from({ length: 200 }, (_, i) => [i + 30, cborInt(i % 20)] as const)).subarray(0, 512),
    ),
    meta(
      'all at once',
      cborMap([
        [1, cborInt(0)],
        [3, cborList([cborList([cborInt(0), cborInt(99)])])],
        [4, CBOR_TRUE],
      ]),
    ),
  ],
};

/** Entry 0. */
export const INTRODUCTION: Kind = {
  name: 'introduction',
  place: PLACE,
  judge: judgeInside,
  cases: [
    introduced('no topic', { omit: [1] }),
    introduced('no card', { omit: [3] }),
    introduced('no signature', { omit: [4] }),
    introduced('a label of 64,000 bytes', { label: 'x'.repeat(64_000) }),
    introduced('a label that turns text around', { label: 'a\u202e\u001b[2Jb' }),
    introduced('a label of no UTF-8', { label: bytesOf(40, 0xff) }),
    introduced('a card of 60,000 bytes', { card: bytesOf(60_000, 1) }),
    introduced('a card whose name is longer than it', { card: card(MALLORY, { nameLength: 255 }) }),
    introduced('a name of control characters', { card: card(MALLORY, { name: '\u001b]0;x\u0007\u009b' }) }),
    introduced('a key of small order', { signature: join(Buffer.of(1), bytesOf(63)) }),
    introduced('continues a log at length 2^53 - 1', { after: [LOG, Number(MOST), ID] }),
    introduced('continues itself', { after: [wireKey('introduction: continues itself').id, 1, ID] }, 0),
    introduced('lists within one another to its end', { extra: [[9, DEEP]] }),
    introduced('10,000 fields that nobody knows', { extra: many(10_000) }, 0),
    introduced('a card of another device', { card: card({ ...MALLORY, device: wireKey('another') }) }),
  ],
};

/** The payload of a topic log. */
export const MESSAGE: Kind = {
  name: 'message',
  place: PLACE,
  judge: judgeInside,
  cases: [
    says('a time of 2^53 - 1', message({ time: Number(MOST), body: 'x' })),
    says('a time of -2^53 + 1', message({ time: -Number(MOST), body: 'x' })),
    says('a clock that is 2^53 - 1 ahead', message({ lead: Number(MOST), body: 'x' })),
    says('60,000 lists within one another', message({ body: DEEP })),
    says(
      '20,000 maps within one another',
      message({ body: join(...Array.from({ length: 20_000 }, () => Buffer.of(0xa1, 1)), cborInt(0)) }),
    ),
    says('a list of 60,000 numbers', message({ body: cborList(Array.from({ length: 60_000 }, () => cborInt(0))) })),
    says('a list of 2^32 - 1 items', message({ body: cborList([cborInt(0)], 2 ** 32 - 1) })),
    says('a map of 2^32 - 1 pairs', cborMap([[1, cborInt(0)]], { count: 2 ** 32 - 1 })),
    says('a map without an end', cborOpenMap([[1, cborInt(0)]])),
    says(
      '800 cited entries',
      message({ body: 'x', deps: Array.from({ length: 800 }, (_, i) => [LOG, i, ID] as const) }),
    ),
    says('cites an entry 2^53 - 1', message({ body: 'x', deps: [[LOG, Number(MOST), ID]] })),
    says(
      'cites itself by an entry to come',
      message({ body: 'x', deps: [[wireKey('message: cites itself by an entry to come').id, 1, 7]], reply: 0 }),
    ),
    says('replies to what it does not cite', message({ body: 'x', reply: Number(MOST) })),
    says(
      'a file of 2^53 - 1 bytes',
      message({ attachments: cborList([attachmentItem([ID, Number(MOST), '../../x\u0000', 'a/b'])]) }),
    ),
    says(
      '1,000 files',
      message({ attachments: cborList(Array.from({ length: 1_000 }, () => attachmentItem([ID, 1, 'x', 'a/b']))) }),
    ),
    says('64 KiB of marks over one letter', message({ body: `e${'\u0301'.repeat(32_000)}` })),
    says('64 KiB of control characters', message({ body: '\u001b[2J\u0007\u009b'.repeat(9_000) })),
    says('64 KiB of line feeds', message({ body: '\n'.repeat(65_000) })),
    says('a word of 64 KiB', message({ body: 'x'.repeat(65_000) })),
    says('64 KiB that join to one emoji', message({ body: '\u{1f468}\u200d'.repeat(9_300) })),
    says('a type of 60,000 bytes', message({ type: 'y'.repeat(60_000), body: 'x' })),
    says('10,000 fields that nobody knows', message({ body: 'x', extra: many(10_000) })),
    says('a salt of 60,000 bytes', message({ body: 'x', salt: bytesOf(60_000) })),
    says('64 KiB of nothing', bytesOf(65_536)),
  ],
};

/** Acknowledgements. */
export const ACK: Kind = {
  name: 'ack',
  place: PLACE,
  judge: judgeInside,
  cases: [
    acks('of 880 logs', ackBody(Array.from({ length: 880 }, (_, i) => [sha256(`${i}`), [[0, 1, ID]]] as const))),
    acks('in 1,400 ranges', ackBody([[LOG, Array.from({ length: 1_400 }, (_, i) => [2 * i, 2 * i + 1, ID] as const)]])),
    acks(
      'in ranges that overlap',
      ackBody([
        [
          LOG,
          [
            [0, 9, ID],
            [3, 12, ID],
          ],
        ],
      ]),
    ),
    acks(
      'in ranges that descend',
      ackBody([
        [
          LOG,
          [
            [5, 6, ID],
            [0, 1, ID],
          ],
        ],
      ]),
    ),
    acks('of 2^53 - 1 entries', ackBody([[LOG, [[0, Number(MOST), ID]]]])),
    acks('of an empty range', ackBody([[LOG, [[4, 4, ID]]]])),
    acks(
      'of a log twice',
      ackBody([
        [LOG, []],
        [LOG, []],
      ]),
    ),
    acks('of a log with a name of 31 bytes', ackBody([[LOG.subarray(1), []]])),
    acks('of itself', ackBody([[wireKey('ack: of itself').id, [[0, 2, ID]]]])),
    acks('as a list', cborList(Array.from({ length: 20_000 }, () => cborInt(1)))),
    acks('as 60,000 lists within one another', DEEP),
    acks('with a list of 2^32 - 1 logs', cborMap([[1, cborList([], 2 ** 32 - 1)]])),
    acks('with 10,000 fields that nobody knows', ackBody([], { extra: many(10_000) })),
    acks('that say they are full, of nothing', ackBody([], { full: true })),
    acks('that are text', cborText('x'.repeat(60_000))),
  ],
};

function meta(name: string, bytes: Buffer): HostileCase {
  return within(`metadata: ${name}`, [{ payload: message({ body: 'x' }), meta: bytes }]);
}

/** Nobody knows whose the log is unless the introduction is genuine: then it stays in the file. */
function introduced(name: string, lies: Partial<WireIntroduction>, imported = 3): HostileCase {
  return within(`introduction: ${name}`, [{ payload: message({ body: 'x' }) }], { lies, imported });
}

function says(name: string, payload: Buffer): HostileCase {
  return within(`message: ${name}`, [{ payload }]);
}

function acks(name: string, body: Buffer): HostileCase {
  return within(`ack: ${name}`, [{ payload: message({ type: 'ack', body }), meta: HOUSEKEEPING }]);
}

/** A log of Mallory's with these entries; its label is the name of the case. */
function within(
  name: string,
  entries: readonly WireEntry[],
  { lies = {}, imported = 0 }: { readonly lies?: Partial<WireIntroduction>; readonly imported?: number } = {},
): HostileCase {
  const segments = (): ReturnType<typeof logOf> => logOf(name, entries, lies);
  const content = (): Buffer => given({ segments: segments() });
  const id = (): string => endOf((segments().at(-1) as ReturnType<typeof logOf>[number]).run).toString('hex');
  return {
    name: name.replace(/^[a-z]+: /, ''),
    content,
    isTaken: true,
    runs: [
      { args: ['inspect', '--text', FILE], exit: 0 },
      { args: ['import', FILE], exit: imported },
      { args: ['read', '-t', TOPIC_NAME], exit: 0 },
      ...(imported === 0 ? [{ args: ['show', id()], exit: 0 }] : []),
    ],
  };
}

function many(count: number): Pairs {
  return Array.from({ length: count }, (_, i) => [i + 100, cborInt(0)] as const);
}

function judgeInside(content: Buffer): number {
  return exitOf(() => (inspectBundle(sourceOf(content), () => undefined).ok ? 0 : 3));
}
