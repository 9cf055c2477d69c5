// Clocks that are wrong in any way for a while, among people most of whose clocks are right (spec/message.md, "Clock").
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { chance, effort, SEED } from '../testkit/effort.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const TODAY = Date.UTC(2026, 5, 1);
const WORLDS = effort(3);
const STEPS = 8;
/** How far off a wrong clock is: never set, behind, ahead, or beyond what a clock can say. */
const WRONG = [-TODAY, -20 * YEAR_MS, -100 * DAY_MS, 5 * 3_600_000, 29 * DAY_MS, 31 * DAY_MS, 10 * YEAR_MS, 8e15];

describe(`clocks that are wrong for a while (seed ${SEED})`, () => {
  it.each(Array.from({ length: WORLDS }, (_, n) => n))('mark nobody whose clock is right, world %i', async (n) => {
    const random = chance(`clocks ${n}`);
    const directory = scratchDirectory();
    const stick = path.join(directory, 'stick');
    fs.mkdirSync(stick);
    const people = await makeFriends(directory, ['alice', 'bob', 'carol', 'dora'], 't');
    const wrong = people[Math.floor(random() * people.length)] as Replica;
    const off = WRONG[(n + Math.floor(random() * 2)) % WRONG.length] ?? 0;
    for (const one of people) {
      one.now = TODAY;
      one.built = TODAY - YEAR_MS;
      await one.post('t', `${one.name} is here`);
    }
    await settle(people, stick);
    /** What was posted with a right clock, and what of that its author had seen. */
    const right = new Map<string, readonly string[]>();
    for (let step = 0; step < STEPS; step++) {
      const isOff = step > 0 && step < STEPS / 2;
      for (const one of people) one.now = TODAY + step * 3_600_000 + (isOff && one === wrong ? off : 0);
      const speaker = step === 1 || step >= STEPS - 2 ? wrong : (people[Math.floor(random() * 4)] as Replica);
      const seen = speaker.texts('t').filter((text) => right.has(text));
      const text = `step ${step} by ${speaker.name}`;
      await speaker.post('t', text);
      if (!(isOff && speaker === wrong)) right.set(text, seen);
      await handOver(speaker, people, { directory: stick, random });
    }
    for (const one of people) one.now = TODAY + STEPS * 3_600_000;
    await settle(people, stick);
    for (const one of people) {
      const texts = one.texts('t');
      expect(
        doubtfulTo(one).filter((text) => right.has(text)),
        `${wrong.name} ${off}, seen by ${one.name}`,
      ).toEqual([]);
      for (const [text, seen] of right) {
        for (const before of seen)
          expect(texts.indexOf(text), `"${text}" stands behind "${before}"`).toBeGreaterThan(texts.indexOf(before));
      }
      expect(one.repository.logsOfPerson(one.session.self.person).length).toBeLessThanOrEqual(2);
    }
  });
});

describe('clocks far ahead and far behind', () => {
  it('end alike in every order of arrival: places, flags, and what had expired', async () => {
    const directory = scratchDirectory();
    const files = path.join(directory, 'files');
    fs.mkdirSync(files);
    const people = await makeFriends(directory, ['alice', 'bob', 'carol', 'dora', 'emil'], 't');
    const [alice, bob, carol, dora, emil] = people as [Replica, Replica, Replica, Replica, Replica];
    const offs = [0, 0, 10 * YEAR_MS, -20 * YEAR_MS, 0];
    for (const [i, one] of people.entries()) one.now = TODAY + (offs[i] ?? 0);
    const written: string[] = [];
    const write = async (by: Replica, ...drafts: Parameters<Replica['post']>[1][]): Promise<void> => {
      await by.post('t', ...drafts);
      written.push((await bundleFrom(by, files)) ?? '');
    };
    await bob.post('t', 'hello');
    alice.import((await bundleFrom(bob, files)) ?? '');
    await write(alice, 'first');
    for (const other of [bob, carol, dora]) other.import(written[0] ?? '');
    await write(carol, 'from the future', 'still from there');
    const week = { expires: Math.floor(dora.now / DAY_MS) + 7 };
    await write(dora, 'from the past', { body: 'for a week', meta: week });
    for (const file of written.slice(1)) bob.import(file);
    await write(bob, 'second');
    const seen = orders(written).map((order, n) => {
      const reader = copyOf(emil, `emil-${n}`);
      const reports = order.map((file) => reader.import(file));
      const expired = reports.reduce((sum, report) => sum + report.expired, 0);
      const shown = { messages: seenBy(reader), doubtful: doubtfulTo(reader), expired };
      reader.repository.close();
      return shown;
    });
    expect(seen).toHaveLength(24);
    const last = ['second', 'from the future', 'still from there'];
    for (const one of seen) {
      expect(one).toEqual({
        messages: ['hello', 'first', 'from the past', 'expired', ...last],
        doubtful: ['from the past', 'from the future', 'still from there'],
        expired: 1,
      });
    }
  });
});

/** Every order of the items. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, i) => orders(items.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

/** Some of the others, at random, take what the speaker has. */
async function handOver(
  speaker: Replica,
  people: readonly Replica[],
  { directory, random }: { readonly directory: string; readonly random: () => number },
): Promise<void> {
  const file = await bundleFrom(speaker, directory);
  if (!file) return;
  for (const other of people) if (other !== speaker && random() < 0.6) other.import(file);
}

/** Texts in order; of what is not shown, why. */
function seenBy(one: Replica): string[] {
  const viewer = openViewer(one.session, { topic: rendezvousTopic('t'), label: 't' });
  return one.messages('t').map((ordered) => {
    const { text, state } = viewer.view(ordered);
    return text ?? state;
  });
}

function doubtfulTo(one: Replica): string[] {
  const viewer = openViewer(one.session, { topic: rendezvousTopic('t'), label: 't' });
  const views = one.messages('t').map(viewer.view);
  return views.flatMap(({ text, timeDoubtful }) => (timeDoubtful && text !== undefined ? [text] : []));
}
