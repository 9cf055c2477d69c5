// Segments of a few logs in any order, cut anywhere, some of them stripped, some twice, with the repository reopened, its
// index thrown away and its garbage collected in between: what is held and how it is ordered follows from what arrived.
import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogId, readId, type TopicId } from '../../src/format/ids.js';
import { encodeMeta } from '../../src/format/log/meta.js';
import { decodeSegment } from '../../src/format/log/segment.js';
import { checkRepository } from '../../src/repository/check.js';
import { createRepository, sealRepository } from '../../src/repository/create.js';
import { collectGarbage } from '../../src/repository/gc/gc.js';
import { Repository } from '../../src/repository/repository.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';
import { inOrder, isMessage } from '../../src/topic/order/order.js';
import { tailOf } from '../../src/topic/order/tail.js';
import { ADA, BOB, TOPIC } from '../testkit/cast.js';
import { SEED, trying } from '../testkit/effort.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { wireKey } from '../testkit/wire.js';
import { introduction, type WirePerson } from '../testkit/wire-card.js';
import { message } from '../testkit/wire-message.js';
import { runOf, segment, type WireEntry, type WireLog, wireLog } from '../testkit/wire-segment.js';

const DAY_MS = 86_400_000;
const TODAY = 20_000;
const ALL: readonly number[] = Array.from({ length: 15 }, (_, seq) => seq);
const PEOPLE: readonly WirePerson[] = [ADA, BOB];

type Written =
  | { readonly kind: 'text'; readonly step: number; readonly size: number }
  | { readonly kind: 'expires'; readonly step: number; readonly days: number }
  | { readonly kind: 'retract'; readonly from: number; readonly span: number };

/** A piece of one log, some of its payloads stripped. */
interface Piece {
  readonly log: number;
  readonly from: number;
  readonly length: number;
  readonly stripped: readonly number[];
}

interface Delivery {
  readonly pieces: readonly Piece[];
  readonly afterwards: 'nothing' | 'reopen' | 'rebuild' | 'collect' | 'collect some';
}

interface History {
  readonly logs: readonly (readonly Written[])[];
  readonly deliveries: readonly Delivery[];
}

const written: fc.Arbitrary<Written> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('text'), step: fc.integer({ min: 1, max: 9 }), size: fc.nat(120) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('expires'), step: fc.constant(1), days: fc.integer({ min: -1, max: 1 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('retract'), from: fc.nat(14), span: fc.integer({ min: 1, max: 5 }) }),
  },
);
const piece: fc.Arbitrary<Piece> = fc.record({
  log: fc.nat(1),
  from: fc.nat(14),
  length: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 15 })),
  stripped: fc.oneof(fc.constant([]), fc.array(fc.nat(14), { maxLength: 4 }), fc.constant(ALL)),
});
const delivery: fc.Arbitrary<Delivery> = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
  afterwards: fc.constantFrom('nothing', 'nothing', 'reopen', 'rebuild', 'collect', 'collect some'),
});
const history: fc.Arbitrary<History> = fc.record({
  logs: fc.tuple(
    fc.array(written, { minLength: 1, maxLength: 14 }),
    fc.array(written, { minLength: 1, maxLength: 14 }),
  ),
  deliveries: fc.array(delivery, { minLength: 1, maxLength: 14 }),
});

