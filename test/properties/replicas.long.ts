// Three people who post, retract, export, import, lose, repeat, damage, tidy and wait at random, beside a model that only
// remembers what was said. Nobody ever sees anything else, nothing that was said is lost, and in the end all agree and rest.
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import type { LogId } from '../../src/format/ids.js';
import { decodeMessage, textOf } from '../../src/topic/message/message.js';
import type { OrderedEntry } from '../../src/topic/order/order.js';
import { tailOf } from '../../src/topic/order/tail.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import type { Posted } from '../../src/topic/writing/post.js';
import { SEED, trying } from '../testkit/effort.js';
import { expectReadsAlike } from '../testkit/read-again.js';
import type { Replica } from '../testkit/replica.js';
import { bundleFrom, copyOf, decide, errorsIn, heldBy, makeFriends, settle } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const DAY_MS = 86_400_000;
const NAMES = ['alice', 'bob', 'carol'];

type Command = { readonly who: number } & (
  | { readonly does: 'post'; readonly count: number; readonly reply: number; readonly days: number }
  | { readonly does: 'retract'; readonly which: number }
  | { readonly does: 'export'; readonly full: boolean }
  | { readonly does: 'import'; readonly file: number }
  | { readonly does: 'salvage'; readonly file: number }
  | { readonly does: 'damage'; readonly file: number; readonly at: number }
  | { readonly does: 'collect'; readonly all: boolean }
  | { readonly does: 'reopen' }
  | { readonly does: 'rebuild' }
  | { readonly does: 'wait'; readonly hours: number }
  | { readonly does: 'back up' }
  | { readonly does: 'restore'; readonly note: 'kept' | 'lost' }
);

const who = fc.nat(NAMES.length - 1);
/** Counted from the newest. */
const file = fc.oneof(fc.nat(2), fc.nat(30));
type Weighted = fc.MaybeWeightedArbitrary<Command>;
function command<T extends object>(weight: number, fields: fc.Arbitrary<T>): Weighted {
  const arbitrary = fc.tuple(who, fields).map(([one, rest]) => ({ who: one, ...rest }) as unknown as Command);
  return { weight, arbitrary };
}
const usual: readonly Weighted[] = [
  command(
    6,
    fc.record({
      does: fc.constant('post' as const),
      count: fc.integer({ min: 1, max: 3 }),
      reply: fc.nat(9),
      days: fc.integer({ min: -4, max: 2 }),
    }),
  ),
  command(1, fc.record({ does: fc.constant('retract' as const), which: fc.nat(9) })),
  command(6, fc.record({ does: fc.constant('export' as const), full: fc.boolean() })),
  command(12, fc.record({ does: fc.constant('import' as const), file })),
  command(1, fc.record({ does: fc.constant('salvage' as const), file })),
  command(1, fc.record({ does: fc.constant('damage' as const), file, at: fc.nat() })),
  command(5, fc.record({ does: fc.constant('collect' as const), all: fc.boolean() })),
  command(1, fc.record({ does: fc.constantFrom('reopen' as const, 'rebuild' as const) })),
  command(2, fc.record({ does: fc.constant('wait' as const), hours: fc.constantFrom(1, 20, 40) })),
];
const mishaps: readonly Weighted[] = [
  command(2, fc.record({ does: fc.constant('back up' as const) })),
  command(
    1,
    fc.record({ does: fc.constant('restore' as const), note: fc.constantFrom('kept' as const, 'lost' as const) }),
  ),
];

describe(`replicas at random (seed ${SEED})`, () => {
  it('see what was said and nothing else, and agree in the end', async () => {
    await fc.assert(
      fc.asyncProperty(listOf(usual), async (list) => {
        const world = await World.open();
        for (const one of list) await world.run(one);
        await world.expectAgreement();
        world.close();
      }),
      trying(25),
    );
  });

  it('do so without acknowledgements too', async () => {
    await fc.assert(
      fc.asyncProperty(listOf(usual), async (list) => {
        const world = await World.open();
        for (const friend of world.friends) decide(friend, 't', { receipts: 'off' });
        for (const one of list) await world.run(one);
        await world.expectAgreement();
        world.close();
      }),
      trying(5),
    );
  });

  it('do so when backups are restored, but for what nobody else had seen', async () => {
    await fc.assert(
      fc.asyncProperty(listOf([...usual, ...mishaps]), async (list) => {
        const world = await World.open();
        for (const one of list) await world.run(one);
        await world.expectAgreement();
        world.close();
      }),
      trying(15),
    );
  });
});

function listOf(kinds: readonly Weighted[]): fc.Arbitrary<Command[]> {
  return fc.array(fc.oneof(...kinds), { minLength: 8, maxLength: 60 });
}

