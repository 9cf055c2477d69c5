import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBundle } from '../../../../src/format/bundle/reader.js';
import { sourceOf } from '../../../../src/format/source.js';
import { readBack } from '../../../../src/sync/drive/read-back.js';
import { openFile } from '../../../../src/sync/import/source.js';
import { fullBundle } from '../../../testkit/samples.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { flip, sha256 } from '../../../testkit/wire.js';

describe('what a medium gives back', () => {
  const whole = fullBundle();
  const give = (bytes: Buffer): string => {
    const file = path.join(scratchDirectory(), 'given.satchel');
    fs.writeFileSync(file, bytes);
    const source = openFile(file);
    try {
      return readBack(source, whole.length).digest;
    } finally {
      source.close();
    }
  };

  it('is told by its digest when it is what was written', () => {
    expect(give(whole)).toBe(sha256(whole).toString('hex'));
  });

  it('is refused when any member has another byte, the first or the last', () => {
    const { members } = openBundle(sourceOf(whole));
    expect(members.length).toBeGreaterThan(6);
    for (const { name, offset, size } of members) {
      for (const at of [offset, offset + size - 1]) {
        expect(() => give(flip(whole, at)), `${name} at ${at}`).toThrow('does not read back');
      }
    }
  });
});
