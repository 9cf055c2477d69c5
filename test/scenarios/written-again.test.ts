// One log with two pasts: what lies behind the freeze stays where it is held, and its author's devices say it again, once.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryId, LogId } from '../../src/format/ids.js';
import { markRead } from '../../src/repository/read-marks.js';
import { targetAt } from '../../src/topic/reading/target.js';
import type { MessageView } from '../../src/topic/reading/view.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { retract } from '../../src/topic/writing/retract.js';
import { withFailingDisk } from '../testkit/fault-disk.js';
import { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, errorsIn, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick, recordsIn } from '../testkit/stick.js';

const TOPIC = rendezvousTopic('t');
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

describe('a restored device that lacks what others hold', () => {
  it('says it again, and everybody sees each message once', async () => {
    const restored = await restoredUnnoticed(['week 2', 'week 3'], 'I am back');
    await settle([alice, restored], stick);
    carol.import(await whole(restored));
    for (const one of [alice, restored, carol]) {
      expect(allTexts(one).toSorted(), one.name).toEqual(['I am back', 'first', 'week 2', 'week 3']);
      expect(errorsIn(one)).toEqual([]);
    }
    expect(alice.marked('t')).toEqual(['week 2', 'week 3']);
    expect(restored.marked('t')).toEqual(['I am back']);
    expect(carol.marked('t')).toEqual([]);
    expect(carol.texts('t')).toEqual(expect.arrayContaining(['week 2', 'week 3']));
  });
});

describe('what others hold of a restored device', () => {
  it('gets there when the bundle that brought it first was lost', async () => {
    const restored = await restoredUnnoticed(['week 2'], 'I am back');
    await exported(alice);
    await settle([alice, restored, carol], stick);
    for (const one of [alice, restored, carol])
      expect(allTexts(one).toSorted()).toEqual(['I am back', 'first', 'week 2']);
  });

  it('stays on a drive until it was written again', async () => {
    const drive = makeStick(path.join(stick, 'drive'), 1);
    for (const one of [alice, bob, carol]) await one.visit(drive);
    const restored = await restoredUnnoticed(['week 2'], 'I am back');
    await alice.visit(drive);
    for (const text of ['news', 'more news']) {
      await alice.post('t', text);
      await alice.visit(drive);
      await carol.visit(drive);
    }
    await restored.visit(drive);
    expect(viewsOf(restored).find(({ text }) => text === 'week 2')).toMatchObject({ again: { log: old } });
    const lying = (): number[] => bundlesOn(drive).flatMap((name) => behindIn(drive, name));
    expect(lying()).not.toEqual([]);
    for (const one of [alice, carol, restored, alice]) await one.visit(drive);
    await alice.post('t', 'the last');
    for (const one of [alice, carol, restored, alice]) await one.visit(drive);
    expect(lying()).toEqual([]);
  });
});

describe('two clones', () => {
  it('that import each other end with everything once', async () => {
    const clone = copyOf(bob, 'clone');
    await bob.post('t', 'left 1', 'left 2');
    await clone.post('t', 'right 1');
    const left = await whole(bob);
    const right = await whole(clone);
    bob.import(right);
    clone.import(left);
    await settle([bob, clone, alice, carol], stick);
    for (const one of [bob, clone, alice, carol])
      expect(allTexts(one).toSorted()).toEqual(['first', 'left 1', 'left 2', 'right 1']);
  });
});

describe('three pasts', () => {
  it('are all said again', async () => {
    const clones = [copyOf(bob, 'clone-1'), copyOf(bob, 'clone-2')] as const;
    await bob.post('t', 'one');
    await clones[0].post('t', 'two');
    await clones[1].post('t', 'three');
    const all = [bob, ...clones, alice, carol];
    await settle(all, stick);
    for (const one of all) expect(allTexts(one).toSorted()).toEqual(['first', 'one', 'three', 'two']);
  });

  it('of a log that says others again are too', async () => {
    const restored = await restoredUnnoticed(['week 2'], 'back');
    await settle([alice, restored], stick);
    const again = copyOf(restored, 'again');
    await restored.post('t', 'before the second loss');
    alice.import(await exported(restored));
    await again.post('t', 'back again');
    alice.import(await exported(again));
    await settle([alice, again, carol], stick);
    for (const one of [alice, again, carol])
      expect(allTexts(one).toSorted()).toEqual(['back', 'back again', 'before the second loss', 'first', 'week 2']);
  });
});