interface Said extends Posted {
  readonly who: number;
  readonly text: string;
  /** Unix day on which it expires. */
  readonly expires: number;
}

interface TakenBack {
  readonly log: LogId;
  readonly seq: number;
  /** Seq of the retraction. */
  readonly by: number;
}

/** The replicas, the files that lie around, and what was said. */
class World {
  readonly #said = new Map<string, Said>();
  readonly #takenBack: TakenBack[] = [];
  readonly #files: string[] = [];
  #copies = 0;
  readonly #backups = new Map<number, Replica>();
  /** Said by a device that was restored from before. */
  readonly #forgotten = new Set<string>();

  private constructor(
    readonly friends: Replica[],
    readonly stick: string,
  ) {}

  static async open(): Promise<World> {
    const directory = scratchDirectory();
    const stick = path.join(directory, 'stick');
    fs.mkdirSync(stick);
    return new World(await makeFriends(directory, NAMES, 't'), stick);
  }

  close(): void {
    for (const friend of this.friends) friend.repository.close();
  }

  async run(one: Command): Promise<void> {
    const replica = this.friends[one.who] as Replica;
    const before = seqsHeld(replica);
    await this.#do(one, replica);
    const after = seqsHeld(this.friends[one.who] as Replica);
    if (one.does !== 'restore')
      for (const place of before) if (!after.has(place)) expect.fail(`${replica.name} lost ${place} by ${one.does}`);
    this.#expectSeen(one.who);
    expectReadsAlike(this.friends[one.who] as Replica, 't');
  }

  /** Everybody's clock at the same time, and files until there is nothing more to say. */
  async expectAgreement(): Promise<void> {
    const now = Math.max(...this.friends.map((friend) => friend.now));
    for (const friend of this.friends) friend.now = now;
    await settle(this.friends, this.stick);
    const remembered = [...this.#said].flatMap(([place, said]) => (this.#isLeft(place, said) ? [said] : []));
    for (const friend of this.friends) {
      expect(heldBy(friend)).toEqual(heldBy(this.friends[0] as Replica));
      const expected = this.#inOrder(remembered.filter((said) => !this.#mayGo(friend, said)));
      expect(this.#textsFor(friend)).toEqual(expected.map(({ text }) => text));
      expect(errorsIn(friend)).toEqual([]);
    }
  }

  /** Whether anybody has it: nobody may have what only a device that was restored had. */
  #isLeft(place: string, { log, seq }: Said): boolean {
    const isHeld = this.friends.some((friend) => friend.repository.entry(log, seq) !== undefined);
    if (!isHeld) expect(this.#forgotten).toContain(place);
    return isHeld;
  }

  async #do(one: Command, replica: Replica): Promise<void> {
    if (one.does === 'post') await this.#post(one, replica);
    else if (one.does === 'retract') await this.#retract(one.which, replica);
    else if (one.does === 'export') await this.#export(replica, one.full);
    else if (one.does === 'collect') replica.collect({ all: one.all });
    else if (one.does === 'reopen' || one.does === 'rebuild') restart(replica, one.does);
    else if (one.does === 'wait') replica.now += one.hours * 3_600_000;
    else if (one.does === 'back up') this.#backUp(one.who, replica);
    else if (one.does === 'restore') this.#restore(one.who, replica, one.note);
    else this.#take(one, replica);
  }

  async #post({ count, reply, days, who: by }: Command & { does: 'post' }, replica: Replica): Promise<void> {
    const target = replica.messages('t').at(-1 - reply);
    const { entry, clock } = target ?? {};
    const cited = entry && clock !== undefined ? { log: entry.log, seq: entry.seq, id: entry.id, clock } : undefined;
    const expires = days > 0 ? Math.floor(replica.now / DAY_MS) + days : Number.POSITIVE_INFINITY;
    const texts = Array.from({ length: count }, (_, i) => `${replica.name} ${this.#said.size + i}`);
    const drafts = texts.map((body) => ({ body, reply: cited, ...(days > 0 && { meta: { expires } }) }));
    for (const [i, posted] of (await replica.post('t', ...drafts)).entries())
      this.#said.set(`${posted.log} ${posted.seq}`, { ...posted, who: by, text: texts[i] ?? '', expires });
  }

