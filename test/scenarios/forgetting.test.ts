// What somebody forgets is gone from that disk, is never sent again, and is nobody else's loss (spec/message.md, "Forgetting").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hasSuspects } from '../../src/repository/rot/suspects.js';
import { checkEverything } from '../../src/sync/check.js';
import { openDrive } from '../../src/sync/drive/drive.js';
import { forgetMemory } from '../../src/sync/drive/memory.js';
import { deliveryTo } from '../../src/sync/known/delivery.js';
import { activeContacts } from '../../src/sync/session.js';
import { attach, chunksOf, heldChunks } from '../testkit/attach.js';
import { filesWith, forget, holdsText, isStripped } from '../testkit/forgetting.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, heldBy, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick, snapshotOf } from '../testkit/stick.js';

const DAY_MS = 86_400_000;

let parent: string;
let mails: string;
let ana: Replica;
let ben: Replica;
let cleo: Replica;
beforeEach(async () => {
  parent = scratchDirectory();
  mails = path.join(parent, 'mails');
  fs.mkdirSync(mails);
  [ana, ben, cleo] = (await makeFriends(parent, ['ana', 'ben', 'cleo'], 't')) as [Replica, Replica, Replica];
});

async function send(from: Replica, ...to: Replica[]) {
  const people = new Set(to.map((one) => one.session.self.person));
  const contacts = activeContacts(from.session).filter(({ person }) => people.has(person));
  const file = await bundleFrom(from, mails, { uncompressed: true, to: contacts });
  return { file, reports: file === undefined ? [] : to.map((one) => one.import(file)) };
}

/** Posts each text by itself: each is signed for. */
async function say(one: Replica, ...texts: string[]): Promise<void> {
  for (const text of texts) await one.post('t', text);
}

/** Messages that somebody is not known to have, as far as one could bring them. */
function waitingFor(one: Replica, other: Replica): number | undefined {
  const contact = activeContacts(one.session).find(({ person }) => person === other.session.self.person);
  return contact && deliveryTo(one.session, contact).pending;
}

function problems(one: Replica): unknown[] {
  return [...checkEverything(one.repository, { all: true })].filter(({ severity }) => severity === 'error');
}

