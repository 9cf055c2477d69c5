// Consumers in worlds at random: messages come late, out of order, behind gaps and contradictions, are taken back, expire and
// are hidden; garbage is collected, the index deleted, and whoever consumes is killed at any step. Who keeps its last offset
// gets each message exactly once; who has all committed that was printed gets each at least once (spec/cli.md, "feed").
// FEEDS of them (3), from the seed FEEDS_FROM (1) on.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EntryId, LogId } from '../../src/format/ids.js';
import { findConsumer } from '../../src/topic/feed/consumer.js';
import { commitUpTo, type Feed, handOut } from '../../src/topic/feed/feed.js';
import { type Handed, handedOutTo } from '../../src/topic/feed/handed-out.js';
import type { OrderedEntry } from '../../src/topic/order/order.js';
import { readHidden, writeHidden } from '../../src/topic/reading/hidden.js';
import type { MessageState } from '../../src/topic/reading/view.js';
import { openViewer, type Viewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Chance } from '../testkit/chance.js';
import { CopiesWorld } from '../testkit/copies-world.js';
import { EditsWorld } from '../testkit/edits-world.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

const COUNT = Number(process.env['FEEDS'] ?? 3);
const FROM = Number(process.env['FEEDS_FROM'] ?? 1);
const STEPS = 40;
const TOPIC = rendezvousTopic('t');
/** Few at once, so that batches end in the middle of what is due. */
const MOST = 4;
const DUE: readonly MessageState[] = ['shown', 'contradicted', 'edit', 'reaction'];

/** What a run printed; `said` is what the line is known by. */
interface Line {
  readonly offset: number;
  readonly id: EntryId;
  readonly said: string | undefined;
}

/** What a message is known by in its world, wherever it stands. */
type Known = (viewer: Viewer, ordered: OrderedEntry) => string | undefined;

const byText: Known = ({ view }, ordered) => view(ordered).text;
/** Of edits and reactions too, whose texts are not their own alone. */
const byOriginal: Known = ({ places }, { entry }) => places.of(entry)?.original.id ?? entry.id;

/** Steps before which a run is killed. */
const KILLS = ['asking', 'printing', 'the next line', 'its own write', 'committing', 'nothing'] as const;

/** A program that is handed messages and killed, and what becomes of them. */
class Program {
  readonly replica: Replica;
  readonly isAuto: boolean;
  readonly feed: Feed;
  /** What made it into its result, or were printed for whoever commits by itself, in that order. */
  readonly result: string[] = [];
  /** What was gone before it was taken. */
  readonly gone = new Set<string>();
  readonly #chance: Chance;
  readonly #known: Known;
  readonly #said = new Map<EntryId, string>();
  #last = 0;
  #uncommitted: readonly Line[] = [];

  constructor(replica: Replica, name: string, { chance, known }: { readonly chance: Chance; readonly known: Known }) {
    this.replica = replica;
    this.isAuto = name === 'auto';
    this.feed = { name, topics: [TOPIC], most: MOST };
    this.#chance = chance;
    this.#known = known;
  }

