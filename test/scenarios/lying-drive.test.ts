// Drives on media that lie: whatever they do, nothing is lost, and once they tell the truth all is there.
import { beforeEach, describe, expect, it } from 'vitest';
import { driveOn, markDrive } from '../../src/sync/drive/drive.js';
import { visitOn } from '../../src/sync/drive/visit.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { Chance } from '../testkit/chance.js';
import { LIES, type Lie, type LyingMedium, lyingMedium } from '../testkit/lying-medium.js';
import { type MemoryMedium, memoryMedium } from '../testkit/memory-medium.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';

const MINUTE_MS = 60_000;
/** The time at which a lie is told for certain. */
const CERTAIN = 4;
const SEED = seedOf('LYING_SEED');

let friends: Replica[];
let sound: MemoryMedium;
beforeEach(async () => {
  friends = await makeFriends(scratchDirectory(), ['ana', 'ben'], 't');
  sound = memoryMedium();
  markDrive(sound, { id: '6'.repeat(32), label: 'liar' }, 0);
});

async function visit(one: Replica, medium: LyingMedium | MemoryMedium): Promise<VisitReport> {
  const marker = driveOn(sound);
  return visitOn(one.session, await one.author(), { ...marker, medium }, { lockTimeoutMs: 1_000 });
}

async function settle(medium: LyingMedium | MemoryMedium): Promise<void> {
  for (let round = 0; round < 8; round++) {
    let isTouched = false;
    for (const one of friends) {
      // what was written is read again once it cannot come from a cache
      one.now += 11 * MINUTE_MS;
      const report = await visit(one, medium);
      expect(report.failure).toBeUndefined();
      isTouched ||= report.touched;
    }
    if (!isTouched) return;
  }
  throw new Error('does not come to rest');
}

it('in memory, a drive carries a conversation and comes to rest', async () => {
  for (const one of friends) await one.post('t', { body: `from ${one.name}` });
  await settle(sound);
  for (const one of friends) expect(one.texts('t').sort()).toEqual(['from ana', 'from ben']);
});

describe.each([...LIES, 'all of these'] as const)('a medium that may do this at any call: %s', (kind) => {
  it('loses nothing, and is at rest once it tells the truth', async () => {
    const liar = new Liar(kind, new Chance(SEED));
    const medium = lyingMedium(sound, (possible) => liar.lie(possible));
    const texts: string[] = [];
    for (let day = 0; day < 4; day++) {
      for (const one of friends) {
        one.now += 11 * MINUTE_MS;
        texts.push(`${one.name} on day ${day}`);
        await one.post('t', { body: texts.at(-1) ?? '' });
        await visit(one, medium);
      }
    }
    if (kind !== 'all of these') expect([...medium.told]).toEqual([kind]);
    medium.isHonest = true;
    await settle(medium);
    for (const one of friends) expect(one.texts('t').sort()).toEqual([...texts].sort());
  });
});

/** Tells one kind of lies, or all. */
class Liar {
  readonly #kind: Lie | 'all of these';
  readonly #chance: Chance;
  #times = 0;

  constructor(kind: Lie | 'all of these', chance: Chance) {
    this.#kind = kind;
    this.#chance = chance;
  }

  /** Rarely one that is possible there; but one of the first few times for certain, whatever chance says. */
  lie(possible: readonly Lie[]): Lie | undefined {
    const wanted = this.#kind === 'all of these' ? possible : possible.filter((one) => one === this.#kind);
    if (wanted.length === 0) return undefined;
    this.#times += 1;
    const rarely = possible.length > 1 ? 3 : 25;
    return this.#chance.below(rarely) === 0 || this.#times === CERTAIN ? this.#chance.pick(wanted) : undefined;
  }
}
