// Every commit in a pack is damaged in turn, in every way. What is whole beside it stays readable, nothing that rotted is
// claimed or passed on, a peer's bundle brings everything back, and what is written afterwards forks nothing (spec/repository.md,
// "Rot").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Replica } from '../testkit/replica.js';
import { makeRotWorld, type RotWorld } from '../testkit/rot-world.js';
import { framesIn, type Harm, harm, type Part } from '../testkit/rotting.js';
import { scratchDirectory } from '../testkit/scratch.js';

let parent: string;
let world: RotWorld;
let frames: Part[];

beforeAll(async () => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-'));
  world = await makeRotWorld(parent);
  frames = framesIn(world.home);
});

afterAll(() => fs.rmSync(parent, { recursive: true, force: true }));

const MOST_OF_ONE_SEGMENT = 2;
const MOST_OF_ONE_LOG = 4;

/** Where in a frame it is damaged: magic, length, commit, checksum, the first segment, the middle, the end. */
const PLACES: readonly (readonly [string, (part: Part) => number])[] = [
  ['its magic', () => 0],
  ['its length', () => 14],
  ['its number', () => 23],
  ['its checksum', () => 30],
  ['the magic of its first segment', () => 41],
  ['the length of its first segment', () => 54],
  ['the middle', ({ from, end }) => Math.floor((end - from) / 2)],
  ['its last byte', ({ from, end }) => end - from - 1],
];

/** The longer runs damage every place; the others one of each kind. */
const SOME = process.env['SOAK'] ? PLACES : PLACES.filter((_, i) => [0, 1, 6].includes(i));

describe.each([
  ['with its index', false],
  ['without its index', true],
])('a repository %s', (_what, isUnindexed) => {
  it.each(SOME)('heals one flipped bit in every commit: %s', async (_place, at) => {
    for (const [i, frame] of frames.entries()) {
      const length = frame.end - frame.from;
      const { shown, lost } = await play(isUnindexed, i, 'flip', at(frame) / length);
      // one segment is lost at most; without index and introduction nobody knows where the rest of a log belongs
      expect(shown.length, `commit ${i}`).toBeGreaterThanOrEqual(
        world.texts.length - (isUnindexed ? MOST_OF_ONE_LOG : MOST_OF_ONE_SEGMENT),
      );
      expect(world.texts, `commit ${i}`).toEqual(expect.arrayContaining(shown));
      if (!isUnindexed && shown.length < world.texts.length) expect(lost, `commit ${i}`).toBe(true);
    }
  });

  it.each(['zero', 'cut', 'remove', 'grow'] as const)('heals every commit after: %s', async (how) => {
    for (const i of frames.keys()) await play(isUnindexed, i, how, 0.6);
  });
});

/** Damages one commit, and comes back with what was shown right after that. */
async function play(isUnindexed: boolean, i: number, how: Harm, where: number) {
  const directory = path.join(scratchDirectory(), 'ana');
  fs.cpSync(world.home, directory, { recursive: true });
  if (isUnindexed) fs.rmSync(path.join(directory, '.satchel', 'index'), { recursive: true });
  const frame = framesIn(directory)[i] as Part;
  if (how === 'cut') fs.truncateSync(frame.file, frame.from + Math.floor(where * (frame.end - frame.from)));
  else harm(frame, how, where);
  const ana = Replica.at('ana', directory, world.now + 60_000);
  const shown = ana.texts('t').sort();
  assertClaimsOnlyWhatIsThere(ana);
  const lost = ana.reopen().repository.logsWithLoss().length > 0;
  expect(ana.texts('t').sort()).toEqual(shown);
  assertClaimsOnlyWhatIsThere(ana);
  const aside = path.join(directory, 'aside.satchel');
  const isUnhealed = (i + (isUnindexed ? 1 : 0)) % 2 === 0;
  // every other time nobody heals it before something is written
  if (isUnhealed) await writesOn(Replica.at('ana', copyOf(directory), world.now + 60_000), aside, shown);
  ana.import(world.bundle);
  expect(ana.texts('t').sort(), `${how} of commit ${i}`).toEqual(world.texts);
  ana.collect();
  expect(ana.texts('t').sort(), `${how} of commit ${i}`).toEqual(world.texts);
  if (!isUnhealed) await writesOn(ana, aside, world.texts);
  ana.repository.close();
  return { shown, lost };
}

/** Writes on before or after it is healed: nobody finds two pasts, and what was there comes along. */
async function writesOn(ana: Replica, file: string, texts: readonly string[]): Promise<void> {
  await ana.post('t', 'on');
  await ana.export(file, { full: true });
  expect(ana.texts('t').sort()).toEqual([...texts, 'on'].sort());
  const peer = Replica.at('ben', copyOf(world.peer), world.now);
  peer.import(file);
  expect(peer.repository.frozen.size).toBe(0);
  expect(peer.texts('t').sort()).toEqual([...world.texts, 'on'].sort());
  peer.repository.close();
  ana.repository.close();
}

function copyOf(directory: string): string {
  const copy = path.join(scratchDirectory(), 'copy');
  fs.cpSync(directory, copy, { recursive: true });
  return copy;
}

function assertClaimsOnlyWhatIsThere({ repository }: Replica): void {
  for (const { log } of repository.logs()) {
    for (const { from, end } of repository.held(log)) {
      const seqs = [...repository.entries(log, from, end)].map(({ seq }) => seq);
      expect(seqs.length).toBe(end - from);
    }
  }
}
