// Two people converse by files that arrive in any order, some twice, one damaged; a third joins later.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importFiles } from '../../src/sync/import/import-files.js';
import { openPeople } from '../../src/topic/reading/people.js';
import type { Posted } from '../../src/topic/writing/post.js';
import { chance, SEED, shuffled } from '../testkit/effort.js';
import { Replica } from '../testkit/replica.js';
import { bundleFrom, errorsIn, makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';

const EACH = 50;
const TOPIC = 'expedition';

interface Said extends Posted {
  readonly text: string;
}

/** Exit status of a damaged bundle. */
const DAMAGED = 20;

describe('a conversation by files', () => {
  it(`is the same at both ends whatever the order, and whole for who joins later (seed ${SEED})`, async () => {
    const directory = scratchDirectory();
    const stick = path.join(directory, 'stick');
    fs.mkdirSync(stick);
    const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], TOPIC)) as [Replica, Replica];
    bob.now += 3_600_000;
    const said: Said[] = [];
    const files = await converse(alice, bob, stick, said);
    expect(files.length).toBeGreaterThan(20);

    const again = shuffled(files, 'twice').slice(0, 10);
    const damaged = damagedCopy(files[7] ?? '');
    const order = shuffled([...files, ...again, damaged], 'order');
    for (const replica of [alice, bob]) {
      const outcomes = importFiles(replica.session, order);
      const failed = outcomes.flatMap((one) => (one.kind === 'failed' ? [one] : []));
      // the byte may lie in a member, or in a header between two
      expect(failed.map(({ file, error }) => [file, error.exit])).toEqual([[damaged, DAMAGED]]);
      expect(outcomes.every((one) => one.kind !== 'bundle' || one.report.refused.length === 0)).toBe(true);
    }

    const expected = [...said].sort((a, b) => a.clock - b.clock || (a.log < b.log ? -1 : 1)).map(({ text }) => text);
    expect(expected).toHaveLength(2 * EACH);
    expect(alice.texts(TOPIC)).toEqual(expected);
    expect(bob.texts(TOPIC)).toEqual(expected);
    expectCausesFirst(alice);
    for (const [name, host] of [['carol', alice] as const, ['dora', bob] as const]) {
      const guest = (await Replica.create(name, directory)).join(TOPIC).meet(host);
      host.meet(guest);
      const file = await bundleFrom(host, stick, { to: [...host.session.contacts.values()].slice(-1) });
      expect(guest.import(file ?? '')).toMatchObject({ known: 0, skipped: 0, refused: [], gaps: [] });
      expect(guest.texts(TOPIC)).toEqual(expected);
      expect(namesSeenBy(guest)).toEqual(['alice', 'bob']);
    }
    expect([alice, bob].flatMap(errorsIn)).toEqual([]);
  });
});

/** Both write in turns; some bundles arrive meanwhile, so that there is something to reply to. */
async function converse(alice: Replica, bob: Replica, stick: string, said: Said[]): Promise<string[]> {
  const random = chance('converse');
  const files: string[] = [];
  for (let left = { alice: EACH, bob: EACH }; left.alice + left.bob > 0; ) {
    const who = left.alice > 0 && (left.bob === 0 || random() < 0.5) ? 'alice' : 'bob';
    const [writer, reader] = who === 'alice' ? [alice, bob] : [bob, alice];
    const count = Math.min(left[who], 1 + Math.floor(random() * 5));
    for (let i = 0; i < count; i++) said.push(await say(writer, `${who} says ${EACH - left[who] + i}`, random));
    left = { ...left, [who]: left[who] - count };
    const file = await bundleFrom(writer, stick);
    if (file) files.push(file);
    if (file && random() < 0.5) reader.import(file);
  }
  return files;
}

async function say(writer: Replica, text: string, random: () => number): Promise<Said> {
  writer.now += Math.floor(random() * 60_000);
  const { entry, clock } = writer.messages(TOPIC).at(-1 - Math.floor(random() * 5)) ?? {};
  const reply =
    entry && random() < 0.4 ? { log: entry.log, seq: entry.seq, id: entry.id, clock: clock ?? -1 } : undefined;
  const [posted] = await writer.post(TOPIC, { body: text, reply });
  if (!posted) throw new Error('nothing was posted');
  return { ...posted, text };
}

function damagedCopy(file: string): string {
  const bytes = fs.readFileSync(file);
  const at = Math.floor(bytes.length * 0.8);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  const damaged = file.replace('.satchel', '-damaged.satchel');
  fs.writeFileSync(damaged, bytes);
  return damaged;
}

/** Nothing comes behind a message that had seen it. */
function expectCausesFirst(replica: Replica): void {
  const cited = new Map<string, number>();
  for (const { entry } of replica.messages(TOPIC)) {
    expect(entry.seq).toBeGreaterThan(cited.get(entry.log) ?? -1);
    for (const { log, seq } of replica.depsOf(entry)) cited.set(log, Math.max(seq, cited.get(log) ?? -1));
  }
  expect(cited.size).toBe(2);
}

function namesSeenBy(replica: Replica): string[] {
  const { repository, self, contacts } = replica.session;
  const people = openPeople({ repository, self, contacts });
  return [...new Set(replica.messages(TOPIC).map(({ entry }) => people.authorOf(entry.log).name))].sort();
}
