// How people are spoken of when a topic of theirs is asked about.
import { expect, it } from 'vitest';
import { whoWrites } from '../../../../../src/cli/commands/identity/meet.js';

it('says who writes in a topic, one or several', () => {
  expect(whoWrites([])).toBe('You wrote');
  expect(whoWrites(['Ana'])).toBe('Ana writes');
  expect(whoWrites(['Ana', 'Ben'])).toBe('Ana and 1 more write');
  expect(whoWrites(['Ana', 'Ben', 'Eve'])).toBe('Ana and 2 more write');
});
