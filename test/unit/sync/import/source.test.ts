import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BUNDLE_MAX } from '../../../../src/format/limits.js';
import { nodeDisk } from '../../../../src/repository/disk.js';
import { openFile, spoolFile, spoolStream } from '../../../../src/sync/import/source.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

afterEach(() => vi.restoreAllMocks());

function written(content: string | Buffer): { directory: string; file: string } {
  const directory = scratchDirectory();
  const file = path.join(directory, 'file');
  fs.writeFileSync(file, content);
  return { directory, file };
}

/** Does something to the file in the middle of the next read. */
function whileReading(change: () => void): void {
  const { read } = nodeDisk;
  vi.spyOn(nodeDisk, 'read').mockImplementationOnce((...args) => {
    change();
    return read(...args);
  });
}

describe('a private copy', () => {
  it('holds what the file held, and its SHA-256', () => {
    const { directory, file } = written('some bytes');
    const copy = spoolFile(file, path.join(directory, 'tmp'));
    fs.writeFileSync(file, 'other bytes');
    expect(copy.read(0, copy.size).toString()).toBe('some bytes');
    expect(copy.read(5, 100).toString()).toBe('bytes');
    expect(copy.digest).toBe(createHash('sha256').update('some bytes').digest('hex'));
    expect(fs.readdirSync(path.join(directory, 'tmp'))).toEqual([]);
    copy.close();
  });

  it.each([
    ['grows', (file: string) => fs.appendFileSync(file, 'more')],
    ['shrinks', (file: string) => fs.truncateSync(file, 3)],
    ['is overwritten', (file: string) => fs.writeFileSync(file, 'S0me bytes')],
  ])('is refused when the file %s meanwhile', (_, change) => {
    const { directory, file } = written('some bytes');
    fs.utimesSync(file, 1, 1);
    whileReading(() => change(file));
    expect(outcomeOf(() => spoolFile(file, directory))).toBe('changed');
  });

  it('of a stream is the same', () => {
    const { directory, file } = written(Buffer.alloc(3_000_000, 'abc'));
    const fd = fs.openSync(file, 'r');
    const one = spoolStream(fd, 'standard input', directory);
    const two = spoolFile(file, directory);
    expect([one.size, one.digest]).toEqual([3_000_000, two.digest]);
    for (const copy of [one, two]) copy.close();
    fs.closeSync(fd);
  });

  it('of a medium that was pulled out fails as the disk does, also when closing the file fails', () => {
    const { directory, file } = written('some bytes');
    const gone = (call: string) => () => {
      throw Object.assign(new Error(`ENOTCONN: socket is not connected, ${call}`), { code: 'ENOTCONN', syscall: call });
    };
    vi.spyOn(nodeDisk, 'statOpen').mockImplementationOnce(gone('fstat'));
    const close = vi.spyOn(nodeDisk, 'close').mockImplementationOnce(gone('close'));
    expect(outcomeOf(() => spoolFile(file, directory))).toBe('io');
    expect(close).toHaveBeenCalledOnce();
  });

  it('is not even begun of a file larger than any bundle', () => {
    const { directory, file } = written('');
    fs.truncateSync(file, BUNDLE_MAX + 1);
    expect(outcomeOf(() => spoolFile(file, directory))).toBe('over-limit');
  });
});

describe('an open file', () => {
  it('knows that it was written to', () => {
    const { file } = written('some bytes');
    fs.utimesSync(file, 1, 1);
    const source = openFile(file);
    expect(source.hasChanged()).toBe(false);
    fs.writeFileSync(file, 'S0me bytes');
    expect(source.hasChanged()).toBe(true);
    source.close();
  });
});
