// Payloads that are missing: stripped by somebody on the way, taken back by their author, or expired, in any order.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { dropPayloads, type Run } from '../../src/format/log/segment-build.js';
import { planExport } from '../../src/sync/export/export.js';
import type { Posted } from '../../src/topic/writing/post.js';
import { runIn, segmentsIn, writeCarried } from '../testkit/carrier.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, countsOf, errorsIn, heldBy, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const DAY_MS = 86_400_000;

let stick: string;
let alice: Replica;
let bob: Replica;
let carol: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = path.join(directory, 'stick');
  fs.mkdirSync(stick);
  [alice, bob, carol] = (await makeFriends(directory, ['alice', 'bob', 'carol'], 't')) as [Replica, Replica, Replica];
});

describe('payloads stripped on the way', () => {
  it('are not held, not acknowledged and not passed on, until a whole copy fills them in', async () => {
    await alice.post('t', 'one', 'two', 'three');
    const whole = await exported(alice);
    const report = bob.import(carry('stripped', runsIn(whole).map(without(2))));
    expect(countsOf(report)).toEqual({ fresh: 3, known: 0, skipped: 0, refused: ['stripped'] });
    expect(rangesOf(bob)).toEqual(['0-2', '3-4']);
    expect(bob.texts('t')).toEqual(['one', 'three']);
    expect(bob.messages('t').map(({ afterGap }) => afterGap)).toEqual([false, true]);

    carol.import(await exported(bob));
    expect(carol.texts('t')).toEqual(['one', 'three']);
    alice.import(await exported(bob));
    expect(planExport(alice.session, {})).toMatchObject({ messages: 3 });
    expect(countsOf(bob.import(whole))).toEqual({ fresh: 1, known: 3, skipped: 0, refused: [] });
    await settle([alice, bob, carol], stick);
    expect([bob, carol].map((one) => one.texts('t'))).toEqual([alice.texts('t'), alice.texts('t')]);
    expect(heldBy(carol)).toEqual(heldBy(alice));
    expect([bob, carol].flatMap(errorsIn)).toEqual([]);
  });

  it('blank nothing that is held already', async () => {
    await alice.post('t', 'one', 'two');
    const whole = await exported(alice);
    bob.import(whole);
    const before = heldBy(bob);
    expect(bob.import(carry('stripped', runsIn(whole).map(without(1, 2))))).toMatchObject({ fresh: 0, refused: [] });
    expect(bob.texts('t')).toEqual(['one', 'two']);
    expect(heldBy(bob)).toEqual(before);
  });

  it('are filled in by several copies, each stripped of something else', async () => {
    await alice.post('t', 'one', 'two', 'three', 'four');
    const runs = runsIn(await exported(alice));
    bob.import(carry('a', runs.map(without(1, 2))));
    bob.import(carry('b', runs.map(without(2, 3))));
    expect(bob.texts('t')).toEqual(['one', 'three', 'four']);
    expect(bob.import(carry('c', runs.map(without(1, 4))))).toMatchObject({ fresh: 1, refused: [] });
    expect(bob.texts('t')).toEqual(['one', 'two', 'three', 'four']);
    const before = heldBy(bob);
    bob.collect();
    expect(heldBy(bob)).toEqual(before);
    fs.rmSync(bob.repository.layout.index, { recursive: true });
    expect(heldBy(bob.reopen())).toEqual(before);
    expect(bob.texts('t')).toEqual(['one', 'two', 'three', 'four']);
    expect(errorsIn(bob)).toEqual([]);
  });

  it('leave a log without a place when it is its introduction', async () => {
    await alice.post('t', 'one');
    const runs = runsIn(await exported(alice));
    expect(countsOf(bob.import(carry('nameless', runs.map(without(0)))))).toMatchObject({ fresh: 0, skipped: 2 });
    expect([...bob.repository.logs()]).toEqual([]);
  });
});

