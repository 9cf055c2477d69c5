// Every vector of `fixtures/state.json`.
import { expect } from 'vitest';
import { sealState, unsealState } from '../../src/repository/state/checksum.js';
import { expand } from '../testkit/compact.js';
import { openFixture } from '../testkit/fixture.js';
import type { StateVector } from '../testkit/vectors-state.js';

const fixture = openFixture('state.json');

fixture.each<StateVector>('files', ({ file, bytes: told, content, problem }) => {
  const bytes = expand(told);
  if (content === undefined) {
    expect(unsealState(file, bytes)).toEqual({ problem });
    return;
  }
  expect(unsealState(file, bytes)).toEqual({ content: expand(content) });
  expect(sealState(file, expand(content)).equals(bytes)).toBe(true);
});

fixture.expectAllRun();
