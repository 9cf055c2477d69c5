// Clocks that are wrong in any way for a while, among people most of whose clocks are right (spec/message.md, "Clock").
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { chance, effort, SEED } from '../testkit/effort.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, makeFriends, settle } from '../testkit/replicas.js';
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

function doubtfulTo(one: Replica): string[] {
  const viewer = openViewer(one.session, { topic: rendezvousTopic('t'), label: 't' });
  const views = one.messages('t').map(viewer.view);
  return views.flatMap(({ text, timeDoubtful }) => (timeDoubtful && text !== undefined ? [text] : []));
}
