// What opens entries of veiled logs (spec/veiled.md, "Opening").
import { expect, it } from 'vitest';
import { encodeCbor } from '../../../../src/format/cbor/cbor.js';
import type { LogId, TopicId } from '../../../../src/format/ids.js';
import { entryKeys, sealEntry } from '../../../../src/format/private/entry-cipher.js';
import { SIV_KINDS } from '../../../../src/format/private/siv.js';
import { type EpochSecrets, Opener } from '../../../../src/topic/message/opener.js';

const LOG = 'a'.repeat(64) as LogId;
const TOPIC = 'b'.repeat(64) as TopicId;
const EPOCH = epoch(1);

function epoch(byte: number): EpochSecrets & { readonly data: Buffer } {
  return { id: `${byte}`.repeat(64), control: Buffer.alloc(32, 2 * byte), data: Buffer.alloc(32, 2 * byte + 1) };
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

it.each([
  [Number.MAX_SAFE_INTEGER, 0],
  [Number.MAX_SAFE_INTEGER - 4, 0],
  [Number.MIN_SAFE_INTEGER, 2 ** 52],
  [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
])('an entry at time %d with a lead of %d throws nothing', (time, ahead) => {
  const opened = new Opener(new Map([[TOPIC, [EPOCH]]])).open({ log: LOG, seq: 1 }, message(EPOCH, 1, { time, ahead }));
  expect(opened === 'unreadable' || Buffer.isBuffer(opened)).toBe(true);
});
