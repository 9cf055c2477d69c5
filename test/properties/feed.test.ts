// Consumers in worlds at random: messages come late, out of order, behind gaps and contradictions, are taken back, expire and
// are hidden; garbage is collected, the index deleted, and whoever consumes is killed at any step. Who keeps its last offset
// gets each message exactly once; who has all committed that was printed gets each at least once (spec/cli.md, "feed").
// FEEDS of them (3), from the seed FEEDS_FROM (1) on.
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EntryId } from '../../src/format/ids.js';
import { findConsumer } from '../../src/topic/feed/consumer.js';
import { commitUpTo, type Feed, handOut } from '../../src/topic/feed/feed.js';
import { type Handed, handedOutTo } from '../../src/topic/feed/handed-out.js';
import { readHidden, writeHidden } from '../../src/topic/reading/hidden.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Chance } from '../testkit/chance.js';
import { CopiesWorld } from '../testkit/copies-world.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

const COUNT = Number(process.env['FEEDS'] ?? 3);
const FROM = Number(process.env['FEEDS_FROM'] ?? 1);
const STEPS = 40;
const TOPIC = rendezvousTopic('t');
/** Few at once, so that batches end in the middle of what is due. */
const MOST = 4;

/** What a run printed. */
interface Line {
  readonly offset: number;
  readonly id: EntryId;
  readonly text: string | undefined;
}

/** Steps before which a run is killed. */
const KILLS = ['asking', 'printing', 'the next line', 'its own write', 'committing', 'nothing'] as const;

/** A program that is handed messages and killed, and what becomes of them. */
class Program {
  readonly replica: Replica;
  readonly isAuto: boolean;
  readonly feed: Feed;
  /** The texts that made it into its result, or were printed for whoever commits by itself, in that order. */
  readonly result: string[] = [];
  /** Texts of what was gone before it was taken. */
  readonly gone = new Set<string>();
  readonly #chance: Chance;
  readonly #texts = new Map<EntryId, string>();
  #last = 0;
  #uncommitted: readonly Line[] = [];

  constructor(replica: Replica, name: string, chance: Chance) {
    this.replica = replica;
    this.isAuto = name === 'auto';
    this.feed = { name, topics: [TOPIC], most: MOST };
    this.#chance = chance;
  }

  /** One run, which ends before some step; returns whether anything was handed out. */
  run(kill: (typeof KILLS)[number] = this.#chance.pick(KILLS)): boolean {
    if (kill === 'asking') return true;
    const { repository, session } = this.replica;
    const consumer = handOut(session, this.feed);
    for (const { log, seq, id } of consumer.handedOut) this.#note(id, textAt(this.replica, log, seq, id));
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

  #note(id: EntryId, text: string | undefined): void {
    if (text !== undefined) this.#texts.set(id, text);
  }

  #lineOf({ offset, id, shown }: Handed): Line {
    const text = shown?.viewer.view(shown.ordered).text;
    if (!shown) this.gone.add(this.#texts.get(id) ?? '?');
    // a copy whose original came is told in its place
    return { offset, id, text };
  }

  /** What was not committed comes again as it was, and nothing else does. */
  #expectSame(lines: readonly Line[]): void {
    const before = this.#uncommitted.map(({ offset, id }) => `${offset} ${id}`);
    if (before.length > 0) expect(lines.map(({ offset, id }) => `${offset} ${id}`)).toEqual(before);
    expect(lines.length).toBeLessThanOrEqual(MOST);
    this.#uncommitted = lines;
  }

  #take({ offset, text }: Line): void {
    if (!this.isAuto && offset <= this.#last) return;
    expect(offset === this.#last + 1 || this.isAuto, 'offsets are consecutive').toBe(true);
    this.#last = Math.max(this.#last, offset);
    if (text !== undefined) this.result.push(text);
  }
}

function textAt(
  { repository, session }: Replica,
  log: Parameters<typeof repository.entry>[0],
  seq: number,
  id: EntryId,
) {
  const entry = repository.entry(log, seq);
  if (entry?.id !== id) return undefined;
  return openViewer(session, { topic: TOPIC, label: 't' }).view({ entry, clock: 0, afterGap: false }).text;
}

function shownIn(replica: Replica): string[] {
  const { view } = openViewer(replica.session, { topic: TOPIC, label: 't' });
  const views = replica.messages('t').map(view);
  return views.flatMap(({ state, text }) => (state === 'shown' || state === 'contradicted' ? (text ?? '-') : []));
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

describe('consumers', () => {
  it.each(Array.from({ length: COUNT }, (_, i) => FROM + i))(
    'get each message once (FEEDS=1 FEEDS_FROM=%i)',
    { timeout: 300_000 },
    async (seed) => {
      const world = await CopiesWorld.create(memoryDirectory(), seed);
      const chance = new Chance(seed + 1_000_000);
      const programs = world.replicas.flatMap((replica) => [
        new Program(replica, 'exact', chance),
        new Program(replica, 'auto', chance),
      ]);
      const seen = new Map(programs.map((program) => [program, new Set<string>()]));
      for (let i = 0; i < STEPS; i++) {
        await world.step();
        for (const program of programs) {
          for (const text of shownIn(program.replica)) seen.get(program)?.add(text);
          if (chance.happens(0.4)) program.run();
        }
        disturb(chance.pick(world.replicas), chance);
      }
      for (const replica of world.replicas) writeHidden(replica.directory, new Set());
      await world.expectRest();
      for (const program of programs) {
        for (const text of shownIn(program.replica)) seen.get(program)?.add(text);
        program.finish();
        expectAll(program, seen.get(program) ?? new Set());
      }
    },
  );
});

function expectAll({ replica, feed, isAuto, result, gone }: Program, seen: ReadonlySet<string>): void {
  const where = `${feed.name} at ${replica.name}`;
  const got = new Set(result);
  const missing = shownIn(replica).filter((text) => !got.has(text) && !gone.has(text));
  expect(missing, `missing for ${where}`).toEqual([]);
  expect(
    result.filter((text) => !seen.has(text)),
    `never shown, for ${where}`,
  ).toEqual([]);
  if (!isAuto) expect([...got], `once for ${where}`).toEqual(result);
  expect(findConsumer(replica.repository.layout, feed.name)?.handedOut, where).toEqual([]);
}
