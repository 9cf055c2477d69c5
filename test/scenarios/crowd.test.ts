// A topic with very many participants: what they say arrives, and what one command does hardly grows with their number.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { blobReferences } from '../../src/repository/store/blob-refs.js';
import { countAttachments } from '../../src/sync/blobs/attachment-count.js';
import { strangersOf } from '../../src/sync/known/strangers.js';
import { openPeople } from '../../src/topic/reading/people.js';
import { unreadOf } from '../../src/topic/reading/unread.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { crowdBundle } from '../testkit/crowd.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { workOf } from '../testkit/work.js';

const TOPIC = rendezvousTopic('market');
const START = Date.UTC(2026, 0, 1);

let directory: string;
let alice: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  alice = (await Replica.create('alice', directory, START)).join('market');
});

it('brings what hundreds say, each under the name they chose', async () => {
  expect(alice.import(await arriving('many', 0, 400))).toMatchObject({ fresh: 1_200, skipped: 0, refused: [] });
  alice.reopen();
  expect(alice.texts('market')).toEqual(Array.from({ length: 800 }, (_, i) => `${i >> 1} says ${i % 2}`));
  const names = [...strangersOf(alice.session)].map(({ name }) => name);
  expect(names.toSorted()).toEqual(Array.from({ length: 400 }, (_, i) => `p${i}`).toSorted());
  expect(unreadOf(alice.repository, TOPIC, undefined, openPeople(alice.session)).count).toBe(800);
});

it('costs no more when one more joins, or somebody looks for attachments or for one stranger', async () => {
  alice.import(await arriving('some', 0, 100));
  const few = await costsOf(alice, 100);
  alice.import(await arriving('more', 101, 1_000));
  const many = await costsOf(alice, 1_001);
  for (const [what, cost] of Object.entries(many)) {
    // ten times as many people: what is done for each of them is little beside what is done for the newcomer
    expect(cost / (few[what as keyof typeof few] ?? 0), what).toBeLessThan(3);
  }
});

async function costsOf(replica: Replica, next: number): Promise<Record<'joining' | 'references' | 'stranger', number>> {
  replica.collect();
  const file = await arriving('one', next, next + 1);
  const fresh = replica.reopen();
  const joining = workOf(() => fresh.import(file));
  fresh.reopen();
  return {
    joining,
    references: workOf(() =>
      expect([...blobReferences(fresh.repository), countAttachments(fresh.session).files]).toEqual([0]),
    ),
    stranger: workOf(() => expect(strangersOf(fresh.session).next().value?.name).toMatch(/^p/)),
  };
}

/** A bundle with what the people from one number to another say in turn. */
async function arriving(name: string, from: number, end: number): Promise<string> {
  const speakers = Array.from({ length: end - from }, (_, i) => from + i).map((i) => ({
    name: `p${i}`,
    topic: TOPIC,
    label: 'market',
    messages: [0, 1].map((k) => ({ time: START + 2 * i + k, text: `${i} says ${k}` })),
  }));
  const file = path.join(directory, `${name}.satchel`);
  fs.writeFileSync(file, await crowdBundle(speakers));
  return file;
}