describe('what is forgotten', () => {
  it('is gone from the disk, and held all the same', async () => {
    await say(ana, 'one', 'a secret', 'three');
    await send(ana, ben);
    const before = heldBy(ben);
    expect(filesWith(ben.directory, 'a secret')).not.toEqual([]);
    const report = forget(ben, 't', ['a secret']);
    expect(report).toMatchObject({ payloadsDropped: 1, kept: [] });
    expect(ben.texts('t')).toEqual(['one', '-', 'three']);
    expect(filesWith(ben.directory, 'a secret')).toEqual([]);
    expect(heldBy(ben)).toEqual(before);
    expect(problems(ben)).toEqual([]);
    ben.reopen();
    expect(heldBy(ben)).toEqual(before);
  });

  it('stays so when the index is built anew', async () => {
    await say(ana, 'one', 'a secret');
    await send(ana, ben);
    const before = heldBy(ben);
    forget(ben, 't', ['a secret']);
    ben.repository.locked(() => ben.repository.rebuildIndex());
    expect(heldBy(ben)).toEqual(before);
    expect(ben.repository.logs).toBeDefined();
    for (const { log } of ben.repository.logs()) expect(ben.repository.unheldRuns(log)).toEqual([]);
    fs.rmSync(ben.repository.layout.index, { recursive: true });
    ben.reopen();
    expect(heldBy(ben)).toEqual(before);
    expect(problems(ben)).toEqual([]);
  });

  it('is not taken again, neither by itself nor with what is new beside it', async () => {
    await say(ana, 'one', 'a secret', 'three');
    const { file } = await send(ana, ben);
    forget(ben, 't', ['a secret']);
    expect(ben.import(file as string)).toMatchObject({ fresh: 0, refused: [] });
    await say(ana, 'four');
    ana.collect();
    const whole = path.join(mails, 'whole.satchel');
    await ana.export(whole, { full: true, uncompressed: true });
    expect(ben.import(whole)).toMatchObject({ fresh: 1, refused: [] });
    expect(ben.texts('t')).toEqual(['one', '-', 'three', 'four']);
    expect(filesWith(ben.directory, 'a secret')).toEqual([]);
    expect(problems(ben)).toEqual([]);
  });

  it('comes again when its note is lost, once the index is built anew', async () => {
    await say(ana, 'one', 'a secret', 'three');
    const { file } = await send(ana, ben);
    forget(ben, 't', ['a secret']);
    fs.rmSync(path.join(ben.repository.layout.root, 'refs', 'forgotten.json'));
    ben.reopen();
    expect(ben.import(file as string)).toMatchObject({ fresh: 0 });
    expect(ben.texts('t')).toEqual(['one', '-', 'three']);
    ben.repository.locked(() => ben.repository.rebuildIndex());
    expect(ben.import(file as string)).toMatchObject({ fresh: 1, refused: [] });
    expect(ben.texts('t')).toEqual(['one', 'a secret', 'three']);
    expect(problems(ben)).toEqual([]);
  });

  it('ends a reader that has the old packs open with busy, and nothing is taken for damaged', async () => {
    await say(ana, 'one', 'a secret', 'three');
    await send(ana, ben);
    const reader = ben.open();
    const [{ log, end } = { log: undefined, end: 0 }] = [...reader.logs()].filter(
      ({ person }) => person === ana.session.self.person,
    );
    if (log === undefined) throw new Error('nothing of ana');
    forget(ben, 't', ['a secret']);
    expect(() => [...reader.entries(log, 1, end)].map(({ id }) => id)).toThrow(/forgotten here meanwhile/);
    reader.refresh();
    expect([...reader.entries(log, 1)]).toHaveLength(end - 1);
    reader.close();
    expect(hasSuspects(ben.repository.layout.index)).toBe(false);
    expect(problems(ben)).toEqual([]);
  });

  it('is sent by nobody to who forgot it, and by who forgot it to nobody', async () => {
    await say(ana, 'one', 'a secret', 'three');
    await send(ana, ben);
    await send(ben, ana);
    forget(ben, 't', ['a secret']);
    expect((await send(ana, ben)).file).toBeUndefined();
    const { file, reports } = await send(ben, cleo);
    expect(reports).toMatchObject([{ refused: [] }]);
    expect(fs.readFileSync(file as string).includes('a secret')).toBe(false);
    expect(cleo.texts('t')).toEqual(['one', 'three']);
    expect(waitingFor(ben, cleo)).toBe(2);
    await send(cleo, ben);
    expect(waitingFor(ben, cleo)).toBe(0);
    expect((await send(ben, cleo)).file).toBeUndefined();
    // Ana knows that Cleo lacks it
    await send(cleo, ana);
    await send(ana, cleo);
    expect(cleo.texts('t')).toEqual(['one', 'a secret', 'three']);
    expect(ben.texts('t')).toEqual(['one', '-', 'three']);
  });

  it('goes along without its text where heads do not allow to cut it out, and another copy fills it in', async () => {
    await ana.post('t', 'one', 'a secret', 'three');
    await send(ana, ben);
    forget(ben, 't', ['a secret']);
    const { file, reports } = await send(ben, cleo);
    expect(fs.readFileSync(file as string).includes('a secret')).toBe(false);
    expect(reports).toMatchObject([{ refused: [{ code: 'stripped' }] }]);
    await send(cleo, ana);
    await send(ana, cleo);
    expect(cleo.texts('t')).toEqual(['one', 'a secret', 'three']);
  });

  it('is an own message only when somebody has it, or by force', async () => {
    await say(ana, 'a secret', 'two');
    expect(() => forget(ana, 't', ['a secret'])).toThrow(/nobody is known to have/);
    expect(ana.texts('t')).toEqual(['a secret', 'two']);
    await send(ana, ben);
    await send(ben, ana);
    forget(ana, 't', ['a secret']);
    await say(ana, 'three');
    expect(() => forget(ana, 't', ['three', 'two'])).toThrow(/nobody is known to have/);
    expect(ana.texts('t')).toEqual(['-', 'two', 'three']);
    forget(ana, 't', ['three'], true);
    await say(ana, 'four');
    await send(ana, ben);
    expect(ben.texts('t')).toEqual(['a secret', 'two', 'four']);
    expect(problems(ana)).toEqual([]);
  });

  it('is gone in all its places when its author said it again', async () => {
    await say(ana, 'one');
    await send(ana, ben);
    const clone = copyOf(ana, 'clone');
    await say(ana, 'a secret');
    await say(clone, 'right');
    await send(ana, ben);
    const stick = makeStick(path.join(parent, 'stick'), 1);
    await settle([ana, clone, ben], stick);
    const places = ben.messages('t').filter(({ entry }) => entry.payload?.includes('a secret'));
    expect(places).toHaveLength(2);
    forget(ben, 't', ['a secret']);
    expect(filesWith(ben.directory, 'a secret')).toEqual([]);
    expect([...ben.texts('t'), ...ben.marked('t')]).not.toContain('a secret');
    expect(problems(ben)).toEqual([]);
    await settle([ana, clone, ben], stick);
    expect(filesWith(ben.directory, 'a secret')).toEqual([]);
    expect(clone.texts('t')).toContain('a secret');
  });

  it('takes its attachments along, but for what others bring too', async () => {
    const shared = chunksOf('shared', 1);
    const root = await attach(ana, 't', 'a secret', [...chunksOf('plan', 3), ...shared]);
    const other = await attach(ana, 't', 'kept', shared);
    await send(ana, ben);
    await send(ben, ana);
    expect([heldChunks(ben, root), heldChunks(ben, other)]).toEqual([4, 1]);
    expect(forget(ben, 't', ['a secret'])).toMatchObject({ chunksRemoved: 4 });
    expect([heldChunks(ben, root), heldChunks(ben, other)]).toEqual([undefined, 1]);
    expect(filesWith(ben.directory, 'plan: chunk')).toEqual([]);
    expect((await send(ana, ben)).file).toBeUndefined();
    expect(problems(ben)).toEqual([]);
  });
});