describe(`whatever arrives in whatever order (seed ${SEED})`, () => {
  it('makes the repository that a naive reader of all of it expects', () => {
    fc.assert(
      fc.property(history, (one) => {
        const world = openWorld(one);
        for (const { pieces, afterwards } of one.deliveries) {
          world.take(pieces);
          world.expectAsModelled();
          world.do(afterwards);
          world.expectAsModelled();
        }
        world.close();
      }),
      trying(40),
    );
  });

  it('makes the same repository as any other order of the same', () => {
    const pieces = fc
      .tuple(history, fc.array(piece, { minLength: 2, maxLength: 12 }))
      .chain(([one, list]) =>
        fc.tuple(fc.constant(one), fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
    fc.assert(
      fc.property(pieces, ([one, list, shuffled]) => {
        const a = openWorld(one);
        const b = openWorld(one);
        a.take(list);
        for (const each of shuffled) b.take([each]);
        a.expectAsModelled();
        b.expectAsModelled();
        expect(b.held()).toEqual(a.held());
        a.close();
        b.close();
      }),
      trying(30),
    );
  });
});

/** A repository, and beside it what was delivered to it. */
class World {
  readonly #directory = scratchDirectory();
  readonly #logs: readonly WireLog[];
  readonly #history: History;
  readonly #whole: readonly Set<number>[] = [new Set(), new Set()];
  readonly #dropped: readonly Set<number>[] = [new Set(), new Set()];
  #repository: Repository;

  constructor(history: History) {
    this.#history = history;
    this.#logs = history.logs.map((entries, i) => logOf(PEOPLE[i] as WirePerson, i, entries));
    sealRepository(createRepository(this.#directory));
    this.#repository = this.#open();
  }

  take(pieces: readonly Piece[]): void {
    const segments = pieces.map((one) => decodeSegment(this.#deliver(one)));
    this.#repository.locked(() => this.#repository.commit((commit) => segments.map((one) => commit.take(one))));
  }

  do(afterwards: Delivery['afterwards']): void {
    if (afterwards === 'reopen' || afterwards === 'rebuild') this.close();
    if (afterwards === 'rebuild') fs.rmSync(this.#repository.layout.index, { recursive: true, force: true });
    if (afterwards === 'reopen' || afterwards === 'rebuild') this.#repository = this.#open();
    if (afterwards === 'collect' || afterwards === 'collect some') this.#collect(afterwards === 'collect');
  }

  close(): void {
    this.#repository.close();
  }

  /** For each log the seqs that are held. */
  held(): number[][] {
    return this.#logs.map((log) => [...this.#repository.entries(idOf(log))].map(({ seq }) => seq));
  }

  expectAsModelled(): void {
    expect(this.held()).toEqual(this.#logs.map((_, i) => this.#modelHeld(i)));
    for (const [i, log] of this.#logs.entries()) this.#expectEntries(i, log);
    this.#expectOrder();
    const findings = [...checkRepository(this.#repository, { all: true })];
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  }

  #expectEntries(i: number, log: WireLog): void {
    const held = new Set(this.#modelHeld(i));
    for (const { seq, id, payload, afterGap } of this.#repository.entries(idOf(log))) {
      expect(id).toBe(log.ids[seq]?.toString('hex'));
      expect(afterGap).toBe(seq > 0 && !held.has(seq - 1));
      if (payload || !this.#mayGo(i, seq)) expect(payload).toEqual(log.entries[seq]?.payload);
    }
    const { entries = 0, end = 0 } = this.#repository.log(idOf(log)) ?? {};
    expect([entries, end]).toEqual([held.size, Math.max(0, ...[...held].map((seq) => seq + 1))]);
  }

  /** Messages that stand for good, by clock: authors here are honest. */
  #expectOrder(): void {
    const logs = this.#repository.logsOfTopic(TOPIC.toString('hex') as TopicId);
    const isHidden = ({ log, seq }: { log: LogId; seq: number }): boolean => this.#mayGo(this.#indexOf(log), seq);
    const order = [...inOrder(this.#repository, logs, { isHidden })].map(({ entry }) => `${entry.log} ${entry.seq}`);
    const expected = this.#logs.flatMap((log, i) =>
      this.#modelHeld(i)
        .filter((seq) => this.#modelHeld(i).includes(0) && !this.#mayGo(i, seq) && isMessage(entryAt(log, seq)))
        .map((seq) => ({
          clock: clockOf(this.#history.logs[i] ?? [], seq),
          name: `${idOf(log)} ${seq}`,
          log: idOf(log),
        })),
    );
    expected.sort((a, b) => a.clock - b.clock || (a.log < b.log ? -1 : 1));
    expect(order).toEqual(expected.map(({ name }) => name));
    expect(tailOf(this.#repository, logs, 5, { isHidden }).map(({ entry }) => `${entry.log} ${entry.seq}`)).toEqual(
      order.slice(-5),
    );
  }

  #modelHeld(i: number): number[] {
    const dropped = [...(this.#dropped[i] ?? [])].filter((seq) => seq > 0 && this.#mayGo(i, seq));
    return [...new Set([...(this.#whole[i] ?? []), ...dropped])].sort((a, b) => a - b);
  }

  /** Whether a payload may be missing: its day is past, or an entry that arrived takes it back. */
  #mayGo(i: number, seq: number): boolean {
    const entries = this.#history.logs[i] ?? [];
    const one = entries[seq - 1];
    if (one?.kind === 'expires' && one.days <= 0) return true;
    const arrived = new Set([...(this.#whole[i] ?? []), ...(this.#dropped[i] ?? [])]);
    return entries.some(
      (other, at) =>
        other.kind === 'retract' && arrived.has(at + 1) && other.from + 1 <= seq && seq < other.from + 1 + other.span,
    );
  }

  /** The piece's bytes; its introduction comes alone and whole. */
  #deliver({ log, from, length, stripped }: Piece): Buffer {
    const wire = this.#logs[log] as WireLog;
    const first = Math.min(from, wire.entries.length - 1);
    const end = first === 0 ? 1 : Math.min(first + length, wire.entries.length);
    const run = runOf(wire, first, end);
    const gone = new Set(stripped.filter((seq) => seq > 0));
    for (let seq = first; seq < end; seq++) (gone.has(seq) ? this.#dropped : this.#whole)[log]?.add(seq);
    return segment({ ...run, entries: run.entries.map((entry, i) => ({ ...entry, dropped: gone.has(first + i) })) });
  }

  #collect(all: boolean): void {
    const hasExpired = (meta: Buffer): boolean => [-1, 0].some((days) => meta.equals(expiry(days)));
    this.#repository.locked(() => collectGarbage(this.#repository, { hasExpired, boundaries: () => [3] }, { all }));
  }

  #indexOf(log: LogId): number {
    return this.#logs.findIndex((one) => idOf(one) === log);
  }

  #open(): Repository {
    const world = { now: () => TODAY * DAY_MS, random: (size: number) => Buffer.alloc(size) };
    return Repository.open(this.#directory, { interpreter: createInterpreter(), world, lockTimeoutMs: 100 });
  }
}

function openWorld(history: History): World {
  return new World(history);
}

function logOf(person: WirePerson, i: number, entries: readonly Written[]): WireLog {
  const key = wireKey(`log ${i}`);
  const intro = { payload: introduction({ log: key.id, topic: TOPIC, person }) };
  return wireLog(key, [intro, ...entries.map((one, at) => entryOf(one, clockOf(entries, at + 1)))]);
}

function entryOf(one: Written, clock: number): WireEntry {
  if (one.kind === 'retract') {
    const meta = encodeMeta({ retracts: [{ from: one.from + 1, end: one.from + 1 + one.span }], housekeeping: true });
    return { payload: message({ time: clock, type: 'retract' }), meta };
  }
  const body = one.kind === 'text' ? 'x'.repeat(one.size) : 'for some days';
  return { payload: message({ time: clock, body }), ...(one.kind === 'expires' && { meta: expiry(one.days) }) };
}

function expiry(days: number): Buffer {
  return encodeMeta({ expires: TODAY + days });
}

function clockOf(entries: readonly Written[], seq: number): number {
  return entries.slice(0, seq).reduce((sum, one) => sum + (one.kind === 'retract' ? 1 : one.step), 1_000);
}

function entryAt(log: WireLog, seq: number): { seq: number; meta: Buffer } {
  return { seq, meta: Buffer.from(log.entries[seq]?.meta ?? []) };
}

function idOf(log: WireLog): LogId {
  return readId<LogId>(log.key.id);
}
