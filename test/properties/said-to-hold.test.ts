// Whoever is said to hold an entry can show it, the very same one (spec/message.md, "Acknowledgements"; spec/bundle.md,
// "Frontier"). `SEED` repeats a run; `WORLD` is the first of its worlds that is tried.
//
// Exactly: let a replica say that a person holds an entry. Then the entry lies before any freeze known to the replica, and
//
// - a device of that person can show the very entry, by seq and id: it is readable there, or was dropped for a cause verified
//   there; or it could, and a freeze that came to it since has undone that cause; or it had dropped the entry for such a cause,
//   and a freeze that came to it since lies before the entry, of which nothing is left over (spec/log.md, "Freeze"); or
// - the person held it in a past that it has lost since, of which it could tell nobody: its disk was put back to an image, or
//   the clone that wrote it is gone. That counts until the replica has heard of an epoch begun since, and of nothing from the
//   lost past after that.
//
// Of a message that was said again it may be said of any of its places (spec/message.md, "Behind a freeze").
//
// What is spared, so neither sent nor waited for, and so what may be tidied away, is a little more: there the person's device
// has an entry of that seq, of which nothing here tells that it is another, or its log is frozen there, or a past it lost had.
import { describe, expect, it } from 'vitest';
import type { EntryId, LogId, PersonId } from '../../src/format/ids.js';
import { knowledgeOf } from '../../src/sync/known/knowledge.js';
import { readStatement } from '../../src/sync/known/statements.js';
import { holdersOf, traceEntry } from '../../src/sync/known/trace.js';
import { activeContacts } from '../../src/sync/session.js';
import { deliverable } from '../../src/topic/reading/places.js';
import { ClaimsWorld, type GcNotes } from '../testkit/claims-world.js';
import { chance, effort, SEED } from '../testkit/effort.js';
import { droppedBy, type Ids, shownBy } from '../testkit/pasts.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { bundlesOn, listedOn, recordsIn } from '../testkit/stick.js';

const WORLDS = effort(30);
const STEPS = 30;
const FROM = Number(process.env['WORLD'] ?? 0);

describe(`what somebody is said to hold (seed ${SEED})`, () => {
  it(`is there, in ${WORLDS} worlds`, { timeout: 0 }, async () => {
    let said = 0;
    for (let world = FROM; world < WORLDS; world++) said += await new Tried(world).run();
    expect(said, 'entries said to be held').toBeGreaterThan(WORLDS);
  });
});

/** What one replica says of one person. */
interface WorkQueue {
  readonly holds: readonly { readonly log: LogId; readonly seq: number; readonly id: EntryId }[];
  readonly spares: readonly { readonly log: LogId; readonly seq: number }[];
}

/** One world, with what is known of its replicas until they do something. */
class Tried {
  readonly #world: number;
  readonly #shown = new Map<Replica, Ids>();
  /** What each replica ever dropped. */
  readonly #dropped = new Map<Replica, Ids[]>();
  readonly #claims = new Map<Replica, ReadonlyMap<PersonId, WorkQueue>>();
  #one!: ClaimsWorld;
  #said = 0;

  constructor(world: number) {
    this.#world = world;
  }

