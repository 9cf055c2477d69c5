import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkRepository } from '../../../../src/repository/check.js';
import { markRead } from '../../../../src/repository/read-marks.js';
import { noteExchange } from '../../../../src/repository/store/pack-swap.js';
import { tidy } from '../../../../src/sync/maintain.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DAY_MS = 86_400_000;

let alice: Replica;
beforeEach(async () => {
  alice = await Replica.create('alice', scratchDirectory());
});

describe('garbage collection', () => {
  it('makes few segments of many and changes nothing that is read', async () => {
    for (let i = 0; i < 50; i++) await alice.post('t', `message ${i}`);
    const before = { texts: alice.texts('t'), held: heldOf(alice) };
    const report = collect(alice);
    expect(report).toMatchObject({ before: 51, after: 2, payloadsDropped: 0 });
    expect(report.bytesFreed).toBeGreaterThan(0);
    expect({ texts: alice.texts('t'), held: heldOf(alice) }).toEqual(before);
    expect({ texts: alice.reopen().texts('t'), held: heldOf(alice) }).toEqual(before);
    expect(findings(alice)).toEqual([]);
    expect(collect(alice)).toMatchObject({ before: 2, after: 2 });
  });

  it('verifies no introduction once more, and still knows whose the logs are', async () => {
    for (const topic of ['a', 'b']) for (let i = 0; i < 3; i++) await alice.post(topic, `message ${i}`);
    const before = [...alice.repository.logs()].map(({ log, topic, person, device }) => [log, topic, person, device]);
    const introduction = vi.spyOn(alice.repository.interpreter, 'introduction');
    expect(collect(alice)).toMatchObject({ after: 4 });
    expect(introduction).not.toHaveBeenCalled();
    const after = [...alice.reopen().repository.logs()];
    expect(after.map(({ log, topic, person, device }) => [log, topic, person, device])).toEqual(before);
  });

  it('gives the same repository when the index is built anew afterwards', async () => {
    for (let i = 0; i < 20; i++) await alice.post(i % 2 ? 'a' : 'b', `message ${i}`);
    collect(alice);
    await alice.post('a', 'after');
    const before = { a: alice.texts('a'), b: alice.texts('b'), held: heldOf(alice) };
    fs.rmSync(alice.repository.layout.index, { recursive: true });
    expect({ a: alice.reopen().texts('a'), b: alice.texts('b'), held: heldOf(alice) }).toEqual(before);
    expect(findings(alice)).toEqual([]);
  });

  it('keeps what was read apart from what was not', async () => {
    await alice.post('t', 'one');
    await alice.post('t', 'two');
    const mark = alice.repository.lastArrival;
    markRead(alice.repository.layout, rendezvousTopic('t'), mark);
    await alice.post('t', 'three');
    await alice.post('t', 'four');
    collect(alice);
    expect(alice.repository.arrivedAfter(mark).map(({ first, end }) => [first, end])).toEqual([[3, 5]]);
  });

  it('drops what has expired for good and what was retracted, and the chain still holds', async () => {
    const today = Math.floor(alice.now / DAY_MS);
    await alice.post('t', 'stays', { body: 'goes tomorrow', meta: { expires: today + 1 } });
    await alice.post('t', 'is taken back');
    await alice.post('t', {
      type: 'retract',
      body: null,
      meta: { retracts: [{ from: 3, end: 4 }], housekeeping: true },
    });
    expect(collect(alice).payloadsDropped).toBe(1);
    alice.now += 2 * DAY_MS;
    expect(collect(alice).payloadsDropped).toBe(1);
    expect(alice.texts('t')).toEqual(['stays', '-', '-']);
    expect(findings(alice)).toEqual([]);
    alice.reopen();
    expect(heldOf(alice).map(([, ranges]) => ranges?.length)).toEqual([1]);
  });

  it('does not let one wrong clock destroy anything', async () => {
    const bob = await Replica.create('bob', scratchDirectory());
    alice.meet(bob);
    bob.meet(alice);
    await alice.post('t', { body: 'for a week', meta: { expires: Math.floor(alice.now / DAY_MS) + 7 } });
    await bob.post('t', 'hello');
    const file = path.join(scratchDirectory(), 'b.satchel');
    await bob.export(file);
    alice.import(file);
    alice.now += 400 * DAY_MS;
    expect(collect(alice).payloadsDropped).toBe(0);
  });

  it.each(['noted', 'hidden'])('loses nothing when killed with the exchange %s', async (stage) => {
    for (let i = 0; i < 10; i++) await alice.post('t', `message ${i}`);
    const texts = alice.texts('t');
    const copy = path.join(scratchDirectory(), 'packs');
    fs.cpSync(alice.repository.layout.packs, copy, { recursive: true });
    collect(alice);
    // as it was right before the old packs went: both are there, and the note
    for (const name of fs.readdirSync(copy))
      fs.copyFileSync(path.join(copy, name), path.join(alice.repository.layout.packs, name));
    if (stage === 'hidden') {
      const packs = alice.repository.layout.packs;
      fs.renameSync(path.join(packs, '000002.pack'), path.join(packs, '000002.pack.new'));
    }
    noteExchange(alice.repository.layout, { remove: [1], add: [2] });
    alice.reopen();
    await alice.post('t', 'afterwards');
    expect(alice.texts('t')).toEqual([...texts, 'afterwards']);
    expect(fs.readdirSync(alice.repository.layout.packs)).toEqual(['000002.pack']);
    expect(findings(alice)).toEqual([]);
  });

  it('joins segments that overlap, as carriers who merge make them', async () => {
    const bob = await Replica.create('bob', scratchDirectory());
    const carol = await Replica.create('carol', scratchDirectory());
    alice.meet(bob);
    for (const other of [bob, carol]) other.meet(alice).join('t');
    const directory = scratchDirectory();
    const files = [1, 2].map((n) => path.join(directory, `${n}.satchel`));
    for (const file of files) {
      for (let i = 0; i < 3; i++) await alice.post('t', `${path.basename(file)} ${i}`);
      await alice.export(file);
      carol.import(file);
    }
    collect(carol);
    const merged = path.join(directory, 'merged.satchel');
    await carol.export(merged, { full: true });
    bob.import(files[0] ?? '');
    expect(bob.import(merged)).toMatchObject({ fresh: 5 });
    const before = { texts: bob.texts('t'), held: heldOf(bob) };
    expect(before.texts).toEqual(alice.texts('t'));
    expect(collect(bob)).toMatchObject({ before: 7, after: 4 });
    expect({ texts: bob.texts('t'), held: heldOf(bob) }).toEqual(before);
    expect({ texts: bob.reopen().texts('t'), held: heldOf(bob) }).toEqual(before);
    expect(findings(bob)).toEqual([]);
  });

  it('joins what was stripped when its retraction came behind it', async () => {
    const bob = (await Replica.create('bob', scratchDirectory())).meet(alice).join('t');
    for (const text of ['one', 'two', 'three']) await alice.post('t', text);
    await alice.post('t', {
      type: 'retract',
      body: null,
      meta: { retracts: [{ from: 2, end: 3 }], housekeeping: true },
    });
    const file = path.join(scratchDirectory(), 'a.satchel');
    await alice.meet(bob).export(file);
    expect(bob.import(file)).toMatchObject({ fresh: 5, refused: [] });
    expect(heldOf(bob).map(([, ranges]) => ranges?.length)).toEqual([1]);
    const before = { texts: bob.texts('t'), held: heldOf(bob) };
    expect(collect(bob)).toMatchObject({ before: 5, after: 2 });
    expect({ texts: bob.reopen().texts('t'), held: heldOf(bob) }).toEqual(before);
    expect(findings(bob)).toEqual([]);
  });

  it('lets a reader go on with the packs it has open', async () => {
    for (let i = 0; i < 10; i++) await alice.post('t', `message ${i}`);
    const texts = alice.texts('t');
    const reader = alice.open();
    collect(alice);
    expect([...reader.logs()].flatMap(({ log }) => [...reader.entries(log)]).length).toBe(texts.length + 1);
    reader.close();
  });
});

function collect(replica: Replica) {
  return replica.repository.locked(() => tidy(replica.session, { all: true }));
}

function findings(replica: Replica) {
  return [...checkRepository(replica.repository, { all: true })];
}

function heldOf(replica: Replica) {
  return [...replica.repository.logs()].map(({ log }) => [log, replica.repository.held(log)]);
}
