// Every vector of `fixtures/live.json`.
import { expect } from 'vitest';
import { hintName, liveKeys, openHint, sealHint } from '../../src/format/live/hint.js';
import { expand } from '../testkit/compact.js';
import { openFixture } from '../testkit/fixture.js';
import type { HintVector, RubbishVector } from '../testkit/vectors-live.js';

const fixture = openFixture('live.json');

fixture.each<HintVector>('hints', (vector) => {
  const keys = liveKeys(Buffer.from(vector.secret, 'hex'));
  expect(hintName(keys, vector.day)).toBe(vector.named);
  const segments = vector.segments.map((one) => Buffer.from(expand(one)));
  const hint = segments.length === 0 ? 'look' : { segments };
  const bytes = Buffer.from(expand(vector.hint));
  expect(openHint(keys, bytes)).toEqual(hint);
  // what says a kind behind its segments was not written here
  if (vector.name !== 'kind-behind') expect(sealHint(keys, hint, Buffer.from(vector.nonce, 'hex'))).toEqual(bytes);
});

fixture.each<RubbishVector>('rubbish', (vector) => {
  expect(openHint(liveKeys(Buffer.from(vector.secret, 'hex')), expand(vector.hint))).toBeUndefined();
});

fixture.expectAllRun();
