// Two repositories over a pair of byte pipes (spec/stream.md): what an exchange of files brings, without files.
import { beforeEach, describe, expect, it } from 'vitest';
import { readAcquaintances } from '../../src/sync/known/acquaintances.js';
import { readStatement } from '../../src/sync/known/statements.js';
import { openDesk } from '../../src/sync/stream/desk.js';
import { runStream } from '../../src/sync/stream/stream.js';
import type { StreamReport } from '../../src/sync/stream/stream-report.js';
import { attach, chunksOf, heldChunks } from '../testkit/attach.js';
import { pair } from '../testkit/paired.js';
import { byteByByte, pipePair } from '../testkit/pipes.js';
import { Replica } from '../testkit/replica.js';
import {
  block,
  bundleFrom,
  carryAll,
  copyOf,
  decide,
  heldBy,
  makeFriends,
  meetAll,
  unblock,
} from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { PATIENT, speak, stream } from '../testkit/streaming.js';
import { VeiledLog, writeVeiled } from '../testkit/veiled-log.js';

let directory: string;
let alice: Replica;
let bob: Replica;
beforeEach(async () => {
  directory = memoryDirectory();
  [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
});

/** Nothing was sent by anybody, and all was well. */
function expectIdle(reports: readonly StreamReport[]): void {
  for (const report of reports)
    expect(report).toMatchObject({
      failure: undefined,
      rounds: 1,
      sent: { entries: 0 },
      taken: { fresh: 0, known: 0 },
    });
}

it('brings what the other side lacks, acknowledged, and comes to rest', async () => {
  await alice.post('t', 'hello', 'is it raining?');
  await bob.post('t', 'it is');
  const [there, back] = await stream(alice, bob);
  expect(there).toMatchObject({ failure: undefined, sent: { messages: 2 }, taken: { messages: 1, known: 0 } });
  expect(back).toMatchObject({ failure: undefined, sent: { messages: 1 }, taken: { messages: 2, known: 0 } });
  expect(alice.texts('t')).toEqual(bob.texts('t'));
  expect(heldBy(alice)).toEqual(heldBy(bob));
  expectIdle(await stream(alice, bob));
  // nor is there anything to carry by files
  expect(await bundleFrom(alice, directory)).toBeUndefined();
  expect(await bundleFrom(bob, directory)).toBeUndefined();
});

it('costs the same when idle, however much was said and however many logs there are', async () => {
  await stream(alice, bob);
  const [few] = await stream(alice, bob);
  for (const label of ['a', 'b', 'c', 'd', 'e', 'f']) {
    bob.join(label);
    await alice.post(label, ...Array.from({ length: 50 }, (_, i) => `${i}`));
  }
  await stream(alice, bob);
  const [many] = await stream(alice, bob);
  expectIdle([many]);
  expect(many.bytesOut).toBeLessThan(600);
  expect(Math.abs(many.bytesOut - few.bytesOut)).toBeLessThan(8);
  // a message more names but the logs that fall into the parts of those that changed
  await alice.post('a', 'one more');
  const [one] = await stream(alice, bob);
  expect(one.bytesOut - many.bytesOut).toBeLessThan(1_200);
});

it('goes byte by byte', async () => {
  await alice.post('t', 'hello');
  const [there] = await stream(alice, bob, pipePair({ toB: byteByByte, toA: byteByByte }));
  expect(there).toMatchObject({ failure: undefined, sent: { messages: 1 } });
  expect(bob.texts('t')).toEqual(['hello']);
});

it('brings attachments with their messages, and says when they are there', async () => {
  const root = await attach(alice, 't', 'see this', chunksOf('a', 3));
  const [there, back] = await stream(alice, bob);
  expect(there.sent).toMatchObject({ messages: 1, blobs: 4 });
  expect(back.taken).toMatchObject({ messages: 1, blobs: 4 });
  expect(heldChunks(bob, root)).toBe(3);
  expectIdle(await stream(alice, bob));
  expect(await bundleFrom(alice, directory)).toBeUndefined();
});

it('is told in bundles, and tells what bundles told', async () => {
  await alice.post('t', 'by file');
  bob.import((await bundleFrom(alice, directory)) ?? '');
  const [there] = await stream(alice, bob);
  expect(there).toMatchObject({ failure: undefined, sent: { messages: 0 } });
  await alice.post('t', 'by stream');
  await stream(alice, bob);
  expect(bob.texts('t')).toEqual(['by file', 'by stream']);
  expect(await bundleFrom(alice, directory)).toBeUndefined();
});

it('keeps back what was retracted or has expired', async () => {
  const [first] = await alice.post('t', 'a mistake', { body: 'soon gone', meta: { expires: 20_460 } });
  await alice.post('t', {
    type: 'retract',
    body: [],
    meta: { retracts: [{ from: first?.seq ?? 0, end: (first?.seq ?? 0) + 1 }] },
  });
  alice.now = Date.UTC(2026, 5, 1);
  bob.now = alice.now;
  const [there] = await stream(alice, bob);
  expect(there.failure).toBeUndefined();
  expect(bob.texts('t').filter((text) => /mistake|gone/.test(text))).toEqual([]);
  expect(heldBy(bob)).toEqual(heldBy(alice));
  expectIdle(await stream(alice, bob));
});

it('takes nothing of whom it blocks, and of topics that it is not in, and says so once', async () => {
  const carol = await Replica.create('carol', directory);
  meetAll([alice, carol]);
  carol.join('t');
  await carol.post('t', 'by carol');
  await stream(carol, alice);
  bob.meet(carol);
  block(bob, carol);
  await alice.post('elsewhere', 'nobody asked');
  decide(bob, 'elsewhere', { joined: false });
  const [there, back] = await stream(alice, bob);
  expect(there.failure ?? back.failure).toBeUndefined();
  expect(bob.texts('t')).toEqual([]);
  expect(there.refusedThere).toContain('unwanted');
  unblock(bob, carol);
  await stream(alice, bob);
  expect(bob.texts('t')).toEqual(['by carol']);
});

describe('who is there', () => {
  it.each([
    ['a stranger', async () => Replica.create('eve', directory)],
    ['one who knows us, whom we do not know', async () => (await Replica.create('eve', directory)).meet(alice)],
    ['somebody who is blocked', async () => blocked()],
  ])('%s hears nothing', async (_who, make) => {
    await alice.post('t', 'among us');
    const eve = (await make()).join('t');
    const [there, back] = await stream(alice, eve);
    expect(there).toMatchObject({ failure: { code: 'untrusted-peer' }, rounds: 0, sent: { entries: 0 } });
    expect(back.failure?.code).toBe('untrusted-peer');
    // HELLO, SIGNED and why it ends
    expect(back.bytesIn).toBeLessThan(520);
    expect(readStatement(alice.repository, eve.session.self.device)).toBeUndefined();
    expect(readAcquaintances(alice.repository)).toEqual([]);
  });

  it('a copy of oneself is not spoken to', async () => {
    const [there] = await stream(alice, copyOf(alice, 'copy'));
    expect(there.failure).toMatchObject({
      code: 'untrusted-peer',
      message: expect.stringContaining('this very device'),
    });
  });

  it('others than those that were named are not spoken to', async () => {
    const person = (await Replica.create('eve', directory)).session.self.person;
    const [there] = await stream(alice, bob, pipePair(), { for: [person] });
    expect(there.failure?.code).toBe('untrusted-peer');
  });

  it('another device of oneself gets what a bundle for it would hold, devices and all', async () => {
    const laptop = await pair(alice, 'laptop', directory);
    laptop.join('t').meet(bob);
    await alice.post('t', 'from the desk');
    await laptop.post('t', 'from the laptop');
    const [there] = await stream(alice, laptop);
    expect(there.failure).toBeUndefined();
    expect([...alice.texts('t')].sort()).toEqual(['from the desk', 'from the laptop']);
    expect(heldBy(alice)).toEqual(heldBy(laptop));
    await stream(alice, bob);
    // and is known by then to whom the first one spoke
    const [toBob] = await stream(laptop, bob);
    expect(toBob.failure).toBeUndefined();
    expect(heldBy(bob)).toEqual(heldBy(laptop));
  });

  async function blocked(): Promise<Replica> {
    const eve = await Replica.create('eve', directory);
    alice.meet(eve);
    eve.meet(alice);
    block(alice, eve);
    return eve;
  }
});

it('a log that contradicts itself is known to both, and its proof goes once', async () => {
  await bob.post('t', 'first');
  await stream(alice, bob);
  const clone = copyOf(bob, 'clone');
  await bob.post('t', 'one');
  clone.now += 1;
  await clone.post('t', 'other');
  const carol = (await Replica.create('carol', directory)).join('t');
  meetAll([alice, carol]);
  carol.meet(bob);
  clone.meet(carol);
  await stream(clone, carol);
  await stream(alice, bob);
  const [there] = await stream(alice, carol);
  expect(there.failure).toBeUndefined();
  await stream(alice, bob);
  expect([...alice.repository.frozen].length).toBe(1);
  expect([...bob.repository.frozen]).toEqual([...alice.repository.frozen]);
  expect([...carol.repository.frozen]).toEqual([...alice.repository.frozen]);
  await stream(alice, carol);
  expectIdle(await stream(alice, carol));
});

it('veiled logs go to whom a sealed bundle would bring them: who asks for them, and nobody else', async () => {
  const carol = await Replica.create('carol', directory);
  meetAll([alice, bob, carol]);
  const log = new VeiledLog().message('one').event().message('two').ack().message('three');
  const file = (name: string): string => `${directory}/${name}`;
  alice.import(await writeVeiled(file('all'), log.segments(), { by: carol }));
  const [unasked] = await stream(alice, bob);
  expect(unasked).toMatchObject({ failure: undefined, sent: { entries: 0 } });
  expect(bob.repository.log(log.id)).toBeUndefined();
  // who carries everything holds the beginning, and says so without an end to it
  carryAll(bob, true);
  bob.import(await writeVeiled(file('begin'), log.segments(0, 2), { by: carol }));
  const [asked, back] = await stream(alice, bob);
  // a segment goes as it is stored
  expect(asked).toMatchObject({ failure: undefined, sent: { entries: 5 } });
  expect(back.taken).toMatchObject({ fresh: 4, messages: 0, refused: [] });
  expect(bob.repository.held(log.id)).toMatchObject([{ from: 0, end: 6 }]);
  expectIdle(await stream(alice, bob));
});

it('two at once into one repository bring everything once, and both end well', async () => {
  const carol = (await Replica.create('carol', directory)).join('t');
  meetAll([alice, bob, carol]);
  await bob.post('t', ...Array.from({ length: 40 }, (_, i) => `bob ${i}`));
  await stream(bob, carol);
  await carol.post('t', ...Array.from({ length: 40 }, (_, i) => `carol ${i}`));
  const desk = openDesk(alice.repository, { author: () => alice.author() });
  const one = pipePair();
  const two = pipePair();
  const reports = await Promise.all([
    runStream(desk, one.a, { clock: PATIENT }),
    runStream(desk, two.a, { clock: PATIENT }),
    speak(bob, one.b),
    speak(carol, two.b),
  ]);
  expect(reports.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined, undefined]);
  expect(alice.texts('t')).toHaveLength(80);
});
