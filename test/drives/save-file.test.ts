// Files saved onto real FAT32 and exFAT file systems, which know no links and no letter case (spec/cli.md, "get"). Without
// root or the packages of .ci/run they are skipped and say so; SATCHEL_REQUIRE_MOUNTS=1 makes that a failure.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { safeFileName } from '../../src/cli/commands/conversation/file-name.js';
import { saveFile } from '../../src/cli/commands/conversation/save-file.js';
import {
  checkImage,
  MOUNT_KINDS,
  type Mount,
  makeImage,
  mountImage,
  mountsAreRequired,
  whyNoMount,
} from '../testkit/mounts.js';
import { memoryDirectory } from '../testkit/scratch.js';

const MEBIBYTE = 1_048_576;
const LIMIT_MS = 120_000;

describe.each(MOUNT_KINDS)('on %s', { timeout: LIMIT_MS }, (kind) => {
  const reason = whyNoMount(kind);
  if (reason !== undefined && !mountsAreRequired()) {
    it.skip(`SKIPPED, cannot mount ${kind}: ${reason}`, () => {});
    return;
  }

  let image: string;
  let stick: Mount;
  beforeEach(() => {
    expect(reason).toBeUndefined();
    const scratch = memoryDirectory();
    image = path.join(scratch, 'image');
    makeImage(kind, image, 40);
    stick = mountImage(kind, image, path.join(scratch, 'stick'));
  });

  function save(name: string, content: string | number): ReturnType<typeof saveFile> {
    const pieces = typeof content === 'string' ? [Buffer.from(content)] : manyPieces(content);
    return saveFile({
      directory: stick.directory,
      name,
      chunks: pieces,
      compare: function* (source) {
        yield source.read(0, source.size).equals(Buffer.from(`${content}`));
      },
      isStopped: () => false,
    });
  }

  function listed(): string[] {
    return fs.readdirSync(stick.directory).sort();
  }

  it('never over another file, whatever the case of its letters', async () => {
    fs.writeFileSync(path.join(stick.directory, 'photo.jpg'), 'other');
    expect(await save('Photo.JPG', 'mine')).toMatchObject({ known: false });
    expect(await save('Photo.JPG', 'mine')).toMatchObject({ known: true });
    expect(fs.readFileSync(path.join(stick.directory, 'photo.jpg'), 'utf8')).toBe('other');
    expect(fs.readFileSync(path.join(stick.directory, 'Photo (2).JPG'), 'utf8')).toBe('mine');
    expect(listed()).toHaveLength(2);
  });

  it('under whatever name a stranger chose', async () => {
    // fusefat takes none but ASCII names; FAT itself does
    const long = kind === 'fat' ? 'u' : 'ü';
    const names = ['../x', 'a:b', 'NUL', 'x. ', 'a\u0000b', `${long.repeat(240)}.jpg`, '?', 'x'.repeat(300)];
    for (const name of names) await save(safeFileName(name), name);
    expect(listed()).toHaveLength(names.length);
    stick.unmount();
    expect(checkImage(kind, image)).toBe('');
  });

  it('not at all when the stick is full', async () => {
    await expect(save('large', 60)).rejects.toMatchObject({ code: 'no-space' });
    expect(listed()).toEqual([]);
  });
});

function* manyPieces(count: number): Generator<Buffer> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(MEBIBYTE, i);
}
