// Restored backups and cloned machines: noticed by the note outside the repository or by what others hold, proven, healed
// in new logs. Nobody loses what was written.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogId } from '../../src/format/ids.js';
import { decodeIntroduction } from '../../src/format/log/introduction.js';
import { type BehindEntry, entriesBehind } from '../../src/repository/index/behind.js';
import { decodeMessage, textOf } from '../../src/topic/message/message.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { post } from '../../src/topic/writing/post.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, errorsIn, heldBy, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

let stick: string;
let alice: Replica;
let bob: Replica;
let carol: Replica;
let old: LogId;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [Replica, Replica, Replica];
  const [first] = await bob.post('t', 'first');
  old = first?.log as LogId;
  await settle([alice, bob, carol], stick);
});

describe('a restored backup', () => {
  it.each(['behind its note', 'without its note'])('goes on in a new log when it is %s', async (how) => {
    const backup = copyOf(bob, 'backup');
    await bob.post('t', 'second');
    await settle([alice, bob], stick);
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    if (how === 'behind its note') restored.stateDirectory = bob.stateDirectory;
    else fs.rmSync(restored.stateDirectory, { recursive: true });
    const { posted, renewed } = await say(restored, 'I am back');
    expect(renewed).toBe(true);
    expect(posted[0]?.log).not.toBe(old);
    expect(continues(restored, posted[0]?.log as LogId)).toEqual([old, restored.repository.log(old)?.end]);
    expect((await say(restored, 'again')).renewed).toBe(false);
    await settle([alice, restored, carol], stick);
    for (const one of [alice, restored, carol]) {
      expect(one.texts('t').toSorted()).toEqual(['I am back', 'again', 'first', 'second']);
      expect(one.repository.frozen.size).toBe(0);
    }
    expectSame([alice, restored, carol]);
  });

  it('is noticed when others bring what it wrote and forgot', async () => {
    const backup = copyOf(bob, 'backup');
    await bob.post('t', 'second');
    const lost = await exported(bob);
    const restored = copyOf(backup, 'restored');
    expect(restored.import(lost)).toMatchObject({ fresh: 1, forked: [old], refused: [] });
    const { posted, renewed } = await say(restored, 'third');
    expect(renewed).toBe(true);
    expect(continues(restored, posted[0]?.log as LogId)).toEqual([old, restored.repository.log(old)?.end]);
    expect(restored.texts('t')).toEqual(['first', 'second', 'third']);
  });

  it('that wrote on unnoticed proves the fork, and everybody leaves the same part of the old log out', async () => {
    const backup = copyOf(bob, 'backup');
    await bob.post('t', 'told to alice');
    alice.import(await exported(bob));
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    await restored.post('t', 'told to carol');
    carol.import(await exported(restored));
    expect(alice.import(await exported(restored)).refused).toMatchObject([{ log: old, code: 'contradiction' }]);
    await alice.post('t', 'I have proof');
    expect(restored.import(await exported(alice))).toMatchObject({ forked: [old] });
    const { posted, renewed } = await say(restored, 'starting over');
    expect(renewed).toBe(true);
    expect(posted[0]?.log).not.toBe(old);
    await settle([alice, restored, carol], stick);
    for (const one of [alice, restored, carol]) {
      expect(one.repository.frozen.get(old)).toBe(frozenAt(alice));
      expect([...one.texts('t'), ...one.marked('t')].toSorted()).toEqual([
        'I have proof',
        'first',
        'starting over',
        'told to alice',
        'told to carol',
      ]);
    }
    expect(writtenTo(alice, old)).toEqual(['first', '*told to alice']);
    for (const one of [restored, carol]) expect(writtenTo(one, old)).toEqual(['first', '*told to carol']);
    expect([alice, restored, carol].flatMap(errorsIn)).toEqual([]);
  });
});

describe('a batch of answers', () => {
  it('to one version names nothing in the other', async () => {
    const clone = copyOf(bob, 'clone');
    await clone.post('t', 'from the clone', 'more of it', 'the end');
    const posted = await bob.post('t', 'from the original', 'and more', 'the end');
    alice.import(await exported(bob));
    carol.import(await exported(clone));
    await alice.post('t', ...posted.toReversed().map((reply) => ({ body: `to ${reply.seq}`, reply })));
    const inAlice = [2, 3, 4].map((seq) => [`to ${seq}`, alice.repository.entry(old, seq)?.id]);
    expect(answersIn(alice)).toEqual(Object.fromEntries(inAlice));
    carol.import(await exported(alice));
    expect(carol.repository.frozen.get(old)).toBe(2);
    // the last one names its id, so it is told what it is, and that it is not here
    expect(answersIn(carol)).toEqual({ 'to 2': undefined, 'to 3': undefined, 'to 4': posted[2]?.id });
  });
});

