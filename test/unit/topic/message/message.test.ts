import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cbor, encodeCbor } from '../../../../src/format/cbor/cbor.js';
import type { Digest, EntryId, LogId } from '../../../../src/format/ids.js';
import { BLOB_MAX } from '../../../../src/format/limits.js';
import { decodeMessage, encodeMessage, type Message, textOf } from '../../../../src/topic/message/message.js';
import { readClock } from '../../../../src/topic/message/message-clock.js';

const LIMIT = 2 ** 48;
const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
const dep = fc.record({
  log: id.map((hex) => hex as LogId),
  seq: fc.integer({ min: 0, max: LIMIT - 1 }),
  id: id.map((hex) => hex as EntryId),
});
const stamp = fc
  .tuple(
    fc.integer({ min: LIMIT - Number.MAX_SAFE_INTEGER, max: LIMIT }),
    fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: LIMIT - 1 })),
  )
  .map(([time, clock]) => ({ time: Math.min(time, clock), clock }));
const message: fc.Arbitrary<Message> = fc
  .record({
    stamp,
    type: fc.constantFrom('text', 'ack', 'retract', 'of-a-later-version'),
    deps: fc.array(dep, { maxLength: 16 }),
    options: fc.record(
      {
        body: fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant(new Map([[1, 'x']]))),
        attachments: fc.array(
          fc.record({
            root: id.map((hex) => hex as Digest),
            size: fc.integer({ min: 0, max: BLOB_MAX }),
            name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
            mediaType: fc.constantFrom('', 'image/jpeg'),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        salt: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
        key: fc.string({ minLength: 1, maxLength: 256 }),
      },
      { requiredKeys: [] },
    ),
    replies: fc.boolean(),
  })
  .map(({ stamp: { time, clock }, type, deps, options, replies }) => ({
    time,
    clock,
    type,
    deps,
    ...options,
    // the body of a text is text
    ...(type === 'text' && options.body !== undefined && { body: 'a text' }),
    ...(replies && deps.length > 0 && { reply: deps.length - 1 }),
  }));

function map(entries: readonly (readonly [number, Cbor])[]): Buffer {
  return encodeCbor(new Map<number, Cbor>([[1, 1_000], [2, 0], ...entries]));
}

describe('a message', () => {
  it('comes back as it was written', () => {
    fc.assert(
      fc.property(message, (original) => void expect(decodeMessage(encodeMessage(original))).toEqual(original)),
    );
  });

  it('is small when it says little', () => {
    const payload = encodeMessage({
      time: 1_700_000_000_000,
      clock: 1_700_000_000_000,
      type: 'text',
      body: 'hi',
      deps: [],
    });
    expect(payload.toString('hex')).toBe('a3011b0000018bcfe568000200046268 69'.replace(' ', ''));
  });

  it('stays as it is when another is written', () => {
    const first = encodeMessage({ time: 1, clock: 1, type: 'text', body: 'first', deps: [] });
    encodeMessage({ time: 2, clock: 2, type: 'text', body: 'other', deps: [] });
    expect(decodeMessage(first)?.body).toBe('first');
  });

  it('refuses to be larger than an entry', () => {
    const long = { time: 1, clock: 1, type: 'text', body: 'x'.repeat(65_536), deps: [] };
    expect(() => encodeMessage(long)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it('has no way to say a clock behind its time', () => {
    expect(decodeMessage(encodeMessage({ time: 2, clock: 1, type: 'text', deps: [] }))?.clock).toBe(2);
  });

  it('is text only when it says so', () => {
    expect(textOf({ time: 1, clock: 1, type: 'text', body: 'hi', deps: [] })).toBe('hi');
    expect(textOf({ time: 1, clock: 1, type: 'poll', body: 'hi', deps: [] })).toBeUndefined();
    expect(textOf({ time: 1, clock: 1, type: 'text', body: 7, deps: [] })).toBeUndefined();
  });

  it.each<[string, Buffer]>([
    ['empty', Buffer.alloc(0)],
    ['not a map', encodeCbor([1, 2])],
    [
      'without a clock',
      encodeCbor(
        new Map([
          [1, 5],
          [3, 6],
        ]),
      ),
    ],
    [
      'with a negative lead',
      encodeCbor(
        new Map([
          [1, 5],
          [2, -1],
        ]),
      ),
    ],
    [
      'with something before the time',
      encodeCbor(
        new Map([
          [0, 1],
          [1, 5],
          [2, 0],
        ]),
      ),
    ],
    ['with bytes behind it', Buffer.concat([map([]), Buffer.alloc(1)])],
    ['not in shortest form', Buffer.from('a2011800 0200'.replace(' ', ''), 'hex')],
    ['with a type that is no text', map([[3, 7]])],
    ['with deps that are no list', map([[5, 7]])],
    ['with a dep of two fields', map([[5, [[Buffer.alloc(32), 1]]]])],
    ['with a short log id', map([[5, [[Buffer.alloc(31), 1, Buffer.alloc(32)]]]])],
    ['with a seq out of range', map([[5, [[Buffer.alloc(32), LIMIT, Buffer.alloc(32)]]]])],
    ['with 17 deps', map([[5, Array.from({ length: 17 }, () => [Buffer.alloc(32), 1, Buffer.alloc(32)])]])],
    ['replying to a dep it does not cite', map([[6, 0]])],
    ['with a short salt', map([[8, Buffer.alloc(15)]])],
    ['with a key that is too long', map([[9, 'x'.repeat(257)]])],
  ])('that is %s is unreadable', (_, payload) => {
    expect(decodeMessage(payload)).toBeUndefined();
  });

  it('may carry fields of a later version', () => {
    expect(
      decodeMessage(
        map([
          [4, 'hi'],
          [20, 'later'],
        ]),
      ),
    ).toEqual({ time: 1_000, clock: 1_000, type: 'text', body: 'hi', deps: [] });
  });

  it('never throws on rubbish', () => {
    const rubbish = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
    const looksRight = rubbish.map((bytes) => Buffer.concat([map([]).subarray(0, 5), bytes]));
    fc.assert(
      fc.property(fc.oneof(rubbish, looksRight), (payload) => {
        decodeMessage(payload);
        readClock(payload);
      }),
    );
  });
});

/** Reads the integer at `at` in whatever form, as the generic rules of CBOR have it. */
function readItem(bytes: Buffer, at: number): { value: bigint; end: number } | undefined {
  const head = bytes[at];
  if (head === undefined || head >>> 5 > 1) return undefined;
  const info = head & 0x1f;
  const size = info < 24 ? 0 : 2 ** (info - 24);
  if (info > 27 || at + 1 + size > bytes.length) return undefined;
  const argument = size === 0 ? BigInt(info) : BigInt(`0x${bytes.toString('hex', at + 1, at + 1 + size)}`);
  return { value: head >>> 5 === 1 ? -1n - argument : argument, end: at + 1 + size };
}

/** The rule for clocks by reading leniently and comparing with the one right encoding. */
function referenceClock(payload: Buffer): number | undefined {
  const time = readItem(payload, 2);
  const ahead = time && readItem(payload, time.end + 1);
  if (!time || !ahead || (payload[0] ?? 0) < 0xa2 || (payload[0] ?? 0) > 0xb7) return undefined;
  const isSafe = [time, ahead].every(
    ({ value }) => Number.isSafeInteger(Number(value)) && BigInt(Number(value)) === value,
  );
  if (!isSafe || ahead.value < 0n) return undefined;
  const parts = [
    payload.subarray(0, 1),
    Buffer.from([1]),
    encodeCbor(Number(time.value)),
    Buffer.from([2]),
    encodeCbor(Number(ahead.value)),
  ];
  const isExact = Buffer.concat(parts).equals(payload.subarray(0, ahead.end));
  const clock = time.value + ahead.value;
  return isExact && clock >= 0n && clock < 2n ** 48n ? Number(clock) : undefined;
}

describe('the clock of a payload', () => {
  it('is what the message says, when that is in range', () => {
    fc.assert(fc.property(message, (original) => void expect(readClock(encodeMessage(original))).toBe(original.clock)));
    const far = fc.integer({ min: LIMIT, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(far, (clock) => {
        expect(readClock(encodeMessage({ time: 5, clock, type: 'text', deps: [] }))).toBeUndefined();
      }),
    );
  });

  it('is there whatever follows, as long as its own bytes are whole', () => {
    const bytes = encodeMessage({
      time: 1_700_000_000_000,
      clock: 1_700_000_000_999,
      type: 'text',
      body: 'hi',
      deps: [],
    });
    const end = 2 + 9 + 1 + 3;
    for (let length = 0; length < bytes.length; length++) {
      const expected = length < end ? undefined : 1_700_000_000_999;
      expect(readClock(bytes.subarray(0, length))).toBe(expected);
      expect(readClock(Buffer.concat([bytes, bytes]), bytes.length, bytes.length + length)).toBe(expected);
    }
    expect(readClock(Buffer.concat([bytes.subarray(0, end), Buffer.from('ffff', 'hex')]))).toBe(1_700_000_000_999);
  });

  it('is read in shortest form only, at every size', () => {
    const sizes = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 47];
    for (const time of [...sizes, ...sizes.map((size) => -1 - size)]) {
      const payload = encodeMessage({ time, clock: Math.max(time, 0), type: 'text', deps: [] });
      expect(readClock(payload)).toBe(Math.max(time, 0));
    }
    for (const hex of [
      'a2011817020a',
      'a2011900ff0200',
      'a2011a0000ffff0200',
      'a2011b00000000ffffffff0200',
      'a201001817',
    ]) {
      expect(readClock(Buffer.from(hex, 'hex'))).toBeUndefined();
    }
  });

  it('agrees with a lenient reader that compares with the right encoding', () => {
    const head = fc.constantFrom(
      0x00,
      0x05,
      0x17,
      0x18,
      0x19,
      0x1a,
      0x1b,
      0x1c,
      0x1f,
      0x20,
      0x38,
      0x39,
      0x3a,
      0x3b,
      0x40,
      0xfa,
    );
    const argument = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes));
    const small = fc.nat(40).map((n) => Buffer.from([0, 0, 0, 0, 0, 0, 0, n]));
    const item = fc.tuple(head, fc.oneof(argument, small)).map(([first, bytes]) => {
      const size = (first & 0x1f) < 24 ? 0 : Math.min(8, 2 ** ((first & 0x1f) - 24));
      return Buffer.concat([Buffer.from([first]), bytes.subarray(0, size)]);
    });
    const map = fc.constantFrom(0xa0, 0xa1, 0xa2, 0xa3, 0xb7, 0xb8, 0x82);
    const built = fc
      .tuple(map, fc.constantFrom(1, 1, 1, 0), item, fc.constantFrom(2, 2, 2, 3), item)
      .map(([first, one, time, two, ahead]) =>
        Buffer.concat([Buffer.from([first, one]), time, Buffer.from([two]), ahead]),
      );
    const mutated = fc.tuple(message, fc.nat(24), fc.nat(255)).map(([original, at, byte]) => {
      const bytes = Buffer.from(encodeMessage(original));
      bytes[at] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(built, mutated), (payload) => {
        const expected =
          payload[1] === 1 && payload[readItem(payload, 2)?.end ?? 0] === 2 ? referenceClock(payload) : undefined;
        expect(readClock(payload)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
