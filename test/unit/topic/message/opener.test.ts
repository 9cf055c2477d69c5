// What opens entries of veiled logs (spec/veiled.md, "Opening").
import { expect, it } from 'vitest';
import { encodeCbor } from '../../../../src/format/cbor/cbor.js';
import type { EpochId, LogId, TopicId } from '../../../../src/format/ids.js';
import { entryKeys, sealEntry } from '../../../../src/format/private/entry-cipher.js';
import type { EpochKeys } from '../../../../src/format/private/epoch.js';
import { SIV_KINDS } from '../../../../src/format/private/siv.js';
import type { LogsHere } from '../../../../src/repository/index/payload-notes.js';
import { Opener } from '../../../../src/topic/message/opener.js';
import { shuffled } from '../../../testkit/effort.js';

const LOG = 'a'.repeat(64) as LogId;
const TOPIC = 'b'.repeat(64) as TopicId;

function epoch(byte: number): EpochKeys & { readonly data: Buffer } {
  return {
    id: `${byte}`.repeat(64) as EpochId,
    control: Buffer.alloc(32, 2 * byte),
    data: Buffer.alloc(32, 2 * byte + 1),
  };
}

/** A message at `seq`, under these secrets. */
function message({ data }: { readonly data: Buffer }, seq: number, { n = 0, time = 0, ahead = 0 } = {}): Buffer {
  const item = new Map<number, number | string | Buffer>([
    [1, 5],
    [2, 7],
    [4, 'hi'],
    [8, Buffer.alloc(8, 5)],
  ]);
  const sealed = sealEntry(entryKeys(data, LOG), { kind: SIV_KINDS.message, n, seq }, item);
  return encodeCbor(
    new Map<number, number | (number | Buffer)[]>([
      [1, time],
      [2, ahead],
      [10, [n, sealed]],
    ]),
  );
}

/** A retraction at `seq`. */
function retraction({ control }: EpochKeys, seq: number, n: number): Buffer {
  const item = new Map<number, number | string>([
    [1, 5],
    [2, 7],
    [3, 'retract'],
  ]);
  const sealed = sealEntry(entryKeys(control, LOG), { kind: SIV_KINDS.control, n, seq }, item);
  return encodeCbor(
    new Map<number, number | (number | Buffer)[]>([
      [1, 0],
      [2, 0],
      [12, [n, sealed]],
    ]),
  );
}

/** An introduction under the control secret of an epoch; nobody judges who signed it. */
function introduction({ control }: EpochKeys, topic: TopicId): Buffer {
  const item = new Map<number, string | Buffer>([
    [1, Buffer.from(topic, 'hex')],
    [2, 'garden'],
    [3, Buffer.alloc(10)],
    [4, Buffer.alloc(64)],
  ]);
  const sealed = sealEntry(entryKeys(control, LOG), { kind: SIV_KINDS.introduction, n: 0, seq: 0 }, item);
  return encodeCbor(new Map([[12, [0, sealed]]]));
}

/** The log as the index has it. */
function here(topic: TopicId | undefined, payload: Buffer | undefined): LogsHere {
  return { log: () => ({ topic, veiled: false }), entry: () => payload && { payload } };
}

const OTHER = 'c'.repeat(64) as TopicId;
const ONE = epoch(1);
const TWO = epoch(2);
const FOREIGN = epoch(3);
const SECRETS = new Map([
  [OTHER, [FOREIGN]],
  [TOPIC, [TWO, ONE]],
]);
const told = (opened: Buffer | string): string => (typeof opened === 'string' ? opened : 'opened');

it('opens the same entries in whatever order they are asked for, and whatever was asked before', () => {
  const entries: [payload: Buffer, becomes: string][] = [
    [message(ONE, 1), 'opened'],
    // n = 0 is the epoch of the introduction, whatever else would open it
    [message(TWO, 2), 'unreadable'],
    [message(FOREIGN, 3), 'unreadable'],
    [message(TWO, 4, { n: 1 }), 'opened'],
    // the key of another topic opens nothing here
    [message(FOREIGN, 5, { n: 2 }), 'waiting'],
  ];
  for (let round = 0; round < 40; round++) {
    const opener = new Opener({ secrets: SECRETS }, here(TOPIC, introduction(ONE, TOPIC)));
    for (const [i, [payload, becomes]] of shuffled([...entries.entries()], `order ${round}`))
      expect(told(opener.open({ log: LOG, seq: i + 1 }, payload)), `entry ${i}, round ${round}`).toBe(becomes);
  }
});

