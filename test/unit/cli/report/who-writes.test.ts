// How people are spoken of who write in a topic that was seen: in every place with the same words.
import { expect, it } from 'vitest';
import { whoWrites } from '../../../../src/cli/report/who-writes.js';
import type { PersonId } from '../../../../src/format/ids.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

it('says who writes in a topic, one or several, and that it was oneself where nobody else did', async () => {
  const parent = scratchDirectory();
  const [ana, ben, eve] = await Promise.all(['ana', 'ben', 'eve'].map((name) => Replica.create(name, parent)));
  if (!ana || !ben || !eve) throw new Error('not made');
  const session = ana.meet(ben).meet(eve).session;
  const [self, first, second] = [ana, ben, eve].map((one) => one.session.self.person) as PersonId[];
  const said = (...persons: (PersonId | undefined)[]) =>
    whoWrites(session, { seenFrom: persons.filter((person) => person !== undefined) });
  expect(said(self)).toBe('you wrote');
  expect(whoWrites(session, { seenFrom: [] }, 'You')).toBe('You wrote');
  expect(said(self, first)).toBe('ben writes');
  expect(said(first, second)).toBe('ben and 1 more write');
  expect(said(second, self, first)).toBe('eve and 1 more write');
});