describe('what was taken back', () => {
  it('behind the freeze is not said again, and goes where it is held', async () => {
    const backup = copyOf(bob, 'backup');
    const [secret] = await bob.post('t', 'secret', 'open');
    alice.import(await exported(bob));
    await takeBack(bob, secret);
    const rest = await exported(bob);
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    await restored.post('t', 'back');
    restored.import(rest);
    alice.import(await exported(restored));
    await settle([alice, restored, carol], stick);
    for (const one of [alice, restored, carol]) expect(allTexts(one)).not.toContain('secret');
    for (const one of [alice, restored, carol]) expect(allTexts(one).toSorted()).toEqual(['back', 'first', 'open']);
  });

  it('in one place is so in all', async () => {
    const restored = await restoredUnnoticed(['regretted', 'kept'], 'back');
    await settle([alice, restored, carol], stick);
    const regretted = viewsOf(restored).find(({ text, state }) => text === 'regretted' && state === 'shown');
    await takeBack(restored, regretted);
    await settle([alice, restored, carol], stick);
    for (const one of [alice, restored, carol]) expect(allTexts(one).toSorted()).toEqual(['back', 'first', 'kept']);
  });

  it("in an older log of one's own, which is not frozen, is so for everybody", async () => {
    const [regretted] = await bob.post('t', 'regretted');
    await settle([alice, bob, carol], stick);
    fs.rmSync(bob.stateDirectory, { recursive: true });
    await bob.post('t', 'in a new log');
    expect(await takeBack(bob, regretted)).toHaveLength(1);
    await settle([alice, bob, carol], stick);
    for (const one of [alice, bob, carol]) expect(allTexts(one)).toEqual(['first', 'in a new log']);
    for (const one of [alice, bob, carol]) one.collect();
    for (const one of [alice, bob, carol])
      expect(one.repository.entry(old, regretted?.seq ?? 0)?.payload).toBeUndefined();
  });
});

describe('what was taken back, and whose payload has gone since,', () => {
  it('is so for everybody when it lies behind the freeze', async () => {
    const before = copyOf(bob, 'before');
    const [secret] = await bob.post('t', 'secret');
    const clone = copyOf(bob, 'clone');
    await takeBack(clone, secret);
    clone.collect();
    await before.post('t', 'other past');
    clone.import(await exported(before));
    fs.rmSync(clone.repository.layout.index, { recursive: true });
    clone.reopen();
    expect(clone.repository.entry(old, secret?.seq ?? 0)).toBeUndefined();
    const all = [clone, before, bob, alice, carol];
    await settle(all, stick);
    for (const one of all) expect(allTexts(one).toSorted(), one.name).toEqual(['first', 'other past']);
  });

  it('is so for everybody when it lies before the freeze', async () => {
    const [secret] = await bob.post('t', 'secret');
    await settle([alice, bob, carol], stick);
    const clone = copyOf(bob, 'clone');
    await takeBack(clone, secret);
    clone.collect();
    await bob.post('t', 'other past');
    clone.import(await exported(bob));
    expect(clone.repository.entry(old, secret?.seq ?? 0)).toBeUndefined();
    for (const one of [alice, carol]) one.import(await whole(clone));
    for (const one of [alice, carol]) expect(allTexts(one).toSorted(), one.name).toEqual(['first', 'other past']);
  });

  it('is so for everybody when it lies in an older log than what took it back', async () => {
    const [secret] = await bob.post('t', 'secret');
    await settle([alice, bob, carol], stick);
    fs.rmSync(bob.stateDirectory, { recursive: true });
    await bob.post('t', 'in a new log');
    await settle([alice, bob, carol], stick);
    const clone = copyOf(bob, 'clone');
    await takeBack(clone, secret);
    await bob.post('t', 'other past');
    clone.import(await exported(bob));
    const all = [clone, bob, alice, carol];
    await settle(all, stick);
    for (const one of all) expect(allTexts(one).toSorted(), one.name).toEqual(['first', 'in a new log', 'other past']);
  });

  it('is so for everybody when only a friend is left to tell of it, as far as the ids go', async () => {
    const before = copyOf(bob, 'before');
    const secrets = await bob.post('t', 'one secret', 'last secret');
    const clone = copyOf(bob, 'clone');
    for (const secret of secrets) await takeBack(clone, secret);
    alice.import(await exported(clone));
    await before.post('t', 'other past');
    alice.import(await exported(before));
    // the id of the first stands in a segment of which nothing is left over: no reason to send the others for ever
    await settle([alice, before], stick);
    const all = [alice, before, bob, carol];
    await settle(all, stick);
    for (const one of all) expect(allTexts(one).toSorted(), one.name).toEqual(['first', 'one secret', 'other past']);
  });
});