it('opens what C alone opens behind any number of messages without D', () => {
  const { id, control } = TWO;
  const opener = new Opener(
    { secrets: new Map([[TOPIC, [{ id, control }, ONE]]]) },
    here(TOPIC, introduction(ONE, TOPIC)),
  );
  for (let seq = 1; seq < 40; seq++)
    expect(opener.open({ log: LOG, seq }, message(TWO, seq, { n: 1 }))).toBe('waiting');
  expect(told(opener.open({ log: LOG, seq: 40 }, retraction(TWO, 40, 1)))).toBe('opened');
});

it('tries every C that links tell of an epoch, and has an epoch only as long as what opened it is tried', () => {
  const { id, control } = TWO;
  const told = [
    { id, control: Buffer.alloc(32, 99) },
    { id, control },
  ];
  const secrets = new Map<TopicId, readonly EpochKeys[]>([[TOPIC, [ONE, ...told]]]);
  const opener = new Opener({ secrets }, here(TOPIC, introduction(ONE, TOPIC)));
  const under = (seq: number) => opener.epochUnder({ log: LOG, seq }, retraction(TWO, seq, 1));
  expect(under(1)).toBe(told[1]);
  expect(opener.open({ log: LOG, seq: 2 }, message(TWO, 2, { n: 1 }))).toBe('waiting');
  // what is proven comes, and is another C: then nothing of that epoch was opened
  secrets.set(TOPIC, [{ id, control: Buffer.alloc(32, 98), data: Buffer.alloc(32, 97) }, ONE]);
  expect(under(1)).toBeUndefined();
  secrets.set(TOPIC, [TWO, ONE]);
  expect(under(1)).toBe(TWO);
  expect(opener.open({ log: LOG, seq: 2 }, message(TWO, 2, { n: 1 }))).not.toBe('waiting');
});

it('opens nothing in a log that is not veiled, nor in one that has no place', () => {
  const ask = (logs: LogsHere) =>
    told(new Opener({ secrets: SECRETS }, logs).open({ log: LOG, seq: 1 }, message(ONE, 1)));
  const open = encodeCbor(new Map([[1, Buffer.alloc(32)]]));
  expect(ask(here(TOPIC, open))).toBe('unreadable');
  expect(ask(here(undefined, open))).toBe('unreadable');
  expect(ask(here(undefined, introduction(ONE, TOPIC)))).toBe('waiting');
  expect(ask(here(TOPIC, undefined))).toBe('opened');
});

it('tries nothing twice with the same keys, however often it is asked', () => {
  let looks = 0;
  const counted = ({ id, control, data }: ReturnType<typeof epoch>): EpochKeys => ({
    id,
    get control() {
      looks++;
      return control;
    },
    get data() {
      looks++;
      return data;
    },
  });
  const secrets = new Map([
    [OTHER, [counted(FOREIGN)]],
    [TOPIC, [counted(TWO), counted(ONE)]],
  ]);
  const placed = new Opener({ secrets }, here(TOPIC, introduction(ONE, TOPIC)));
  const unplaced = new Opener({ secrets }, here(undefined, undefined));
  const genuine = introduction(ONE, TOPIC);
  const foreign = introduction(epoch(4), TOPIC);
  const ask = (): number => {
    const before = looks;
    for (let n = 1; n < 200; n++)
      expect(placed.open({ log: LOG, seq: n }, message(FOREIGN, n, { n })), `number ${n}`).toBe('waiting');
    placed.placed(LOG, TOPIC, genuine);
    expect(unplaced.introduction(LOG, foreign)).toBeUndefined();
    return looks - before;
  };
  // of so many numbers alone, be there as many as there may
  expect(ask()).toBeLessThan(130 * 6);
  for (let call = 0; call < 10; call++) expect(ask()).toBe(0);
});

it.each([
  [Number.MAX_SAFE_INTEGER, 0],
  [Number.MAX_SAFE_INTEGER - 4, 0],
  [Number.MIN_SAFE_INTEGER, 2 ** 52],
  [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
])('an entry at time %d with a lead of %d throws nothing', (time, ahead) => {
  const opened = new Opener({ secrets: SECRETS }, here(TOPIC, introduction(ONE, TOPIC))).open(
    { log: LOG, seq: 1 },
    message(ONE, 1, { time, ahead }),
  );
  expect(opened === 'unreadable' || Buffer.isBuffer(opened)).toBe(true);
});
