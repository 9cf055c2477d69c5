import { expect, it } from 'vitest';
import { findMessage } from '../../../../../src/cli/commands/conversation/find-message.js';
import { SatchelError } from '../../../../../src/format/error.js';
import type { Posted } from '../../../../../src/topic/writing/post.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

function failure(run: () => unknown): SatchelError {
  try {
    run();
  } catch (error) {
    if (error instanceof SatchelError) return error;
  }
  throw new Error('nothing was refused');
}

it('finds a message by the beginning of its id, if that is of one only', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  // With 1,000 of them, two begin with the same four digits almost surely; which, the test's own randomness decides.
  const posted = await ana.post('garden', ...Array.from({ length: 1_000 }, (_, i) => `message ${i}`));
  const alike = firstAlike(posted);
  const find = (wanted: string): unknown => findMessage(ana.repository, wanted);
  const [one] = posted;
  if (!one || !alike) throw new Error('no two ids begin alike');
  expect(find(one.id)).toMatchObject({ id: one.id, log: one.log, seq: one.seq });
  expect(find(one.id.slice(0, 12).toUpperCase())).toMatchObject({ id: one.id });
  const ambiguous = failure(() => find(alike[0].slice(0, 4)));
  expect(ambiguous.code).toBe('ambiguous');
  for (const id of alike) expect(ambiguous.message).toContain(id.slice(0, 10));
  expect(failure(() => find('0'.repeat(20))).code).toBe('not-found');
  for (const wanted of ['', 'abc', 'xyzzy', 'f'.repeat(65), '../x'])
    expect(failure(() => find(wanted)).code).toBe('usage');
});

function firstAlike(posted: readonly Posted[]): [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const { id } of posted) {
    const other = seen.get(id.slice(0, 4));
    if (other) return [other, id];
    seen.set(id.slice(0, 4), id);
  }
  return undefined;
}
