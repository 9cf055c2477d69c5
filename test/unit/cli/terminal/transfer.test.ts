// The line that tells how far long work is: by a clock that stands still, a disk in memory, and any width.
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTransfer, transferLine } from '../../../../src/cli/terminal/transfer.js';
import { widthOf } from '../../../../src/cli/terminal/width.js';
import { disk, useDisk } from '../../../../src/repository/disk.js';
import { MemoryDisk } from '../../../testkit/memory-disk.js';

const MIB = 1_048_576;
const ERASE = '\r\x1b[K';

function watched(options: { isTerminal?: boolean; quiet?: boolean; json?: boolean; columns?: number } = {}) {
  const { isTerminal = true, quiet = false, json = false, columns = 80 } = options;
  const written: string[] = [];
  const clock = { now: 0 };
  const write = (chunk: string | Uint8Array): void => void written.push(String(chunk));
  const stderr = { isTerminal, columns, write, flush: () => {} };
  const world = { now: () => clock.now, random: () => Buffer.alloc(0) };
  return { context: { stderr, world, quiet, json }, written, clock };
}

describe('what is said of an amount', () => {
  it.each([
    [80, 500, 'importing a.satchel  12 MiB of 60 MiB'],
    [80, 1_500, 'importing a.satchel  12 MiB of 60 MiB, 8.0 MiB/s'],
    [80, 3_000, 'importing a.satchel  12 MiB of 60 MiB, 4.0 MiB/s, 12 s left'],
    [50, 3_000, 'importing a.satchel  12 MiB of 60 MiB, 12 s left'],
    [40, 3_000, 'importing a.satchel  20 %, 12 s left'],
    [28, 3_000, 'importing a.satchel  20 %'],
    [22, 3_000, 'importing a.satchel'],
    [80, 1_000_000, 'importing a.satchel  12 MiB of 60 MiB, 12 KiB/s, 1 h 7 min left'],
  ])('in %i columns after %i ms', (columns, elapsedMs, line) => {
    const passed = { doneBytes: 12 * MIB, totalBytes: 60 * MIB, elapsedMs };
    expect(transferLine('importing a.satchel', passed, columns)).toBe(line);
  });

  it('never is wider, never promises what is not known, and keeps the warning where there is room for it', () => {
    const amounts = fc.record({
      what: fc.string({ maxLength: 60 }).map((name) => `writing, do not pull it out: ${name}`),
      done: fc.nat(2 ** 31),
      more: fc.nat(2 ** 31),
      elapsedMs: fc.integer({ min: -100_000, max: 10_000_000 }),
      columns: fc.integer({ min: 10, max: 120 }),
    });
    fc.assert(
      fc.property(amounts, ({ what, done, more, elapsedMs, columns }) => {
        const passed = { doneBytes: done, totalBytes: done + more, elapsedMs };
        const line = transferLine(what, passed, columns);
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
        if (columns >= 30) expect(line).toContain('writing, do not pull it out');
        if (elapsedMs < 1_000 || more === 0) expect(line).not.toMatch(/ left$/);
        if (elapsedMs < 1_000) expect(line).not.toContain('/s');
      }),
    );
  });
});

describe('a transfer', () => {
  /** Writes a mebibyte at a time, a tenth of a second each. */
  function copy(file: string, mebibytes: number, clock: { now: number }): void {
    const handle = disk.open(file, 'replacing');
    for (let i = 0; i < mebibytes; i++) {
      clock.now += 50;
      disk.write(handle, Buffer.alloc(MIB / 2), null);
      clock.now += 50;
      disk.write(handle, Buffer.alloc(MIB / 2), null);
    }
    disk.close(handle);
  }

  it('counts what passes, ten times a second at most, and clears its line', () => {
    const restore = useDisk(new MemoryDisk('/m').disk);
    const { context, written, clock } = watched();
    const transfer = openTransfer(context);
    const start = clock.now;
    transfer.begin('writing, do not pull it out: stick', { bytes: 20 * MIB, passes: 1, isUrgent: true });
    copy('/m/a', 20, clock);
    expect(written.length).toBeLessThanOrEqual(1 + (clock.now - start) / 100);
    expect(written[0]).toBe(`${ERASE}writing, do not pull it out: stick  0 bytes of 20 MiB`);
    expect(written.at(-1)).toBe(`${ERASE}writing, do not pull it out: stick  20 MiB of 20 MiB, 10 MiB/s`);
    transfer.end();
    expect(written.at(-1)).toBe(ERASE);
    copy('/m/b', 1, clock);
    expect(written.at(-1), 'nothing is counted any more').toBe(ERASE);
    restore();
  });

  it('counts only what lies below, and each byte as often as it passes', () => {
    const restore = useDisk(new MemoryDisk(path.resolve('/m')).disk);
    const { context, written, clock } = watched();
    const transfer = openTransfer(context);
    disk.makeDirectory(path.resolve('/m/stick'));
    transfer.begin('writing', { bytes: 4 * MIB, passes: 2, below: path.resolve('/m/stick') });
    copy(path.resolve('/m/elsewhere'), 3, clock);
    copy(path.resolve('/m/stick/a'), 4, clock);
    expect(written.at(-1)).toContain('1.8 MiB of 4.0 MiB');
    transfer.clear();
    const { length } = written;
    copy(path.resolve('/m/stick/b'), 1, clock);
    expect(written.length, 'what is asked meanwhile stays').toBe(length);
    transfer.end();
    restore();
  });

  it.each([{ isTerminal: false }, { quiet: true }, { json: true }])('says nothing with %j', (options) => {
    const memory = new MemoryDisk('/m').disk;
    const restore = useDisk(memory);
    const { context, written, clock } = watched(options);
    const transfer = openTransfer(context);
    transfer.begin('writing', { bytes: MIB, passes: 1, isUrgent: true });
    copy('/m/a', 1, clock);
    expect(disk, 'nothing stands before the disk').toBe(memory);
    transfer.end();
    expect(written).toEqual([]);
    restore();
  });
});
