// Replies that name no id because an earlier message of the same batch commits to what they answer.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Cited, decodeMessage } from '../../../../src/topic/message/message.js';
import { CoveredDeps } from '../../../../src/topic/order/covered-deps.js';
import { inOrder } from '../../../../src/topic/order/order.js';
import { openViewer } from '../../../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import type { Draft, Posted } from '../../../../src/topic/writing/post.js';
import { entryId, logId } from '../../../testkit/fake-source.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const GARDEN = { topic: rendezvousTopic('garden'), label: 'garden' };
const OWN = logId(1);
const ANA = logId(2);
const EVE = logId(3);
const head = (log: typeof ANA, seq: number): Cited => ({ log, seq, id: entryId(log, seq) });

/** Bob, who holds so many messages of Ana. */
async function bobAndAna(count: number): Promise<{ bob: Replica; anas: readonly Posted[]; file: string }> {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  const bob = await Replica.create('bob', directory);
  ana.meet(bob).join('garden');
  bob.meet(ana).join('garden');
  const anas = await ana.post('garden', ...Array.from({ length: count }, (_, i) => `ana ${i}`));
  const file = path.join(directory, 'from-ana');
  await ana.export(file);
  bob.import(file);
  return { bob, anas, file };
}

function depsOf({ repository }: Replica, { log, seq }: Posted): readonly Cited[] {
  return decodeMessage(repository.entry(log, seq)?.payload ?? Buffer.alloc(0))?.deps ?? [];
}

function answersTo(bob: Replica, posted: readonly Posted[]): (string | undefined)[] {
  const viewer = openViewer(bob.session, GARDEN);
  const views = [...inOrder(bob.repository, bob.repository.logsOfTopic(GARDEN.topic))].map(viewer.view);
  return posted.map(({ id }) => {
    const reply = views.find((view) => view.id === id)?.reply;
    return reply && viewer.at(reply)?.text;
  });
}

const replies = (...targets: readonly (Posted | undefined)[]): Draft[] =>
  targets.map((reply) => ({ body: 'yes', reply }));

describe('a batch', () => {
  it('cites the heads once, and its replies name no ids', async () => {
    const { bob, anas } = await bobAndAna(5);
    const posted = await bob.post('garden', 'hello', ...replies(anas[1], anas[4], anas[0]));
    const [first, ...others] = posted.map((one) => depsOf(bob, one));
    expect(first).toEqual([{ log: anas[4]?.log, seq: anas[4]?.seq, id: anas[4]?.id }]);
    const by = posted[0]?.seq;
    expect(others).toEqual([anas[1], anas[4], anas[0]].map((at) => [{ log: at?.log, seq: at?.seq, by }]));
    expect(answersTo(bob, posted)).toEqual([undefined, 'ana 1', 'ana 4', 'ana 0']);
  });

  it('has clocks above what it answers', async () => {
    const { bob, anas } = await bobAndAna(3);
    bob.now -= 86_400_000;
    for (const { clock } of await bob.post('garden', ...replies(anas[2], anas[2])))
      expect(clock).toBeGreaterThan(anas[2]?.clock ?? Number.POSITIVE_INFINITY);
  });

  it('that comes after the heads were cited cites that of a log it answers more than once', async () => {
    const { bob, anas } = await bobAndAna(5);
    await bob.post('garden', 'hello');
    const posted = await bob.post('garden', ...replies(anas[1], anas[3]));
    const { log } = anas[0] as Posted;
    const by = posted[0]?.seq;
    expect(posted.map((one) => depsOf(bob, one))).toEqual([
      [
        { log, seq: 2, id: anas[1]?.id },
        { log, seq: 5, id: anas[4]?.id },
      ],
      [{ log, seq: 4, by }],
    ]);
    const [alone] = await bob.post('garden', ...replies(anas[1]));
    expect(alone && depsOf(bob, alone)).toEqual([{ log, seq: 2, id: anas[1]?.id }]);
    expect(answersTo(bob, posted)).toEqual(['ana 1', 'ana 3']);
  });

  it('relies on nothing that is dropped sooner', async () => {
    const { bob, anas } = await bobAndAna(2);
    const day = Math.floor(bob.now / 86_400_000);
    const [one, two] = anas;
    const lasting = (reply: Posted | undefined, expires?: number): Draft => ({
      body: 'yes',
      reply,
      ...(expires !== undefined && { meta: { expires } }),
    });
    const drafts = [lasting(two, day + 2), lasting(one, day + 2), lasting(one, day + 3), lasting(one)];
    const posted = await bob.post('garden', ...drafts);
    const isCovered = posted.map((each) => depsOf(bob, each).map((cited) => 'by' in cited)[0]);
    expect(isCovered).toEqual([false, true, false, false]);
  });

  it('relies on no housekeeping', async () => {
    const { bob, anas } = await bobAndAna(2);
    const posted = await bob.post('garden', { body: 'x', meta: { housekeeping: true } }, ...replies(anas[0]));
    expect(depsOf(bob, posted[0] as Posted)).toMatchObject([{ id: anas[1]?.id }]);
    expect(depsOf(bob, posted[1] as Posted)).toMatchObject([{ id: anas[0]?.id }]);
  });

  it('answers its own log by the seq alone', async () => {
    const { bob } = await bobAndAna(1);
    const [first] = await bob.post('garden', 'one');
    const [second] = await bob.post('garden', ...replies(first));
    expect(depsOf(bob, second as Posted)).toEqual([{ log: first?.log, seq: first?.seq, by: first?.seq }]);
    expect(answersTo(bob, [second as Posted])).toEqual(['one']);
  });
});

describe('what is cited', () => {
  it('covers what lies before it in its log', () => {
    const covers = new CoveredDeps(OWN, new Map());
    covers.add({ seq: 7 }, [head(ANA, 5)]);
    expect([4, 5, 6].map((seq) => covers.of({ log: ANA, seq }, undefined))).toEqual([7, 7, undefined]);
    expect(covers.of({ log: EVE, seq: 1 }, undefined)).toBeUndefined();
  });

  it('covers nothing in a log whose past is in doubt, nor without an id', () => {
    const covers = new CoveredDeps(OWN, new Map([[ANA, 9]]));
    covers.add({ seq: 7 }, [head(ANA, 5), { log: EVE, seq: 5, by: 3 }]);
    expect(covers.of({ log: ANA, seq: 1 }, undefined)).toBeUndefined();
    expect(covers.of({ log: EVE, seq: 1 }, undefined)).toBeUndefined();
  });

  it('keeps the citation that reaches furthest, unless it is gone sooner', () => {
    const covers = new CoveredDeps(OWN, new Map());
    covers.add({ seq: 1 }, [head(ANA, 5)]);
    covers.add({ seq: 2, expires: 20 }, [head(ANA, 8)]);
    covers.add({ seq: 3 }, [head(ANA, 4)]);
    expect([5, 8].map((seq) => covers.of({ log: ANA, seq }, 10))).toEqual([1, undefined]);
    covers.add({ seq: 4 }, [head(ANA, 6)]);
    expect([5, 6].map((seq) => covers.of({ log: ANA, seq }, undefined))).toEqual([4, 4]);
  });
});
