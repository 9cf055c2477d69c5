// The stand-in for Buffer in a page answers as Node's does, to whatever this program asks.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrowserBuffer } from '../../../src/reader/node/buffer.js';
import { readSourceFiles } from '../../testkit/source-files.js';

type Both = [Buffer, BrowserBuffer];

const bytes = fc.uint8Array({ maxLength: 40 });
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
const index = fc.integer({ min: 0, max: 44 });
const encoding = fc.constantFrom('utf8', 'latin1', 'hex', 'base64', 'base64url');

/** What both make of it, which has to be the same: a value, bytes, or a refusal. */
function same(give: Uint8Array, ask: (buffer: Buffer) => unknown): void {
  const both = [Buffer.from(give), BrowserBuffer.from(give)] as unknown as Both;
  const [expected, found] = both.map((buffer) => plain(() => ask(buffer as Buffer)));
  expect(found).toEqual(expected);
  // and what it has done to the bytes
  expect([...both[1]]).toEqual([...both[0]]);
}

function plain(ask: () => unknown): unknown {
  try {
    const answer = ask();
    return answer instanceof Uint8Array ? [...answer] : answer;
  } catch (error) {
    return error instanceof RangeError ? 'out of range' : error;
  }
}

function always<T extends unknown[]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  check: (...values: T) => void,
): void {
  fc.assert(fc.property(...(arbitraries as unknown as [fc.Arbitrary<unknown>]), check as unknown as () => void), {
    numRuns: 300,
  });
}

describe('answers as Node does', () => {
  it('text of bytes, and of a part of them', () => {
    always<[Uint8Array, 'utf8', number, number]>(
      [bytes, encoding as fc.Arbitrary<'utf8'>, index, index],
      (give, how, start, end) => {
        same(give, (buffer) => buffer.toString(how));
        same(give, (buffer) => buffer.toString(how, start, end));
      },
    );
  });

  it('bytes of text', () => {
    always<[string, 'utf8']>([text, encoding as fc.Arbitrary<'utf8'>], (given, how: string) => {
      // what is beyond ASCII in digits Node takes for something else each time
      const letters = how === 'utf8' || how === 'latin1' ? given : given.replaceAll(/[^\x20-\x7e]/g, '/');
      const [expected, found] = [Buffer, BrowserBuffer].map((each) => [...each.from(letters, how as 'utf8')]);
      expect(found).toEqual(expected);
      expect(BrowserBuffer.byteLength(given)).toBe(Buffer.byteLength(given));
    });
  });

  it('text written into bytes, as far as there is room', () => {
    always<[Uint8Array, string, number, number]>([bytes, text, index, index], (give, given, at, length) => {
      if (at > give.length) return;
      same(give, (buffer) => buffer.write(given, at));
      same(give, (buffer) => buffer.write(given, at, 'latin1'));
      same(give, (buffer) => buffer.write(given, at, Math.min(length, give.length - at), 'latin1'));
    });
  });

  it('parts, which are the same memory', () => {
    const place = fc.integer({ min: -50, max: 50 });
    always<[Uint8Array, number, number]>([bytes, place, place], (give, start, end) => {
      same(give, (buffer) => buffer.subarray(start, end).fill(7));
      same(give, (buffer) => buffer.slice(start).fill(9));
    });
  });

  it('comparison and search', () => {
    always<[Uint8Array, Uint8Array, number, number]>(
      [bytes, fc.uint8Array({ maxLength: 3, max: 3 }), index, index],
      (give, other, a, b) => {
        const few = give.map((byte) => byte % 4);
        same(few, (buffer) => buffer.compare(other));
        same(few, (buffer) => buffer.equals(few));
        same(few, (buffer) => buffer.equals(other));
        if (other.length === 0) return;
        same(few, (buffer) => buffer.indexOf(other, a));
        same(few, (buffer) => buffer.includes(other[0] ?? 0, b));
        same(few, (buffer) => buffer.indexOf(Buffer.from(other).toString('latin1'), a));
        const [start, end] = [Math.min(a, b, few.length), Math.min(Math.max(a, b), few.length)] as const;
        same(few, (buffer) => buffer.compare(few, start, end, 0, Math.min(2, few.length)));
      },
    );
  });

  it('numbers, and no place outside', () => {
    const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    always<[Uint8Array, number, number, number]>(
      [bytes, index, fc.integer({ min: 1, max: 6 }), number],
      (give, at, size, value) => {
        same(give, (buffer) => buffer.readUIntBE(at, size));
        same(give, (buffer) => [buffer.readUInt8(at), buffer.readUInt16BE(at), buffer.readUInt32BE(at)]);
        same(give, (buffer) => buffer.readBigUInt64BE(at));
        same(give, (buffer) => buffer.writeUInt32BE(value, at));
        same(give, (buffer) => buffer.writeUInt16BE(value % 0x10000, at));
        same(give, (buffer) => buffer.writeUInt16LE(value % 0x10000, at));
        same(give, (buffer) => buffer.writeUInt8(value % 0x100, at));
        same(give, (buffer) => buffer.writeUIntBE(value * 0x10000, at, 6));
        same(give, (buffer) => buffer.writeBigUInt64BE(BigInt(value) * 0x1_0000_0001n, at));
      },
    );
  });

  it('what is joined, copied and turned', () => {
    always<[Uint8Array, Uint8Array, number, number]>([bytes, bytes, index, index], (give, other, a, b) => {
      const joined = [Buffer, BrowserBuffer].map((each) => [
        ...each.concat([give, other]),
        ...each.concat([give, other], a),
      ]);
      expect(joined[1]).toEqual(joined[0]);
      same(give, (buffer) => Buffer.from(other).copy(buffer, Math.min(a, give.length)));
      same(give, (buffer) => {
        const target = new Uint8Array(20);
        return [buffer.copy(target, Math.min(a, 20), Math.min(b, give.length)), ...target];
      });
      same(give.subarray(0, give.length & ~1), (buffer) => buffer.swap16());
      same(give, (buffer) => buffer.toString('utf16le'));
    });
  });
});

it('has whatever number the source reads or writes', () => {
  const used = new Set(
    [...readSourceFiles().values()].flatMap(
      (text) => text.match(/(?<=\.)(read|write)(Big)?U?Int(?!o)\w*(?=\()/g) ?? [],
    ),
  );
  expect(used.size).toBeGreaterThan(5);
  expect([...used].filter((name) => !(name in BrowserBuffer.prototype))).toEqual([]);
});
