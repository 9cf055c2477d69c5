import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Saving, saveFile } from '../../../../../src/cli/commands/conversation/save-file.js';
import { SatchelError } from '../../../../../src/format/error.js';
import { nodeDisk } from '../../../../../src/repository/disk.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

const CONTENT = 'the whole content';

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
});

function save(changes: Partial<Saving> = {}): ReturnType<typeof saveFile> {
  return saveFile({
    directory,
    name: 'plan.txt',
    chunks: [CONTENT.slice(0, 3), CONTENT.slice(3)].map((text) => Buffer.from(text)),
    compare: function* (source) {
      yield source.read(0, source.size).toString() === CONTENT;
    },
    isStopped: () => false,
    ...changes,
  });
}

describe('a file is saved', () => {
  it('under its name', async () => {
    expect(await save()).toEqual({ file: path.join(directory, 'plan.txt'), known: false });
    expect(listed()).toEqual({ 'plan.txt': CONTENT });
    expect(fs.statSync(path.join(directory, 'plan.txt')).mode & 0o111).toBe(0);
  });

  it('never over another one', async () => {
    fs.writeFileSync(path.join(directory, 'plan.txt'), 'other');
    fs.mkdirSync(path.join(directory, 'plan (2).txt'));
    expect(await save()).toMatchObject({ file: path.join(directory, 'plan (3).txt') });
    expect(listed()).toEqual({ 'plan.txt': 'other', 'plan (2).txt': undefined, 'plan (3).txt': CONTENT });
  });

  it.each(['there', 'nowhere'])('never through a link that leads %s', async (target) => {
    const elsewhere = path.join(scratchDirectory(), target);
    if (target === 'there') fs.writeFileSync(elsewhere, CONTENT);
    fs.symlinkSync(elsewhere, path.join(directory, 'plan.txt'));
    expect(await save()).toEqual({ file: path.join(directory, 'plan (2).txt'), known: false });
    expect(fs.existsSync(elsewhere)).toBe(target === 'there');
  });

  it('once: the same content is known, under whatever number', async () => {
    fs.writeFileSync(path.join(directory, 'plan.txt'), 'other');
    await save();
    expect(await save()).toEqual({ file: path.join(directory, 'plan (2).txt'), known: true });
    expect(Object.keys(listed())).toHaveLength(2);
  });

  it('beside a name that is taken while it is written', async () => {
    const chunks = function* (): Generator<Buffer> {
      fs.writeFileSync(path.join(directory, 'plan.txt'), 'quicker');
      yield Buffer.from(CONTENT);
    };
    expect(await save({ chunks: chunks() })).toMatchObject({ file: path.join(directory, 'plan (2).txt') });
    expect(listed()).toEqual({ 'plan.txt': 'quicker', 'plan (2).txt': CONTENT });
  });

  it.each(['EPERM', 'ENOTSUP'])('where there are no links (%s)', async (code) => {
    const link = vi.spyOn(nodeDisk, 'link').mockImplementation(() => {
      throw Object.assign(new Error(code), { code, syscall: 'link' });
    });
    try {
      fs.writeFileSync(path.join(directory, 'plan.txt'), 'other');
      expect(await save()).toMatchObject({ file: path.join(directory, 'plan (2).txt') });
      expect(listed()).toEqual({ 'plan.txt': 'other', 'plan (2).txt': CONTENT });
      expect(link).toHaveBeenCalled();
    } finally {
      link.mockRestore();
    }
  });
});

describe('nothing is left behind', () => {
  it('when a piece is damaged', async () => {
    const chunks = function* (): Generator<Buffer> {
      yield Buffer.from('half');
      throw new SatchelError('damaged', 'rotten');
    };
    await expect(save({ chunks: chunks() })).rejects.toMatchObject({ code: 'damaged' });
    expect(listed()).toEqual({});
  });

  it('when it is stopped', async () => {
    let asked = 0;
    expect(await save({ isStopped: () => ++asked === 2 })).toBeUndefined();
    expect(listed()).toEqual({});
  });

  it('when the disk is full', async () => {
    const write = vi.spyOn(nodeDisk, 'write').mockImplementation(() => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
    });
    await expect(save()).rejects.toMatchObject({ code: 'no-space' });
    write.mockRestore();
    expect(listed()).toEqual({});
  });

  it('where there is no such directory', async () => {
    await expect(save({ directory: path.join(directory, 'none') })).rejects.toMatchObject({ code: 'io' });
  });
});

/** What lies in the directory; directories are undefined. */
function listed(): Record<string, string | undefined> {
  const entries = fs.readdirSync(directory, { withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => [
      entry.name,
      entry.isDirectory() ? undefined : fs.readFileSync(path.join(directory, entry.name), 'utf8'),
    ]),
  );
}
