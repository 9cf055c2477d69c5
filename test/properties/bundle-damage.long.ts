// A bundle of which one byte is lost or changed is no bundle.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verifyBundle } from '../../src/format/bundle/verify.js';
import { SatchelError } from '../../src/format/error.js';
import { sourceOf } from '../../src/format/source.js';
import { FIXTURES } from '../testkit/fixture.js';

const whole = readFileSync(new URL('bundles/good-full.satchel', FIXTURES));

test('a bundle cut anywhere is refused', () => {
  for (let end = 0; end < whole.length; end++) {
    expect(() => verifyBundle(sourceOf(whole.subarray(0, end))), `cut at ${end}`).toThrow(SatchelError);
  }
});

test('a bundle with a bit flipped in any byte is refused', () => {
  for (let at = 0; at < whole.length; at++) {
    const flipped = Buffer.from(whole);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    expect(() => verifyBundle(sourceOf(flipped)), `byte ${at}`).toThrow(SatchelError);
  }
});
