import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDrive } from '../../../../src/sync/drive/drive.js';
import { lookAt } from '../../../../src/sync/watch/look.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

function stick(): string {
  const directory = scratchDirectory();
  createDrive(directory, { label: 'blue', random: (size) => Buffer.alloc(size, 7), now: 0 });
  return directory;
}

describe('a look', () => {
  it('tells a drive, by its directory and by its own folder', async () => {
    const directory = stick();
    const look = await lookAt(directory);
    expect(look).toMatchObject({ kind: 'drive', id: '07'.repeat(16), label: 'blue' });
    expect(await lookAt(path.join(directory, 'satchel'))).toEqual(look);
  });

  it('differs when bundles or cards do, and only then', async () => {
    const directory = stick();
    const first = await lookAt(directory);
    fs.writeFileSync(path.join(directory, 'satchel', 'abc.partial'), 'x');
    fs.writeFileSync(path.join(directory, 'letter.txt'), 'x');
    expect(await lookAt(directory)).toEqual(first);
    fs.writeFileSync(path.join(directory, 'satchel', 'abc.satchel'), 'x');
    const second = await lookAt(directory);
    expect(second).not.toEqual(first);
    fs.appendFileSync(path.join(directory, 'satchel', 'abc.satchel'), 'x');
    const third = await lookAt(directory);
    expect(third).not.toEqual(second);
    fs.writeFileSync(path.join(directory, 'satchel', 'people', `${'a'.repeat(64)}.card`), 'x');
    expect(await lookAt(directory)).not.toEqual(third);
  });

  it('tells what is absent from what is no drive', async () => {
    const directory = scratchDirectory();
    expect(await lookAt(path.join(directory, 'none'))).toEqual({ kind: 'absent' });
    expect(await lookAt(directory)).toEqual({ kind: 'foreign' });
    const folder = path.join(directory, 'satchel');
    fs.mkdirSync(folder);
    expect(await lookAt(directory)).toEqual({ kind: 'foreign' });
    for (const marker of [
      '[]',
      'null',
      'my notes',
      '{"size":1,"label":"x"}',
      `{"id":"${'0'.repeat(32)}"}`,
      'x'.repeat(5_000),
    ]) {
      fs.writeFileSync(path.join(folder, 'drive.json'), marker);
      expect(await lookAt(directory)).toEqual({ kind: 'foreign' });
    }
    for (const marker of ['', '\0\0', '{"format": "satchel-dri', '{"id":1,"label":"x"}']) {
      fs.writeFileSync(path.join(folder, 'drive.json'), marker);
      expect(await lookAt(directory)).toEqual({ kind: 'damaged' });
    }
  });

  it('follows no link on the drive', async () => {
    const directory = scratchDirectory();
    const other = stick();
    fs.symlinkSync(path.join(other, 'satchel'), path.join(directory, 'satchel'));
    expect(await lookAt(directory)).toEqual({ kind: 'foreign' });
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await lookAt(stick(), stop.signal)).kind).toBe('unreadable');
  });
});
