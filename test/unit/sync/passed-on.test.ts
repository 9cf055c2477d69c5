// What an export copies as it is stored, and what it writes anew.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { encodeAckBody } from '../../../src/topic/acks/acks.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const DAY_MS = 86_400_000;
const ACK = { type: 'ack', body: encodeAckBody({ statements: [], full: true }) };

let alice: Replica;
beforeEach(async () => {
  alice = await Replica.create('alice', scratchDirectory());
  await alice.post('t', 'one');
});

it('segments whose acks a later ack has replaced are copied', async () => {
  await alice.post('t', { ...ACK, meta: { housekeeping: true } });
  await alice.post('t', 'two');
  alice.collect();
  await alice.post('t', { ...ACK, meta: { housekeeping: true, retracts: [{ from: 2, end: 3 }] } });
  expect(await copied()).toEqual([true, true, true]);
});

it('segments with a message that was taken back are written anew, until it was dropped here', async () => {
  await alice.post('t', 'two');
  alice.collect();
  await alice.post('t', { type: 'retract', meta: { housekeeping: true, retracts: [{ from: 1, end: 2 }] } });
  expect(await copied()).toEqual([true, false, true]);
  alice.collect();
  expect(await copied()).toEqual([true, true]);
});

it('segments with a message that has expired are written anew, until it was dropped here', async () => {
  await alice.post('t', { body: 'two', meta: { expires: Math.floor(alice.now / DAY_MS) + 1 } });
  alice.collect();
  expect(await copied()).toEqual([true, true]);
  alice.now += 2 * DAY_MS;
  expect(await copied()).toEqual([true, false]);
  alice.collect();
  expect(await copied()).toEqual([true, true]);
});

/** For each stored segment, whether a full export holds it as it is. */
async function copied(): Promise<boolean[]> {
  const file = path.join(scratchDirectory(), 'all.satchel');
  await alice.export(file, { full: true });
  const bundle = fs.readFileSync(file);
  const { repository } = alice;
  const runs = [...repository.logs()].flatMap(({ log }) => repository.runs(log));
  return runs.map((run) => bundle.includes(repository.segmentBytes(run) as Buffer));
}
