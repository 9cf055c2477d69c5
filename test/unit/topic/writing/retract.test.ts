import { expect, it } from 'vitest';
import { decodeMeta } from '../../../../src/format/log/meta.js';
import { targetAt } from '../../../../src/topic/reading/target.js';
import { giveUpLogs } from '../../../../src/topic/writing/renew.js';
import { retract } from '../../../../src/topic/writing/retract.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

it("asks in the message's own log to drop it", async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const [one] = await ana.post('garden', 'one', 'two');
  if (!one) throw new Error('nothing was posted');
  const { posted } = await retract(ana.repository, await ana.author(), targetAt(ana.repository, one), 'garden');
  const entry = ana.repository.entry(one.log, posted[0]?.seq ?? 0);
  expect(decodeMeta(entry?.meta ?? Buffer.alloc(0))).toEqual({
    retracts: [{ from: one.seq, end: one.seq + 1 }],
    housekeeping: true,
  });
});

it('stands in the log that continues the one that is not written any more', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const [one] = await ana.post('garden', 'one');
  if (!one) throw new Error('nothing was posted');
  const target = targetAt(ana.repository, one);
  const author = await giveUpLogs(ana.repository, await ana.author(), 'forked');
  const { posted } = await retract(ana.repository, author, target, 'garden');
  expect(posted[0]?.log).not.toBe(one.log);
  const { meta } = ana.repository.entry(posted[0]?.log as typeof one.log, posted[0]?.seq ?? 0) ?? {};
  const ranges = [{ from: one.seq, end: one.seq + 1, id: one.id }];
  expect(meta && decodeMeta(meta)).toEqual({ housekeeping: true, retractsIn: { log: one.log, ranges } });
});

it('is for messages only', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const [one] = await ana.post('garden', 'one');
  const introduction = one && ana.repository.entry(one.log, 0);
  if (!introduction) throw new Error('nothing was posted');
  expect(outcomeOf(() => targetAt(ana.repository, introduction))).toBe('usage');
});
