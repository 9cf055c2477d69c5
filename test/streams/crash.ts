// A stream whose receiver loses its power at some change of its disk: what it said is taken is there, whatever became of the
// rest, and one stream more brings what is missing.
import { expect } from 'vitest';
import { decodeTaken } from '../../src/format/stream/answers.js';
import { FrameReader } from '../../src/format/stream/frame.js';
import { type Disk, useDisk } from '../../src/repository/disk.js';
import { letTimePass } from '../faults/commands.js';
import { attach, chunksOf } from '../testkit/attach.js';
import { MemoryDisk } from '../testkit/memory-disk.js';
import { pipePair } from '../testkit/pipes.js';
import { type Fate, powerCut } from '../testkit/power-cut.js';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, heldBy, makeFriends } from '../testkit/replicas.js';
import { IMPATIENT, speak, stream } from '../testkit/streaming.js';
import { isChange, wrapDisk } from '../testkit/wrapped-disk.js';

/** Two friends on one disk in memory, each with news for the other. */
export class CrashWorld {
  readonly #before: MemoryDisk;
  readonly #friends: readonly [Replica, Replica];

  private constructor(before: MemoryDisk, friends: readonly [Replica, Replica]) {
    this.#before = before;
    this.#friends = friends;
  }

  static async create(root: string): Promise<CrashWorld> {
    const memory = new MemoryDisk(root);
    const restore = useDisk(memory.disk);
    try {
      for (const name of ['alice', 'bob']) memory.disk.makeDirectories(`${root}/${name}/state`);
      const friends = (await makeFriends(root, ['alice', 'bob'], 't')) as [Replica, Replica];
      for (const one of friends) await one.post('t', `by ${one.name}`, 'and more');
      await attach(friends[0], 't', 'see this', chunksOf('a', 2));
      return new CrashWorld(memory.clone(), friends);
    } finally {
      restore();
    }
  }

  /** How many changes a stream makes on the disks of both. */
  async changes(): Promise<number> {
    return (await this.#until(Number.POSITIVE_INFINITY)).changes;
  }

  /** Cuts the power of both at the n-th change, and looks at what each fate leaves. */
  async cutAt(change: number, fates: readonly Fate[]): Promise<void> {
    const { memory, taken } = await this.#until(change);
    for (const fate of fates) {
      const where = `cut at change ${change}, ${fate.name}`;
      const found = powerCut(memory, fate);
      letTimePass({ memory: found });
      const restore = useDisk(found.disk);
      try {
        const [alice, bob] = this.#reopened();
        for (const { by, log, end } of taken) {
          const { repository } = by === 'alice' ? alice : bob;
          expect(repository.held(log).at(-1)?.end ?? 0, `${where}: taken by ${by}`).toBeGreaterThanOrEqual(end);
        }
        const reports = await stream(alice, bob);
        expect(
          reports.map(({ failure }) => failure),
          where,
        ).toEqual([undefined, undefined]);
        expect(heldBy(alice), where).toEqual(heldBy(bob));
        expect([...bob.texts('t')].sort(), where).toEqual(TEXTS);
        for (const one of [alice, bob]) expect(errorsIn(one), where).toEqual([]);
      } finally {
        restore();
      }
    }
  }

  #reopened(): readonly [Replica, Replica] {
    // what is open on a disk that is gone is gone with it
    for (const one of this.#friends) one.repository = one.open();
    return this.#friends;
  }

  async #until(cutAt: number) {
    const memory = this.#before.clone();
    let changes = 0;
    let isOff = false;
    const disk: Disk = wrapDisk(memory.disk, (call, make) => {
      if (isOff) throw new Error('the power is off');
      isOff = isChange(call) && ++changes === cutAt;
      if (isOff) throw new Error('the power is off');
      return make(...call.args);
    });
    const taken: Taken[] = [];
    const restore = useDisk(disk);
    try {
      const [alice, bob] = this.#reopened();
      const pipes = pipePair({ toA: watching('bob', taken), toB: watching('alice', taken) });
      const sides = [speak(alice, pipes.a, { clock: IMPATIENT }), speak(bob, pipes.b, { clock: IMPATIENT })];
      for (const side of sides) side.catch(() => pipes.cut());
      for (const ended of await Promise.allSettled(sides))
        if (ended.status === 'rejected') expect(ended.reason).toMatchObject({ message: 'the power is off' });
    } finally {
      restore();
    }
    return { memory, changes, taken };
  }
}

const TEXTS = ['and more', 'and more', 'by alice', 'by bob', 'see this'];

/** What a side said it has taken, up to where. */
interface Taken {
  readonly by: string;
  readonly log: Parameters<Replica['repository']['held']>[0];
  readonly end: number;
}

function watching(by: string, taken: Taken[]) {
  const reader = new FrameReader();
  return (bytes: Buffer): readonly Buffer[] => {
    for (const { type, payload } of reader.push(bytes)) {
      if (type !== 'taken') continue;
      for (const [log, ranges] of decodeTaken(payload).frontier)
        taken.push({ by, log, end: ranges.filter(({ end }) => Number.isFinite(end)).at(-1)?.end ?? 0 });
    }
    return [bytes];
  };
}