describe('a message taken back', () => {
  it('goes from every replica, and no bundle holds its text any more', async () => {
    const [secret] = await alice.post('t', 'the secret', 'the rest');
    await settle([alice, bob, carol], stick);
    await retract(alice, secret);
    await settle([alice, bob, carol], stick);
    for (const one of [alice, bob, carol]) {
      expect(one.collect().payloadsDropped).toBe(1);
      expect(one.texts('t')).toEqual(['-', 'the rest']);
      expect(bytesOfPacks(one)).not.toContain('the secret');
      const file = await bundleFrom(one, stick, { full: true, uncompressed: true });
      expect(fs.readFileSync(file ?? '', 'latin1')).not.toContain('the secret');
      expect(fs.readFileSync(file ?? '', 'latin1')).toContain('the rest');
    }
    expect(heldBy(bob)).toEqual(heldBy(alice));
    expect([alice, bob, carol].flatMap(errorsIn)).toEqual([]);
  });

  it('is taken back also when the retraction arrives first', async () => {
    const [secret] = await alice.post('t', 'the secret');
    const before = await exported(alice);
    await retract(alice, secret);
    const [intro, , retraction] = runsIn(await exported(alice)) as [Run, Run, Run];
    expect(bob.import(carry('retraction', [intro, retraction]))).toMatchObject({ fresh: 2, refused: [] });
    expect(bob.import(before)).toMatchObject({ fresh: 1, refused: [] });
    expect(bob.collect().payloadsDropped).toBe(1);
    expect(bob.texts('t')).toEqual(['-']);
    expect(rangesOf(bob)).toEqual(['0-3']);
  });

  it('is held without its payload once the retraction explains that, in the same bundle or later', async () => {
    const [secret] = await alice.post('t', 'the secret');
    await alice.post('t', 'the rest');
    await retract(alice, secret);
    const after = await exported(alice);
    const [intro, gone, rest, retraction] = runsIn(after) as [Run, Run, Run, Run];
    expect(bob.import(after)).toMatchObject({ fresh: 4, refused: [] });
    expect(rangesOf(bob)).toEqual(['0-4']);
    expect(carol.import(carry('gone', [intro, gone, rest])).refused.map(({ code }) => code)).toEqual(['stripped']);
    expect(rangesOf(carol)).toEqual(['0-1', '2-3']);
    expect(carol.import(carry('retraction', [intro, retraction]))).toMatchObject({ fresh: 2, refused: [] });
    expect(rangesOf(carol)).toEqual(['0-4']);
    expect(heldBy(carol)).toEqual(heldBy(bob));
    for (const one of [bob, carol]) {
      fs.rmSync(one.repository.layout.index, { recursive: true });
      expect(rangesOf(one.reopen())).toEqual(['0-4']);
    }
  });

  it('comes to rest among people of whom some dropped it and some did not', async () => {
    const [one, two] = await alice.post('t', 'one', 'two');
    await settle([alice, bob], stick);
    await retract(alice, one);
    alice.collect();
    await retract(alice, two);
    await settle([alice, carol], stick);
    await settle([alice, bob, carol], stick);
    expect(heldBy(bob)).toEqual(heldBy(alice));
    expect(heldBy(carol)).toEqual(heldBy(alice));
  });
});

describe('a message that expires', () => {
  it('leaves bundles on its day, and whoever has an earlier date does not hold it before that', async () => {
    const today = Math.floor(alice.now / DAY_MS);
    await alice.post('t', { body: 'until tomorrow', meta: { expires: today + 1 } }, 'for good');
    const before = await exported(alice);
    alice.now += DAY_MS;
    const after = await exported(alice);
    expect(bob.import(after).refused.map(({ code }) => code)).toEqual(['stripped']);
    expect(rangesOf(bob)).toEqual(['0-1', '2-3']);
    expect(carol.import(before)).toMatchObject({ fresh: 3, refused: [] });
    expect(carol.texts('t')).toEqual(['until tomorrow', 'for good']);
    bob.now += DAY_MS;
    expect(bob.import(after)).toMatchObject({ fresh: 1, refused: [] });
    expect(rangesOf(bob)).toEqual(['0-3']);
    carol.now += DAY_MS;
    await settle([alice, bob, carol], stick);
    expect([bob, carol].map(heldBy)).toEqual([heldBy(alice), heldBy(alice)]);
  });

  it('keeps its payload while only the own clock has passed the day', async () => {
    const today = Math.floor(alice.now / DAY_MS);
    await alice.post('t', { body: 'for a week', meta: { expires: today + 7 } });
    await bob.post('t', 'hello');
    await settle([alice, bob], stick);
    bob.now += 400 * DAY_MS;
    expect(bob.collect().payloadsDropped).toBe(0);
    bob.now -= 400 * DAY_MS;
    expect(bob.texts('t')).toContain('for a week');
    for (const one of [alice, bob]) one.now += 8 * DAY_MS;
    await alice.post('t', 'a week later');
    await settle([alice, bob], stick);
    // the message, and an ack that a later one has replaced
    expect(bob.collect().payloadsDropped).toBe(2);
    expect(bytesOfPacks(bob)).not.toContain('for a week');
  });
});

async function exported(replica: Replica): Promise<string> {
  const file = await bundleFrom(replica, stick);
  if (!file) throw new Error('nothing to export');
  return file;
}

function runsIn(file: string): Run[] {
  return segmentsIn(file).map(runIn);
}

function carry(name: string, runs: readonly Run[]): string {
  return writeCarried(path.join(stick, `${name}.satchel`), runs);
}

function without(...seqs: readonly number[]): (run: Run) => Run {
  return (run) => dropPayloads(run, (seq) => seqs.includes(seq));
}

async function retract(replica: Replica, posted: Posted | undefined): Promise<void> {
  const from = posted?.seq ?? 0;
  const meta = { retracts: [{ from, end: from + 1 }], housekeeping: true as const };
  await replica.post('t', { type: 'retract', body: null, meta });
}

/** What is held of Alice's log. */
function rangesOf(replica: Replica): string[] {
  const { person } = alice.session.self;
  const [log] = replica.repository.logsOfPerson(person);
  return log ? replica.repository.held(log.log).map(({ from, end }) => `${from}-${end}`) : [];
}

/** Everything on the disk of a replica's packs, short texts being stored as they are. */
function bytesOfPacks(replica: Replica): string {
  const { packs } = replica.repository.layout;
  const files = fs.readdirSync(packs).map((name) => fs.readFileSync(path.join(packs, name), 'latin1'));
  return files.join('');
}
