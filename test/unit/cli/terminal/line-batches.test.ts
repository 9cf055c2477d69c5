import fs from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileBatches, lineBatches } from '../../../../src/cli/terminal/line-batches.js';
import { LineSplitter } from '../../../../src/cli/terminal/line-splitter.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const OPTIONS = { delayMs: 20, maxBytes: 1_000, lineBytesMax: 100 };

describe('lines', () => {
  it('are the same whatever the pieces', () => {
    const text = fc
      .array(fc.string({ unit: fc.constantFrom('a', 'é', '\n', '\r', '😀') }))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(60)), (whole, cuts) => {
        const splitter = new LineSplitter(1_000);
        const bytes = Buffer.from(whole);
        const ends = [...new Set(cuts), bytes.length].filter((end) => end <= bytes.length).sort((a, b) => a - b);
        const pieces = ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
        const lines = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
        const expected = whole.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(lines.map(({ text: line }) => line)).toEqual(expected.map((line) => line.replace(/\r$/, '')));
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
      }),
    );
  });

  it('that are too long leave only their length', () => {
    const splitter = new LineSplitter(10);
    const lines = [...splitter.push(Buffer.from('short\n0123456789')), ...splitter.push(Buffer.from('0123\nnext\n'))];
    expect(lines).toEqual([
      { number: 1, text: 'short' },
      { number: 2, text: undefined, sizeBytes: 14 },
      { number: 3, text: 'next' },
    ]);
  });
});

describe('batches', () => {
  const batchesOf = async (input: PassThrough, signal: AbortSignal): Promise<string[][]> => {
    const batches: string[][] = [];
    for await (const lines of lineBatches(input, { ...OPTIONS, signal }))
      batches.push(lines.map(({ text }) => text ?? '-'));
    return batches;
  };
  const quiet = new AbortController().signal;

  it('come when the time is over, and at the end', async () => {
    const input = new PassThrough();
    const done = batchesOf(input, quiet);
    input.write('one\ntwo\nthr');
    await new Promise((resolve) => setTimeout(resolve, 3 * OPTIONS.delayMs));
    input.end('ee\nfour');
    expect(await done).toEqual([
      ['one', 'two'],
      ['three', 'four'],
    ]);
  });

  it('come when enough has gathered', async () => {
    const input = new PassThrough();
    const done = batchesOf(input, quiet);
    const piece = `${'x'.repeat(49)}\n`.repeat(10);
    for (let i = 0; i < 6; i++) input.write(piece);
    input.end();
    const batches = await done;
    expect(batches.flat()).toHaveLength(60);
    expect(batches.length).toBeGreaterThanOrEqual(3);
  });

  it('end with a signal; a line cut short by it is none', async () => {
    const controller = new AbortController();
    const input = new PassThrough();
    const done = batchesOf(input, controller.signal);
    input.write('one\nhalf');
    await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect(await done).toEqual([['one']]);
    expect(input.destroyed).toBe(true);
  });

  it('end at once when the signal came before', async () => {
    expect(await batchesOf(new PassThrough(), AbortSignal.abort())).toEqual([]);
  });

  it('fail as the stream does, after what it brought', async () => {
    const input = new PassThrough();
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const lines of lineBatches(input, { ...OPTIONS, signal: quiet })) seen.push(lines.length);
    };
    const done = run();
    input.write('one\n');
    await new Promise((resolve) => setTimeout(resolve, 5));
    input.destroy(Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'read' }));
    await expect(done).rejects.toMatchObject({ code: 'io' });
    expect(seen).toEqual([1]);
  });
});

describe('batches of a file', () => {
  const batchesOf = async (text: string, maxBytes: number, signal: AbortSignal): Promise<string[][]> => {
    const file = path.join(scratchDirectory(), 'lines');
    fs.writeFileSync(file, text);
    const fd = fs.openSync(file, 'r');
    const batches: string[][] = [];
    try {
      for await (const lines of fileBatches(fd, { maxBytes, maxLines: 1_000, lineBytesMax: 100, signal })) {
        batches.push(lines.map(({ text: line }) => line ?? '-'));
      }
    } finally {
      fs.closeSync(fd);
    }
    return batches;
  };
  const quiet = new AbortController().signal;

  it('hold its lines, the last one without a line break with those before it', async () => {
    expect(await batchesOf('one\ntwo\nthree', 1_000, quiet)).toEqual([['one', 'two', 'three']]);
    expect(await batchesOf('', 1_000, quiet)).toEqual([]);
  });

  it('are as large as asked for, wherever that cuts a line', async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `line ${i} ${'é'.repeat(i % 40)}`);
    for (const maxBytes of [1, 7, 99, 100, 101, 4_096]) {
      const batches = await batchesOf(lines.join('\n'), maxBytes, quiet);
      expect(batches.flat()).toEqual(lines);
      expect(batches.length).toBeGreaterThan(maxBytes < 4_096 ? 100 : 1);
    }
  });

  it('hold no more lines than asked for, however short these are', async () => {
    const batches = await batchesOf('\n'.repeat(2_500), 10_000, quiet);
    expect(batches.map((lines) => lines.length)).toEqual([1_000, 1_000, 500]);
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    expect(await batchesOf('\n'.repeat(9_000), 10_000, controller.signal)).toHaveLength(1);
  });

  it('end with a signal that comes between two', async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const batches = await batchesOf('one\ntwo\nthree\n'.repeat(1_000), 14, controller.signal);
    expect(batches.length).toBeLessThan(10);
  });
});
