import { beforeAll, expect, it } from 'vitest';
import { decodeMeta } from '../../../src/format/meta.js';
import { prepareSignatures } from '../../../src/format/signature.js';
import { giveUpLogs } from '../../../src/topic/renew.js';
import { retract } from '../../../src/topic/retract.js';
import { targetAt } from '../../../src/topic/target.js';
import { outcomeOf } from '../../testkit/outcome.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

beforeAll(prepareSignatures);

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

it('is refused where the log is not written any more, and takes back nothing else instead', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const [one] = await ana.post('garden', 'one');
  if (!one) throw new Error('nothing was posted');
  const target = targetAt(ana.repository, one);
  const author = await giveUpLogs(ana.repository, await ana.author(), 'forked');
  const before = ana.repository.lastArrival;
  await expect(retract(ana.repository, author, target, 'garden')).rejects.toMatchObject({ code: 'refused' });
  await ana.post('garden', 'two');
  const again = await ana.author();
  await expect(retract(ana.repository, again, target, 'garden')).rejects.toMatchObject({ code: 'refused' });
  expect(ana.repository.lastArrival).toBe(before + 1);
});

it('is for messages only', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const [one] = await ana.post('garden', 'one');
  const introduction = one && ana.repository.entry(one.log, 0);
  if (!introduction) throw new Error('nothing was posted');
  expect(outcomeOf(() => targetAt(ana.repository, introduction))).toBe('usage');
});
