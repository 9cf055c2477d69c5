import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SatchelError } from '../../../../src/format/error.js';
import { PAYLOAD_MAX } from '../../../../src/format/limits.js';
import { inOrder } from '../../../../src/topic/order/order.js';
import { openViewer } from '../../../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { Keys } from '../../../../src/topic/writing/keys.js';
import { type Item, type Outcome, postItems } from '../../../../src/topic/writing/post-items.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const GARDEN = { topic: rendezvousTopic('garden'), label: 'garden' };

function keysOf(replica: Replica): Keys {
  return new Keys(replica.repository, GARDEN.topic, replica.session.self.person);
}

async function postAll(replica: Replica, items: readonly Item[], keys = keysOf(replica)): Promise<readonly Outcome[]> {
  const findReply = (id: string): never => {
    throw new SatchelError('not-found', `no ${id}`);
  };
  const { outcomes } = await postItems(replica.repository, await replica.author(), GARDEN, items, { keys, findReply });
  return outcomes;
}

function kinds(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.error.code : outcome.kind));
}

function keyed(...keys: string[]): Item[] {
  return keys.map((key) => ({ text: `text of ${key}`, key }));
}

function keyFiles(replica: Replica): string[] {
  const directory = path.join(replica.repository.layout.index, 'keys');
  return fs.readdirSync(directory).map((name) => path.join(directory, name));
}

describe('a key', () => {
  it('is posted once, in one call, in the next, and in another process', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    const keys = keysOf(ana);
    expect(kinds(await postAll(ana, keyed('a', 'b', 'a'), keys))).toEqual(['posted', 'posted', 'known']);
    expect(kinds(await postAll(ana, keyed('b', 'c'), keys))).toEqual(['known', 'posted']);
    expect(kinds(await postAll(ana.reopen(), keyed('a', 'c', 'd')))).toEqual(['known', 'known', 'posted']);
    expect(ana.texts('garden')).toEqual(['a', 'b', 'c', 'd'].map((key) => `text of ${key}`));
  });

  it('names the message it was posted as', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    const [first] = await postAll(ana, keyed('a'));
    const [again] = await postAll(ana, keyed('a'));
    const message = first?.kind === 'posted' ? first.message : undefined;
    expect(again).toMatchObject({ kind: 'known', message: { id: message?.id, log: message?.log, seq: 1 } });
  });

  it('is found again in the log when the file is gone, torn or behind', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    await postAll(ana, keyed('a', 'b'));
    await postAll(ana, keyed('c'));
    const [file = ''] = keyFiles(ana);
    const whole = fs.readFileSync(file);
    for (let size = 0; size < whole.length; size += 13) {
      fs.writeFileSync(file, whole.subarray(0, size));
      expect(kinds(await postAll(ana, keyed('a', 'b', 'c')))).toEqual(['known', 'known', 'known']);
      expect(fs.readFileSync(file).length).toBeGreaterThan(size);
    }
    const flipped = Buffer.from(whole);
    flipped[30] = 0xff - (flipped[30] ?? 0);
    fs.writeFileSync(file, flipped);
    expect(kinds(await postAll(ana, keyed('a', 'c')))).toEqual(['known', 'known']);
    fs.rmSync(path.dirname(file), { recursive: true });
    expect(kinds(await postAll(ana, keyed('b')))).toEqual(['known']);
  });

  it('posted beside an open stream is known to it', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    const open = keysOf(ana);
    await postAll(ana, keyed('a'), open);
    await postAll(ana, keyed('b'));
    await ana.post('garden', { body: 'c', key: 'c' }, 'without');
    expect(kinds(await postAll(ana, keyed('a', 'b', 'c', 'd'), open))).toEqual(['known', 'known', 'known', 'posted']);
  });

  it('is looked up in one read, however many there are', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    const many = Array.from({ length: 5_000 }, (_, i) => `key ${i}`);
    await postAll(ana, keyed(...many));
    ana.reopen();
    expect(new Set(kinds(await postAll(ana, keyed(...many))))).toEqual(new Set(['known']));
    expect(ana.repository.segmentsDecoded).toBe(0);
  });
});

describe('a stream', () => {
  it('answers by key, within a batch and across them', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    await postAll(ana, [...keyed('a'), { text: 'one', key: 'b', reply: 'a' }]);
    await postAll(ana, [{ text: 'two', reply: 'b' }]);
    const viewer = openViewer(ana.session, GARDEN);
    const views = [...inOrder(ana.repository, ana.repository.logsOfTopic(GARDEN.topic))].map(viewer.view);
    expect(views.map(({ reply }) => reply?.id)).toEqual([undefined, views[0]?.id, views[1]?.id]);
  });

  it('refuses one item and goes on with the others', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    const long = 'x'.repeat(PAYLOAD_MAX);
    const items = [{ text: 'one' }, { text: long, key: 'long' }, { text: 'two', reply: 'nobody' }, { text: 'three' }];
    expect(kinds(await postAll(ana, items))).toEqual(['posted', 'too-large', 'not-found', 'posted']);
    expect(ana.texts('garden')).toEqual(['one', 'three']);
    const fits = { text: 'x'.repeat(PAYLOAD_MAX - 64), key: 'long' };
    expect(kinds(await postAll(ana, [fits, fits, { text: 'four' }]))).toEqual(['posted', 'known', 'posted']);
  });

  it('writes nothing when all is known', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    await postAll(ana, keyed('a'));
    const before = ana.repository.lastArrival;
    await postAll(ana, keyed('a', 'a'));
    expect(ana.repository.lastArrival).toBe(before);
  });
});