describe('on a drive', () => {
  let stick: string;
  beforeEach(() => {
    stick = makeStick(path.join(parent, 'stick'), 1);
  });

  it('what is forgotten stays for whoever lacks it, also for who is not waited for any more', async () => {
    for (const one of [ana, ben, cleo]) await one.visit(stick);
    await say(ana, 'a secret');
    await ana.visit(stick);
    await ben.visit(stick);
    await ana.visit(stick);
    for (const one of [ana, ben]) {
      forget(one, 't', ['a secret']);
      one.now += 400 * DAY_MS;
    }
    await say(ana, 'later');
    await ana.visit(stick);
    for (let i = 0; i < 2; i++) await ben.visit(stick, { silentDays: 30 });
    await cleo.visit(stick);
    expect(cleo.texts('t')).toEqual(['a secret', 'later']);
  });

  it('many small bundles are brought together, but for the one in which it lies', async () => {
    for (const one of [ana, ben, cleo]) await one.visit(stick);
    // in one commit: none of them could be cut out
    await ana.post('t', 'one', 'a secret', 'three');
    await send(ana, ben);
    await ben.visit(stick);
    forget(ben, 't', ['a secret']);
    for (let i = 0; i < 12; i++) {
      await say(ben, `${i}`);
      await ben.visit(stick);
    }
    const bundles = bundlesOn(stick).map((name) => fs.readFileSync(path.join(stick, 'satchel', name)));
    expect(bundles.length).toBeLessThan(12);
    expect(bundles.filter(isStripped)).toEqual([]);
    await cleo.visit(stick);
    expect(cleo.texts('t')).toContain('a secret');
  });

  it.each([false, true])(
    'a bundle without its text stands in for none that has it (looked at anew: %s)',
    async (isAnew) => {
      const other = makeStick(path.join(parent, 'other'), 2);
      for (const one of [ana, ben, cleo]) for (const drive of [stick, other]) await one.visit(drive);
      await ana.post('t', 'one', 'a secret', 'three');
      await ana.visit(stick);
      await send(ana, ben);
      forget(ben, 't', ['a secret']);
      await ben.visit(other);
      // her newest one stays for what it says
      await say(ana, 'later');
      await ana.visit(stick);
      const whole = bundlesOn(stick).filter((name) => {
        const bytes = fs.readFileSync(path.join(stick, 'satchel', name));
        fs.writeFileSync(path.join(other, 'satchel', name), bytes);
        return holdsText(bytes, 'a secret');
      });
      expect(whole).toHaveLength(1);
      if (isAnew) forgetMemory(ben.repository.layout, openDrive(other).id);
      for (let i = 0; i < 2; i++) await ben.visit(other);
      expect(bundlesOn(other)).toEqual(expect.arrayContaining(whole));
      await cleo.visit(other);
      expect(cleo.texts('t')).toEqual(['one', 'a secret', 'three', 'later']);
    },
  );

  it('chunks of it stay too', async () => {
    for (const one of [ana, ben, cleo]) await one.visit(stick);
    const root = await attach(ana, 't', 'a secret', chunksOf('plan', 2));
    await ana.visit(stick);
    await ben.visit(stick);
    forget(ben, 't', ['a secret']);
    for (let i = 0; i < 3; i++) await ben.visit(stick);
    await ana.visit(stick);
    await ben.visit(stick);
    await cleo.visit(stick);
    expect(heldChunks(cleo, root)).toBe(2);
  });

  it('who forgets much comes to rest with the others', async () => {
    for (const one of [ana, ben, cleo]) await one.visit(stick);
    await say(ana, 'one', 'two', 'three');
    await say(ben, 'four', 'five');
    for (const one of [ana, ben, cleo, ana, ben, cleo]) await one.visit(stick);
    forget(ben, 't', ['one', 'three', 'four']);
    for (let i = 0; i < 2; i++) for (const one of [ana, ben, cleo]) await one.visit(stick);
    const before = snapshotOf(stick);
    for (const one of [ana, ben, cleo]) await one.visit(stick);
    expect(snapshotOf(stick)).toEqual(before);
    expect(heldBy(ben)).toEqual(heldBy(ana));
    expect(heldBy(cleo)).toEqual(heldBy(ana));
  });

  it('one way: what was written lately stays there until its time is over', async () => {
    await say(ana, 'a secret');
    await ana.visit(stick, { oneWay: { ageMs: 7 * DAY_MS } });
    forget(ana, 't', ['a secret'], true);
    for (let i = 0; i < 3; i++) {
      ana.now += DAY_MS;
      await say(ana, `${i}`);
      await ana.visit(stick, { oneWay: { ageMs: 7 * DAY_MS } });
    }
    await ben.visit(stick, { importOnly: true });
    expect(ben.texts('t')).toEqual(['a secret', '0', '1', '2']);
    ana.now += 8 * DAY_MS;
    await say(ana, 'late');
    await ana.visit(stick, { oneWay: { ageMs: 7 * DAY_MS } });
    await cleo.visit(stick, { importOnly: true });
    expect(cleo.texts('t')).not.toContain('a secret');
  });
});