  /** One run, which ends before some step; returns whether anything was handed out. */
  run(kill: (typeof KILLS)[number] = this.#chance.pick(KILLS)): boolean {
    if (kill === 'asking') return true;
    const { repository, session } = this.replica;
    const consumer = handOut(session, this.feed);
    for (const { log, seq, id } of consumer.handedOut) this.#note(log, seq, id);
    if (kill === 'printing') return true;
    const handed = [...handedOutTo(session, consumer, () => 't')];
    const lines = handed.map((one) => this.#lineOf(one));
    this.#expectSame(lines);
    const printed = kill === 'the next line' ? lines.slice(0, this.#chance.below(lines.length + 1)) : lines;
    if (kill === 'its own write') return true;
    for (const line of printed) this.#take(line);
    if (kill === 'committing' || kill === 'the next line' || lines.length === 0) return lines.length > 0;
    commitUpTo(repository, this.feed.name, this.#last);
    this.#uncommitted = [];
    return true;
  }

  /** Runs until nothing is left. */
  finish(): void {
    while (this.run('nothing'));
  }

  #note(log: LogId, seq: number, id: EntryId): void {
    const entry = this.replica.repository.entry(log, seq);
    if (entry?.id !== id) return;
    const said = this.#known(viewerAt(this.replica), { entry, clock: 0, afterGap: false });
    if (said !== undefined) this.#said.set(id, said);
  }

  #lineOf({ offset, id, shown }: Handed): Line {
    // a copy whose original came is told in its place
    const said = shown && this.#known(shown.viewer, shown.ordered);
    if (!shown) this.gone.add(this.#said.get(id) ?? '?');
    return { offset, id, said };
  }

  /** What was not committed comes again as it was, and nothing else does. */
  #expectSame(lines: readonly Line[]): void {
    const before = this.#uncommitted.map(({ offset, id }) => `${offset} ${id}`);
    if (before.length > 0) expect(lines.map(({ offset, id }) => `${offset} ${id}`)).toEqual(before);
    expect(lines.length).toBeLessThanOrEqual(MOST);
    this.#uncommitted = lines;
  }

  #take({ offset, said }: Line): void {
    if (!this.isAuto && offset <= this.#last) return;
    expect(offset === this.#last + 1 || this.isAuto, 'offsets are consecutive').toBe(true);
    this.#last = Math.max(this.#last, offset);
    if (said !== undefined) this.result.push(said);
  }
}

function viewerAt({ session }: Replica): Viewer {
  return openViewer(session, { topic: TOPIC, label: 't' });
}

/** What a consumer is to get, as things stand. */
function dueTo(replica: Replica, known: Known): string[] {
  const viewer = viewerAt(replica);
  const isDue = (ordered: OrderedEntry): boolean => DUE.includes(viewer.view(ordered).state);
  return replica.messages('t').flatMap((ordered) => (isDue(ordered) ? (known(viewer, ordered) ?? '-') : []));
}

/** Somebody hides or shows a message, collects garbage, or finds the index gone. */
function disturb(replica: Replica, chance: Chance): void {
  const what = chance.number();
  if (what < 0.15) replica.collect({ all: chance.happens(0.5) });
  else if (what < 0.3) {
    fs.rmSync(replica.repository.layout.index, { recursive: true, force: true });
    replica.reopen();
  } else if (what < 0.4) hide(replica, chance);
  else if (what < 0.5) writeHidden(replica.directory, new Set());
  else if (what < 0.7) replica.reopen();
}

function hide(replica: Replica, chance: Chance): void {
  const messages = replica.messages('t');
  if (messages.length === 0) return;
  writeHidden(replica.directory, new Set([...readHidden(replica.directory), chance.pick(messages).entry.id]));
}

const WORLDS = [
  { name: 'messages in several places', create: CopiesWorld.create, known: byText },
  { name: 'edits and reactions', create: EditsWorld.create, known: byOriginal },
] as const;
const SEEDS = Array.from({ length: COUNT }, (_, i) => FROM + i);
const CASES = WORLDS.flatMap(({ name, ...world }) => SEEDS.map((seed) => [name, seed, world] as const));

describe('consumers', () => {
  it.each(CASES)(
    'get each once: %s (FEEDS=1 FEEDS_FROM=%i)',
    { timeout: 300_000 },
    async (_, seed, { create, known }) => {
      const world = await create(memoryDirectory(), seed);
      const chance = new Chance(seed + 1_000_000);
      const programs = world.replicas.flatMap((replica) =>
        ['exact', 'auto'].map((name) => new Program(replica, name, { chance, known })),
      );
      const seen = new Map(programs.map((program) => [program, new Set<string>()]));
      for (let i = 0; i < STEPS; i++) {
        await world.step();
        for (const program of programs) {
          for (const said of dueTo(program.replica, known)) seen.get(program)?.add(said);
          if (chance.happens(0.4)) program.run();
        }
        disturb(chance.pick(world.replicas), chance);
      }
      for (const replica of world.replicas) writeHidden(replica.directory, new Set());
      await world.expectRest();
      for (const program of programs) {
        const due = dueTo(program.replica, known);
        for (const said of due) seen.get(program)?.add(said);
        program.finish();
        expectAll(program, due, seen.get(program) ?? new Set());
      }
    },
  );
});

function expectAll(
  { replica, feed, isAuto, result, gone }: Program,
  due: readonly string[],
  seen: ReadonlySet<string>,
): void {
  const where = `${feed.name} at ${replica.name}`;
  const got = new Set(result);
  const missing = due.filter((said) => !got.has(said) && !gone.has(said));
  expect(missing, `missing for ${where}`).toEqual([]);
  expect(
    result.filter((said) => !seen.has(said)),
    `never shown, for ${where}`,
  ).toEqual([]);
  if (!isAuto) expect([...got], `once for ${where}`).toEqual(result);
  expect(findConsumer(replica.repository.layout, feed.name)?.handedOut, where).toEqual([]);
}
