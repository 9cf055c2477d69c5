import { expect, it } from 'vitest';
import { WorkQueue } from '../../../../src/sync/import/work-queue.js';

function pair(count: number): [WorkQueue, WorkQueue] {
  const memory = WorkQueue.memoryFor(count);
  return [new WorkQueue(memory), new WorkQueue(memory)];
}

it('gives each segment to one thread', () => {
  const [ours, theirs] = pair(2);
  expect(ours.count).toBe(2);
  expect([ours.take(0), theirs.take(0), theirs.take(1), ours.take(1), ours.take(1)]).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});

it('waits for a segment that somebody works on, but not for ever', () => {
  const [ours, theirs] = pair(1);
  theirs.take(0);
  expect(ours.awaitFinished(0, 1)).toBe(false);
  theirs.finish(0);
  expect(ours.awaitFinished(0, 1)).toBe(true);
});

it('lets the other thread go as far as the importer has come', () => {
  const [ours, theirs] = pair(9);
  theirs.awaitPosition(-3);
  ours.advance(7);
  theirs.awaitPosition(7);
});