describe('what expires', () => {
  it('expires in its copy', async () => {
    const day = Math.floor(bob.now / 86_400_000);
    const backup = copyOf(bob, 'backup');
    await bob.post('t', { body: 'soon gone', meta: { expires: day + 2 } }, { body: 'gone', meta: { expires: day } });
    const lost = await exported(bob);
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    await restored.post('t', 'back');
    restored.import(lost);
    await settle([restored, carol], stick);
    expect(allTexts(carol).toSorted()).toEqual(['back', 'first', 'soon gone']);
    carol.now += 3 * 86_400_000;
    expect(allTexts(carol).toSorted()).toEqual(['back', 'first']);
  });
});

describe('answers', () => {
  it('to an original are answers to its copy, and the other way round', async () => {
    const backup = copyOf(bob, 'backup');
    const [question] = await bob.post('t', 'a question');
    alice.import(await exported(bob));
    await alice.post('t', { body: 'an answer to the original', reply: question });
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    await restored.post('t', 'back');
    await settle([alice, restored], stick);
    carol.import(await whole(restored));
    carol.import(await whole(alice));
    const copy = viewsOf(carol).find(({ text }) => text === 'a question');
    expect(copy?.again).toMatchObject({ log: old, id: question?.id });
    expect(answersIn(carol)).toEqual({ 'an answer to the original': ['a question', copy?.id] });
    expect(answersIn(alice)).toEqual({ 'an answer to the original': ['a question', question?.id] });
    const target = targetAt(carol.repository, {
      log: copy?.log as LogId,
      seq: copy?.seq ?? 0,
      id: copy?.id as EntryId,
    });
    await carol.post('t', { body: 'an answer to the copy', reply: target });
    await settle([alice, restored, carol], stick);
    expect(answersIn(alice)['an answer to the copy']).toEqual(['a question', question?.id]);
  });

  it('that are said again still answer', async () => {
    const backup = copyOf(bob, 'backup');
    const [asked] = await alice.post('t', 'when?');
    bob.import(await exported(alice));
    const [own] = await bob.post('t', { body: 'at noon', reply: asked });
    await bob.post('t', { body: 'or later', reply: own });
    const lost = await exported(bob);
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    await restored.post('t', 'back');
    restored.import(lost);
    await settle([restored, carol, alice], stick);
    expect(answersIn(carol)).toMatchObject({
      'at noon': ['when?', asked?.id],
      'or later': ['at noon', expect.anything()],
    });
  });
});

describe('what was read', () => {
  it('does not become unread as a copy', async () => {
    const restored = await restoredUnnoticed(['week 2', 'week 3'], 'I am back');
    read(alice);
    await settle([alice, restored, carol], stick);
    expect(unreadIn(alice)).toEqual(['I am back']);
    read(alice);
    await settle([alice, restored, carol], stick);
    expect(unreadIn(alice)).toEqual([]);
    expect(unreadIn(carol).toSorted()).toEqual(['I am back', 'first', 'week 2', 'week 3']);
  });

  it('does not become unread as an original', async () => {
    const backup = copyOf(bob, 'backup');
    await bob.post('t', 'week 2');
    const lost = await exported(bob);
    bob.repository.close();
    const restored = copyOf(backup, 'restored');
    await restored.post('t', 'back');
    const other = await exported(restored);
    restored.import(lost);
    await restored.writeAgain();
    // dora hears of no contradiction, and of the copy first
    const bundle = await bundleFrom(restored, stick, { full: true });
    carol.import(bundle as string);
    read(carol);
    expect(unreadIn(carol)).toEqual([]);
    carol.import(lost);
    carol.import(other);
    expect(unreadIn(carol)).toEqual([]);
  });
});

describe('a device that fails at whatever call', () => {
  it('says everything once when it goes on', { timeout: 600_000 }, async () => {
    const restored = await restoredUnnoticed(['week 2', 'week 3'], 'I am back');
    restored.import((await bundleFrom(alice, stick)) as string);
    restored.repository.close();
    const spare = path.join(stick, '..', 'spare');
    fs.cpSync(restored.directory, spare, { recursive: true });
    for (let at = 1, isClean = false; !isClean; at++) {
      fs.rmSync(restored.directory, { recursive: true });
      fs.cpSync(spare, restored.directory, { recursive: true });
      const broken = Replica.at('restored', restored.directory, restored.now);
      const failing = { mode: 'once', code: 'EIO', calls: 'changes', at } as const;
      const { calls } = await withFailingDisk(restored.directory, failing, () => broken.writeAgain().catch(() => 0));
      isClean = calls < at;
      fs.rmSync(broken.repository.layout.lock, { force: true });
      broken.reopen();
      await broken.writeAgain();
      expect(allTexts(broken).toSorted(), `call ${at}`).toEqual(['I am back', 'first', 'week 2', 'week 3']);
      const copies = viewsOf(broken).filter(({ again }) => again);
      expect(copies.length, `call ${at}`).toBe(3);
      broken.repository.close();
    }
  });
});

