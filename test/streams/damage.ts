// Streams over pipes that change, cut or lose what goes over them, with news on both sides each time. Whatever happens, all that
// one side was told is taken is there, nothing is there that nobody wrote, a failure has a code, and one sound stream more
// brings exactly what is missing.
import { expect } from 'vitest';
import type { StreamReport } from '../../src/sync/stream/stream-report.js';
import { attach, chunksOf } from '../testkit/attach.js';
import type { Chance } from '../testkit/chance.js';
import { type PipePair, pipePair, type Way } from '../testkit/pipes.js';
import type { Replica } from '../testkit/replica.js';
import { errorsIn, heldBy, makeFriends } from '../testkit/replicas.js';
import { IMPATIENT, stream } from '../testkit/streaming.js';

/** Two friends, whose conversation grows. */
export class DamagedWorld {
  readonly #friends: readonly [Replica, Replica];
  readonly #chance: Chance;
  #posted = 0;

  private constructor(friends: readonly [Replica, Replica], chance: Chance) {
    this.#friends = friends;
    this.#chance = chance;
  }

  static async create(directory: string, chance: Chance): Promise<DamagedWorld> {
    const friends = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
    return new DamagedWorld(friends, chance);
  }

  /** Bytes that one side sends over a sound pipe when both have news. */
  async soundBytes(): Promise<number> {
    await this.#news();
    const [{ bytesOut }] = await stream(...this.#friends);
    return bytesOut;
  }

  /** One stream over this pipe, and a sound one behind it. */
  over(pipes: PipePair, where: string): Promise<readonly StreamReport[]> {
    return this.of((alice, bob) => stream(alice, bob, pipes, { clock: IMPATIENT }), where);
  }

  /** The same with a stream that is run by somebody else. */
  async of<T extends Pick<StreamReport, 'failure'>>(
    run: (alice: Replica, bob: Replica) => Promise<readonly T[]>,
    where: string,
  ): Promise<readonly T[]> {
    const [alice, bob] = this.#friends;
    await this.#news();
    const reports = await run(alice, bob);
    for (const { failure } of reports)
      if (failure) expect(CODES, `${where}: ${failure.message}`).toContain(failure.code);
    await this.#heal(where);
    // a look at everything takes as long as all else together
    if (this.#chance.happens(CHECKED)) for (const one of this.#friends) expect(errorsIn(one), where).toEqual([]);
    return reports;
  }

  async #news(): Promise<void> {
    for (const one of this.#friends) {
      const count = 1 + this.#chance.below(3);
      for (let i = 0; i < count; i++) await one.post('t', `${one.name} ${this.#posted++}`);
      if (this.#chance.happens(0.2)) await attach(one, 't', `see ${this.#posted}`, chunksOf(`${this.#posted++}`, 2));
    }
  }

  async #heal(where: string): Promise<void> {
    const [alice, bob] = this.#friends;
    const missing = [lackedBy(bob, alice), lackedBy(alice, bob)];
    const reports = await stream(alice, bob);
    for (const [i, { failure, taken }] of reports.entries()) {
      expect(failure, where).toBeUndefined();
      // acknowledgements of what came are written meanwhile
      expect(taken.fresh, where).toBeGreaterThanOrEqual(missing[1 - i] ?? 0);
      expect(taken.known, `${where}: nothing twice`).toBe(0);
      expect(taken.refused, where).toEqual([]);
    }
    expect(heldBy(alice), where).toEqual(heldBy(bob));
    expect(alice.texts('t'), where).toEqual(bob.texts('t'));
  }
}

const CHECKED = 0.1;
/** What a stream over a bad pipe may end with. */
const CODES = ['peer-lost', 'bad-stream', 'bad-member', 'over-limit', 'newer-version', 'untrusted-peer'];

/** Entries that one holds and the other lacks. */
function lackedBy(one: Replica, other: Replica): number {
  let count = 0;
  for (const { log } of other.repository.logs()) {
    const here = new Set([...seqsOf(one, log)]);
    for (const seq of seqsOf(other, log)) if (!here.has(seq)) count++;
  }
  return count;
}

function* seqsOf({ repository }: Replica, log: Parameters<Replica['repository']['held']>[0]): Generator<number> {
  for (const { from, end } of repository.held(log)) for (let seq = from; seq < end; seq++) yield seq;
}

/** A pair of pipes of which one direction ends after so many bytes, and the other with it. */
export function cutAfter(bytes: number, direction: 'toA' | 'toB'): PipePair {
  const pair: PipePair = pipePair({ [direction]: cutting(bytes, () => pair.cut()) });
  return pair;
}

/** Passes on so many bytes, and then cuts. */
export function cutting(bytes: number, cut: () => void): Way {
  let left = bytes;
  return (some) => {
    const going = some.subarray(0, Math.max(0, left));
    left -= some.length;
    if (left < 0) setImmediate(cut);
    return going.length > 0 ? [going] : [];
  };
}