describe('a cloned machine', () => {
  it('whose note was not cloned goes on in new logs at once', async () => {
    const clone = copyOf(bob, 'clone');
    fs.rmSync(clone.stateDirectory, { recursive: true });
    expect((await say(clone, 'from the clone')).renewed).toBe(true);
    expect((await say(bob, 'from the original')).renewed).toBe(false);
    await settle([alice, bob, clone, carol], stick);
    for (const one of [alice, bob, clone, carol]) {
      expect(one.texts('t').toSorted()).toEqual(['first', 'from the clone', 'from the original']);
      expect(one.repository.frozen.size).toBe(0);
    }
    expectSame([alice, bob, clone, carol]);
  });

  it('that shares its note with the original is told by it, whoever writes first', async () => {
    const copy = copyOf(bob, 'copy');
    copy.stateDirectory = bob.stateDirectory;
    expect((await say(copy, 'from the copy')).renewed).toBe(false);
    expect((await say(bob, 'from the original')).renewed).toBe(true);
    expect((await say(copy, 'from the copy again')).renewed).toBe(false);
    await settle([alice, bob, copy, carol], stick);
    expect(alice.texts('t')).toHaveLength(4);
    expect(alice.repository.frozen.size).toBe(0);
    expectSame([alice, bob, copy, carol]);
  });

  it('with everything cloned forks the log: both sides hear of it, go on apart, and all converge', async () => {
    const clone = copyOf(bob, 'clone');
    await bob.post('t', 'from the original', 'and more');
    await clone.post('t', 'from the clone');
    alice.import(await exported(bob));
    carol.import(await exported(clone));
    await settle([alice, carol], stick);
    expect(alice.repository.frozen).toEqual(carol.repository.frozen);
    expect(alice.texts('t')).toEqual(['first']);
    expect(carol.texts('t')).toEqual(['first']);
    await alice.post('t', 'news');
    for (const side of [bob, clone]) expect(side.import(await exported(alice)).forked).toContain(old);
    expect((await say(bob, 'the original again')).renewed).toBe(true);
    expect((await say(clone, 'the clone again')).renewed).toBe(true);
    await settle([alice, bob, clone, carol], stick);
    for (const one of [alice, bob, clone, carol]) {
      expect(one.repository.frozen).toEqual(alice.repository.frozen);
      expect([...one.texts('t'), ...one.marked('t')].toSorted()).toEqual(EVERYTHING);
    }
    expect(writtenTo(bob, old)).toEqual(['first', '*from the original', '*and more']);
    expect(writtenTo(clone, old)).toEqual(['first', '*from the clone']);
    expect([alice, bob, clone, carol].flatMap(errorsIn)).toEqual([]);
  });

  it('has what is left over of it carried to its own devices, until it is written again, and to nobody else', async () => {
    const clone = copyOf(bob, 'clone');
    await bob.post('t', 'from the original');
    await clone.post('t', 'from the clone');
    alice.import(await exported(bob));
    carol.import(await exported(clone));
    const other = await whole(carol);
    alice.import(other);
    expect(alice.repository.leftOver(old)).toEqual([{ from: 2, end: 3 }]);
    const told = async (to: Replica): Promise<boolean> => {
      const file = await bundleFrom(alice, stick, { to: [recipient(to)], uncompressed: true });
      return file !== undefined && fs.readFileSync(file).includes('from the original');
    };
    expect(await told(carol)).toBe(false);
    expect(await told(bob)).toBe(true);
    expect(await told(bob)).toBe(true);
    const met: string[] = [];
    bob.import(other, { behind: (behind) => met.push(...entriesBehind(behind).map(textOfEntry)) });
    expect(met).toEqual(['from the clone']);
    alice.import(await exported(bob));
    expect(await told(bob)).toBe(false);
  });

  it('is proven to whoever takes the log later, in whatever order the two sides come', async () => {
    const clone = copyOf(bob, 'clone');
    await bob.post('t', 'from the original', 'and more', 'and more');
    await clone.post('t', 'from the clone');
    await clone.post('t', 'and more from it');
    const sides = [await whole(bob), await whole(clone)] as const;
    const dora = await newcomer('dora', sides);
    const emil = await newcomer('emil', [sides[1], sides[0]]);
    expect(dora.repository.frozen).toEqual(emil.repository.frozen);
    expect(dora.texts('t')).toEqual(['first']);
    expect(emil.texts('t')).toEqual(['first']);
    const frank = await newcomer('frank', [await whole(dora)]);
    expect(frank.repository.frozen).toEqual(dora.repository.frozen);
    expect(frank.texts('t')).toEqual(['first']);
  });
});

