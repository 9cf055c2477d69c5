// Serial lines (spec/stream.md, "Serial lines"): whatever becomes of the bytes, what is read is what was written, or its beginning.
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Line } from '../../../../src/sync/stream/line.js';
import { encodeLineFrame, LINE_FRAME, type LineFrame, LineReader } from '../../../../src/sync/stream/line-frame.js';
import type { StreamClock } from '../../../../src/sync/stream/stream-clock.js';
import { Chance } from '../../../testkit/chance.js';
import { byteByByte, duplexPair, type Way, type Ways } from '../../../testkit/pipes.js';
import { seedOf } from '../../../testkit/seed.js';

const seed = seedOf('STREAM_SEED');

describe('frames', () => {
  const frames = fc.record({
    session: fc.nat(0xffffffff),
    kind: fc.constantFrom(...Object.values(LINE_FRAME)),
    seq: fc.nat(0xffff),
    data: fc.uint8Array({ maxLength: 240 }).map((bytes) => Buffer.from(bytes)),
  });
  const read = (pieces: readonly Buffer[]): LineFrame[] => {
    const reader = new LineReader();
    return pieces.flatMap((piece) => [...reader.push(piece)]);
  };

  it('are read as they were written, in any pieces, and have no zero within', () => {
    fc.assert(
      fc.property(fc.array(frames), (all) => {
        const bytes = all.map(encodeLineFrame);
        for (const one of bytes) expect(one.indexOf(0, 1)).toBe(one.length - 1);
        expect(read(bytes)).toEqual(all);
        expect(read(byteByByte(Buffer.concat(bytes)) as Buffer[])).toEqual(all);
      }),
      { seed, numRuns: 50 },
    );
  });

  it('that are changed are none, and the next one is read, whatever lies between', () => {
    fc.assert(
      fc.property(frames, frames, fc.nat(), fc.uint8Array({ maxLength: 600 }), (one, next, at, rubbish) => {
        const bytes = encodeLineFrame(one);
        const bit = at % (8 * bytes.length);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const all = read([bytes, Buffer.from(rubbish), encodeLineFrame(next)]);
        expect(all.at(-1)).toEqual(next);
        // one whose zeros alone were changed may be read: all that is checked is there
        expect(all.slice(0, -1).every((frame) => JSON.stringify(frame) === JSON.stringify(one))).toBe(true);
      }),
      { seed, numRuns: 200 },
    );
  });

  it('are as the page has them', () => {
    const frame = { session: 0x0a0b0c0d, kind: LINE_FRAME.data, seq: 1, data: Buffer.from('hi\0') };
    expect(encodeLineFrame(frame).toString('hex')).toBe('00060a0b0c0d010401686905c19eec5b00');
  });
});

describe('a line', () => {
  it.each([
    ['that is sound', () => ({})],
    ['byte by byte', () => ({ toA: byteByByte, toB: byteByByte })],
    ['that changes a bit in 4,000', (chance: Chance) => noise(chance, { flipped: 1 / 4_000 })],
    [
      'that loses a byte in 1,000, and invents one',
      (chance: Chance) => noise(chance, { lost: 1 / 1_000, added: 1 / 1_000 }),
    ],
  ])('%s carries all both ways, in order, and its ends', async (_, ways: (chance: Chance) => Ways) => {
    const chance = new Chance(seed);
    const [here, there] = await ends(ways(chance));
    const texts = [0, 1].map((i) => Buffer.from(Array.from({ length: 20_000 }, (_b, j) => (j * 7 + i) % 251)));
    const all = await Promise.all(
      [here, there].map(async (end, i) => {
        end.end(texts[i]);
        const pieces: Buffer[] = [];
        end.on('data', (piece: Buffer) => pieces.push(piece));
        await Promise.all([once(end, 'end'), once(end, 'finish')]);
        return Buffer.concat(pieces);
      }),
    );
    expect(all[0]?.equals(texts[1] ?? NONE) && all[1]?.equals(texts[0] ?? NONE)).toBe(true);
  });

  it('waits with what nobody reads: memory stays flat', async () => {
    const [here, there] = await ends({});
    there.pause();
    let written = 0;
    const bytes = Buffer.alloc(1_000);
    while (written < 1_000_000 && here.write(bytes)) written += bytes.length;
    await new Promise(setImmediate);
    expect(written).toBeLessThan(200_000);
    expect(there.readableLength).toBeLessThan(200_000);
    here.destroy();
  });

  it('ends at both ends when one hangs up, and when the other begins anew', async () => {
    const [here, there] = await ends({});
    here.write('hello');
    await once(there, 'data');
    here.destroy();
    const [error] = (await once(there, 'error')) as [Error];
    expect(error.message).toContain('hung up');
  });

  it('on which nobody is ends', async () => {
    const { a } = duplexPair({ toB: () => [] });
    const end = new Line(a, { baud: 9_600, clock: HASTY }).open(1);
    end.write('hello');
    const [error] = (await once(end, 'error')) as [Error];
    expect(error.message).toContain('nobody');
  });

  it('takes nothing for a session that nobody began, or that is over', async () => {
    const { a, b } = duplexPair();
    const accepted: unknown[] = [];
    new Line(b, { baud: 9_600, clock: HASTY }).listen((end) => accepted.push(end));
    const reader = new LineReader();
    const answers: number[] = [];
    a.on('data', (bytes: Buffer) => {
      for (const { kind } of reader.push(bytes)) answers.push(kind);
    });
    for (const kind of [LINE_FRAME.data, LINE_FRAME.taken, LINE_FRAME.stop])
      a.write(encodeLineFrame({ session: 9, kind, seq: 4, data: NONE }));
    await once(a, 'data');
    await new Promise(setImmediate);
    expect([accepted, answers]).toEqual([[], [LINE_FRAME.stop, LINE_FRAME.stop]]);
  });
});

const NONE = Buffer.alloc(0);

/** On which every wait is short. */
const HASTY: StreamClock = {
  after: (_, done) => {
    const timer = setTimeout(done, 2);
    return () => clearTimeout(timer);
  },
};

/** Both ends of a session that has begun. */
async function ends(ways: Ways): Promise<readonly [Duplex, Duplex]> {
  const { a, b } = duplexPair(ways);
  const options = { baud: 9_600, clock: HASTY };
  const here = new Line(a, options).open(7);
  const there = new Promise<Duplex>((resolve) => new Line(b, options).listen(resolve));
  here.write('!');
  const end = await there;
  // of the first byte nothing more is to be seen
  await once(end, 'readable');
  end.read(1);
  for (const one of [here, end]) one.on('error', () => {});
  return [here, end];
}

function noise(chance: Chance, { flipped = 0, lost = 0, added = 0 }): Ways {
  const way: Way = (bytes) => {
    const changed: number[] = [];
    for (const byte of bytes) {
      if (chance.happens(lost)) continue;
      changed.push(chance.happens(8 * flipped) ? byte ^ (1 << chance.below(8)) : byte);
      if (chance.happens(added)) changed.push(chance.below(256));
    }
    return [Buffer.from(changed)];
  };
  return { toA: way, toB: way };
}