  async run(): Promise<number> {
    const random = chance(`said to hold ${this.#world}`);
    this.#one = await ClaimsWorld.create(memoryDirectory(), random);
    for (let step = 0; step < STEPS; step++) {
      const { changed, tidied } = await this.#one.step();
      this.#look(new Set(changed));
      if (tidied && changed[0]) this.#expectUnneeded(changed[0], tidied);
    }
    for (const device of this.#one.devices) this.#expectTold(device);
    this.#one.close();
    return this.#said;
  }

  /** Everything that those who changed say, and that is said of them; a clone that is new speaks of all. */
  #look(changed: ReadonlySet<Replica>): void {
    for (const device of changed) this.#note(device);
    for (const device of this.#one.devices) if (!this.#shown.has(device)) this.#note(device);
    for (const device of this.#one.devices)
      if (changed.has(device) || !this.#claims.has(device))
        this.#claims.set(device, claimsOf(device, this.#shown.get(device) as Ids));
    const people = new Set([...changed].map(({ session }) => session.self.person));
    for (const device of this.#one.devices) {
      for (const [person, { holds, spares }] of this.#claims.get(device) ?? []) {
        if (!changed.has(device) && !people.has(person)) continue;
        for (const { log, seq, id } of holds) this.#expectHeld(device, person, log, seq, id);
        for (const { log, seq } of spares) this.#expectSpared(device, person, log, seq);
      }
    }
  }

  #note(device: Replica): void {
    this.#shown.set(device, shownBy(device));
    this.#dropped.set(device, [...(this.#dropped.get(device) ?? []), droppedBy(device)]);
  }

  #expectHeld(device: Replica, person: PersonId, log: LogId, seq: number, id: EntryId): void {
    this.#said++;
    const freeze = device.repository.frozen.get(log) ?? Number.POSITIVE_INFINITY;
    if (seq >= freeze) throw new Error(this.#where(device, person, log, seq, 'behind a freeze'));
    if (!this.#held(device, person, log, seq, id))
      throw new Error(this.#where(device, person, log, seq, 'and does not'));
  }

  #held(device: Replica, person: PersonId, log: LogId, seq: number, id: EntryId): boolean {
    if (this.#has(person, log, seq, id)) return true;
    if (this.#lostCounts(device, person) && this.#lost(person, log, seq, id)) return true;
    return this.#devicesOf(person).some(
      (one) => isUndone(one.repository, log, seq) || this.#isGoneBehindFreeze(one, log, seq, id),
    );
  }

  #expectSpared(device: Replica, person: PersonId, log: LogId, seq: number): void {
    if (this.#has(person, log, seq)) return;
    if (this.#devicesOf(person).some(({ repository }) => (repository.frozen.get(log) ?? seq + 1) <= seq)) return;
    if (this.#lost(person, log, seq)) return;
    if (this.#devicesOf(person).some(({ repository }) => isUndone(repository, log, seq))) return;
    throw new Error(this.#where(device, person, log, seq, 'or to want no more of it, and neither is so'));
  }

  #has(person: PersonId, log: LogId, seq: number, id?: EntryId): boolean {
    return this.#devicesOf(person).some((one) => isIn(this.#shown.get(one), log, seq, id));
  }

  /** Whether a device had dropped the very entry, for a cause, before it heard of a freeze that lies before it. */
  #isGoneBehindFreeze(device: Replica, log: LogId, seq: number, id: EntryId): boolean {
    if ((device.repository.frozen.get(log) ?? Number.POSITIVE_INFINITY) > seq) return false;
    return (this.#dropped.get(device) ?? []).some((ids) => isIn(ids, log, seq, id));
  }

  #lost(person: PersonId, log: LogId, seq: number, id?: EntryId): boolean {
    return this.#one.lost.some((past) => past.person === person && isIn(past.ids, log, seq, id));
  }

  /** Whether pasts that a person lost may still count for a replica: it has not heard of the present alone since. */
  #lostCounts({ repository }: Replica, person: PersonId): boolean {
    const [present] = this.#devicesOf(person);
    const statement = present && readStatement(repository, present.session.self.device);
    const pasts = this.#one.lost.filter((past) => past.person === person);
    if (!statement || pasts.some(({ epoch }) => epoch === statement.epoch)) return true;
    const logs = repository.logsOfPerson(person).map(({ log }) => log);
    return logs.some((log) =>
      repository
        .runs(log)
        .filter((run) => run.arrival > statement.voidBefore)
        .some((run) =>
          [...repository.entries(log, run.first, run.end)].some(({ seq, id }) => !this.#has(person, log, seq, id)),
        ),
    );
  }

  /** What show and trace say of each entry: whoever holds its message has it in one of its places, none behind a freeze. */
  #expectTold(device: Replica): void {
    const { session, repository } = device;
    const known = new Set(activeContacts(session).map(({ person }) => person));
    for (const { log } of repository.logs()) {
      for (const entry of repository.entries(log, 1)) {
        const traced = traceEntry(session, entry).holders;
        expect(holdersOf(session, entry)).toEqual(traced);
        const places = deliverable(repository, entry);
        for (const { person } of traced.filter((holder) => known.has(holder.person))) {
          this.#said++;
          if (!places.some((place) => this.#held(device, person, place.log, place.seq, place.id)))
            throw new Error(this.#where(device, person, log, entry.seq, 'in one of its places, and does not'));
        }
      }
    }
  }

  /** What was removed because everybody had it was needed by nobody who is listed. */
  #expectUnneeded(device: Replica, { removed, before, stick }: GcNotes): void {
    const left = bundlesOn(stick).flatMap((name) => recordsIn(stick, name));
    const people = listedOn(stick).filter((person) => device.session.contacts.has(person));
    for (const { bundle } of removed.filter(({ reason }) => reason === 'acknowledged')) {
      for (const { log, first, end } of before.get(bundle.name) ?? []) {
        const until = Math.min(end, device.repository.frozen.get(log) ?? end);
        for (let seq = first; seq < until; seq++) {
          if (left.some((record) => record.log === log && record.first <= seq && seq < record.end)) continue;
          for (const person of people) this.#expectSpared(device, person, log, seq);
        }
      }
    }
  }

  #devicesOf(person: PersonId): Replica[] {
    return this.#one.devices.filter(({ session }) => session.self.person === person);
  }

  #where(device: Replica, person: PersonId, log: LogId, seq: number, how: string): string {
    const name = this.#devicesOf(person)[0]?.name;
    const entry = `entry ${seq} of ${log.slice(0, 10)}`;
    return `${device.name} says ${name} holds ${entry}, ${how}: world ${this.#world} of seed ${SEED}`;
  }
}

function claimsOf({ session, repository }: Replica, shown: Ids): ReadonlyMap<PersonId, WorkQueue> {
  return new Map(
    activeContacts(session).map((contact) => {
      const knowledge = knowledgeOf(repository, contact);
      const holds = [...shown].flatMap(([log, ids]) =>
        knowledge
          .holds(log)
          .flatMap(({ from, end }) => seqs(from, end).map((seq) => ({ log, seq, id: ids.get(seq) as EntryId }))),
      );
      const spares = [...shown].flatMap(([log, ids]) =>
        [...ids.keys()]
          .filter((seq) => knowledge.spares(log).some(({ from, end }) => from <= seq && seq < end))
          .map((seq) => ({ log, seq })),
      );
      return [contact.person, { holds, spares }];
    }),
  );
}

/** Whether a device knows the entry, and lacks its payload only since a freeze undid what explained that. */
function isUndone(repository: Replica['repository'], log: LogId, seq: number): boolean {
  if (seq >= (repository.frozen.get(log) ?? 0)) return false;
  return repository.unheldRuns(log).some(({ first, end }) => first <= seq && seq < end);
}

function isIn(ids: Ids | undefined, log: LogId, seq: number, id: EntryId | undefined): boolean {
  const found = ids?.get(log)?.get(seq);
  return found !== undefined && (id === undefined || found === id);
}

function seqs(from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, i) => from + i);
}