describe('a stranger', () => {
  it('says nothing again in the name of somebody else', async () => {
    const [truth] = await bob.post('t', 'the truth');
    await settle([alice, bob, carol], stick);
    await carol.post('t', { body: 'a lie', again: truth });
    await settle([alice, bob, carol], stick);
    for (const one of [alice, bob, carol]) {
      expect(allTexts(one)).toEqual(['first', 'the truth', 'a lie']);
      expect(viewsOf(one).find(({ text }) => text === 'a lie')).toMatchObject({ state: 'shown', again: undefined });
    }
  });

  it('takes nothing back in the log of somebody else', async () => {
    const [truth] = await bob.post('t', 'the truth');
    await settle([alice, bob, carol], stick);
    const ranges = [{ from: 1, end: (truth?.seq ?? 0) + 1, id: truth?.id as EntryId }];
    await carol.post('t', { type: 'retract', meta: { housekeeping: true, retractsIn: { log: old, ranges } } });
    await settle([alice, bob, carol], stick);
    for (const one of [alice, bob, carol]) expect(allTexts(one)).toEqual(['first', 'the truth']);
  });
});

/** Where segments of the old log end in a bundle that lies behind the freeze. */
function behindIn(drive: string, name: string): number[] {
  const freeze = alice.repository.frozen.get(old) ?? Number.POSITIVE_INFINITY;
  return recordsIn(drive, name).flatMap(({ log, end }) => (log === old && end > freeze ? end : []));
}

/** A backup of bob that was not noticed: what he told alice since is gone there, and he wrote something else in its place. */
async function restoredUnnoticed(lost: readonly string[], said: string): Promise<Replica> {
  const backup = copyOf(bob, 'backup');
  for (const text of lost) await bob.post('t', text);
  alice.import(await exported(bob));
  bob.repository.close();
  const restored = copyOf(backup, `restored-${fs.readdirSync(path.dirname(stick)).length}`);
  await restored.post('t', said);
  alice.import(await exported(restored));
  return restored;
}

async function exported(from: Replica): Promise<string> {
  const file = await bundleFrom(from, stick);
  if (!file) throw new Error('nothing to export');
  return file;
}

async function whole(from: Replica): Promise<string> {
  return (await bundleFrom(from, stick, { full: true })) ?? '';
}

function viewsOf(replica: Replica): MessageView[] {
  const viewer = openViewer(replica.session, { topic: TOPIC, label: 't' });
  return replica.messages('t').map(viewer.view);
}

/** What is read, marked or not. */
function allTexts(replica: Replica): string[] {
  const shown = viewsOf(replica).filter(({ state }) => state === 'shown' || state === 'contradicted');
  return shown.map(({ text = '-' }) => text);
}

function unreadIn(replica: Replica): string[] {
  const viewer = openViewer(replica.session, { topic: TOPIC, label: 't' });
  const unread = replica
    .messages('t')
    .map(viewer.view)
    .filter((view) => view.unread);
  expect(viewer.unread.count).toBe(unread.length);
  return unread.map(({ text = '-' }) => text);
}

function read(replica: Replica): void {
  markRead(replica.repository.layout, TOPIC, replica.repository.lastArrival);
}

async function takeBack(replica: Replica, what: Pick<MessageView, 'log' | 'seq' | 'id'> | undefined) {
  if (!what) throw new Error('nothing to take back');
  const target = targetAt(replica.repository, what);
  return (await retract(replica.repository, await replica.author(), target, 't')).posted;
}

/** For each answer the text and the id of what it is shown to answer. */
function answersIn(replica: Replica): Record<string, unknown> {
  const viewer = openViewer(replica.session, { topic: TOPIC, label: 't' });
  const views = replica.messages('t').map(viewer.view);
  const answers = views.filter(({ reply, state }) => reply && (state === 'shown' || state === 'contradicted'));
  return Object.fromEntries(
    answers.map(({ text = '', reply, answers: to }) => [text, [reply && viewer.at(reply)?.text, to?.id]]),
  );
}