  async #retract(which: number, replica: Replica): Promise<void> {
    const own = [...this.#said.values()].filter(
      (said) => this.friends[said.who] === replica && replica.repository.entry(said.log, said.seq),
    );
    const target = own.at(-1 - which);
    if (!target) return;
    const meta = { retracts: [{ from: target.seq, end: target.seq + 1 }], housekeeping: true as const };
    const [by] = await replica.post('t', { type: 'retract', body: null, meta });
    if (by?.log === target.log) this.#takenBack.push({ log: target.log, seq: target.seq, by: by.seq });
  }

  async #export(replica: Replica, full: boolean): Promise<void> {
    const bundle = await bundleFrom(replica, this.stick, full ? { full } : {});
    if (bundle) this.#files.push(bundle);
  }

  #take(one: Command & { file: number }, replica: Replica): void {
    const bundle = this.#files.at(-1 - (one.file % Math.max(1, this.#files.length)));
    if (!bundle) return;
    if (one.does === 'damage') expectRefused(replica, damagedCopy(bundle, one.at));
    else replica.import(bundle, one.does === 'salvage' ? { salvage: true } : {});
  }

  #backUp(by: number, replica: Replica): void {
    const backup = copyOf(replica, `backup-${this.#copies++}`);
    backup.repository.close();
    this.#backups.set(by, backup);
  }

  #restore(by: number, lost: Replica, note: 'kept' | 'lost'): void {
    const backup = this.#backups.get(by);
    if (!backup) return;
    const restored = copyOf(backup, `${NAMES[by]}-${this.#copies++}`);
    restored.now = lost.now;
    if (note === 'kept') restored.stateDirectory = lost.stateDirectory;
    else fs.rmSync(restored.stateDirectory, { recursive: true, force: true });
    lost.repository.close();
    this.friends[by] = restored;
    for (const [place, said] of this.#said)
      if (said.who === by && !restored.repository.entry(said.log, said.seq)) this.#forgotten.add(place);
  }

  /** What a replica sees now: only what was said, in order, and all of its own. */
  #expectSeen(by: number): void {
    const replica = this.friends[by] as Replica;
    const seen = replica.messages('t');
    for (const { entry } of seen) {
      const said = this.#said.get(`${entry.log} ${entry.seq}`);
      expect(entry.id).toBe(said?.id);
      if (entry.payload || !said || !this.#mayGo(replica, said)) expect(textIn(entry.payload)).toBe(said?.text);
    }
    const shown = this.#saidIn(seen).filter((said) => !this.#mayGo(replica, said));
    expect(shown).toEqual(this.#inOrder(shown));
    const logs = replica.repository.logsOfTopic(rendezvousTopic('t'));
    const tail = tailOf(replica.repository, logs, 4).map(({ entry }) => entry.id);
    expect(tail).toEqual(seen.slice(-4).map(({ entry }) => entry.id));
    const held = new Set(seen.map(({ entry }) => `${entry.log} ${entry.seq}`));
    for (const [place, said] of this.#said)
      if (said.who === by && !this.#forgotten.has(place)) expect(held).toContain(place);
  }

  #textsFor(replica: Replica): string[] {
    const shown = this.#saidIn(replica.messages('t')).filter((said) => !this.#mayGo(replica, said));
    return shown.map(({ text }) => text);
  }

  #saidIn(seen: readonly OrderedEntry[]): Said[] {
    return seen.flatMap(({ entry }) => this.#said.get(`${entry.log} ${entry.seq}`) ?? []);
  }

  #inOrder(list: readonly Said[]): Said[] {
    return [...list].sort((a, b) => a.clock - b.clock || (a.log < b.log ? -1 : 1));
  }

  /** Whether a replica has reason not to have the text: its day has come, or a retraction. */
  #mayGo(replica: Replica, { log, seq, expires }: Said): boolean {
    if (expires * DAY_MS <= replica.now) return true;
    const retractions = this.#takenBack.filter((one) => one.log === log && one.seq === seq);
    return retractions.some(({ by }) => replica.repository.entry(log, by) !== undefined);
  }
}

function seqsHeld(replica: Replica): Set<string> {
  const places = new Set<string>();
  for (const { log } of replica.repository.logs())
    for (const { from, end } of replica.repository.held(log))
      for (let seq = from; seq < end; seq++) places.add(`${log} ${seq}`);
  return places;
}

function restart(replica: Replica, does: 'reopen' | 'rebuild'): void {
  const before = heldBy(replica);
  if (does === 'rebuild') fs.rmSync(replica.repository.layout.index, { recursive: true, force: true });
  expect(heldBy(replica.reopen())).toEqual(before);
}

function damagedCopy(bundle: string, at: number): string {
  const bytes = fs.readFileSync(bundle);
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
  const copy = `${bundle}.damaged`;
  fs.writeFileSync(copy, bytes);
  return copy;
}

function expectRefused(replica: Replica, bundle: string): void {
  const before = heldBy(replica);
  expect(() => replica.import(bundle)).toThrow(SatchelError);
  expect(heldBy(replica)).toEqual(before);
}

function textIn(payload: Buffer | undefined): string | undefined {
  const message = payload && decodeMessage(payload);
  return message && textOf(message);
}