const EVERYTHING = [
  'and more',
  'first',
  'from the clone',
  'from the original',
  'news',
  'the clone again',
  'the original again',
];

describe('a process killed between its commit and the note', () => {
  it('accuses nobody, not even at its very first message', async () => {
    const note = path.join(bob.stateDirectory, `${bob.session.self.epoch}.note`);
    const before = fs.readFileSync(note);
    await bob.post('t', 'second');
    fs.writeFileSync(note, before);
    const { posted, renewed } = await say(bob.reopen(), 'third');
    expect([renewed, posted[0]?.log]).toEqual([false, old]);
    fs.writeFileSync(note, '');
    expect((await say(bob.reopen(), 'fourth')).renewed).toBe(false);
  });

  it('accuses nobody when it had made a key and written nothing', async () => {
    const author = await bob.author();
    const place = { topic: rendezvousTopic('u'), label: 'u' };
    const interrupted = bob.repository.lockedAsync(async () => {
      const { openOwnLog } = await import('../../src/topic/writing/own-log.js');
      await openOwnLog(bob.repository, author, place);
      throw new Error('killed');
    });
    await expect(interrupted).rejects.toThrow('killed');
    expect((await say(bob.reopen(), 'second')).renewed).toBe(false);
    expect((await post(bob.repository, await bob.author(), place, [{ body: 'one' }])).renewed).toBe(false);
    expect(bob.texts('u')).toEqual(['one']);
  });
});

/** What the answers in a conversation answer. */
function answersIn(replica: Replica): Record<string, string | undefined> {
  const viewer = openViewer(replica.session, { topic: rendezvousTopic('t'), label: 't' });
  const views = replica.messages('t').map(viewer.view);
  return Object.fromEntries(views.flatMap(({ text = '', reply }) => (reply ? [[text, reply.id]] : [])));
}

async function say(replica: Replica, text: string) {
  const place = { topic: rendezvousTopic('t'), label: 't' };
  return post(replica.repository, await replica.author(), place, [{ body: text }]);
}

async function exported(from: Replica): Promise<string> {
  const file = await bundleFrom(from, stick);
  if (!file) throw new Error('nothing to export');
  return file;
}

async function whole(from: Replica): Promise<string> {
  return (await bundleFrom(from, stick, { full: true })) ?? '';
}

async function newcomer(name: string, files: readonly string[]): Promise<Replica> {
  const directory = path.join(stick, '..', name);
  fs.mkdirSync(directory);
  const [replica] = (await makeFriends(directory, [name], 't')) as [Replica];
  for (const file of files) replica.import(file);
  return replica;
}

/** The log and length that a log's introduction names as what it continues. */
function continues(replica: Replica, log: LogId): [LogId, number] | undefined {
  const payload = replica.repository.entry(log, 0)?.payload;
  const after = payload && decodeIntroduction(payload)?.after;
  return after && [after.log, after.length];
}

function textOfEntry({ payload }: BehindEntry): string {
  const message = payload && decodeMessage(payload);
  return (message && textOf(message)) ?? '';
}

function recipient({ session }: Replica) {
  return { person: session.self.person, device: session.self.device };
}

function frozenAt(replica: Replica): number | undefined {
  return replica.repository.frozen.get(old);
}

/** The texts stored of a log; those behind a contradiction are marked. */
function writtenTo(replica: Replica, log: LogId): string[] {
  return [...replica.repository.entries(log, 1)].flatMap(({ payload, frozen }) => {
    const message = payload && decodeMessage(payload);
    const text = message && textOf(message);
    return text === undefined ? [] : [`${frozen ? '*' : ''}${text}`];
  });
}

function expectSame(replicas: readonly Replica[]): void {
  for (const one of replicas) {
    expect(heldBy(one)).toEqual(heldBy(replicas[0] as Replica));
    expect(one.texts('t')).toEqual((replicas[0] as Replica).texts('t'));
  }
}
