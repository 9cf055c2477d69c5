// Where room is short: what oneself and contacts wrote goes before what strangers wrote, however many these are, and the
// report tells what lies there.

import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportReport } from '../../src/sync/import/import-report.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { crowdBundle } from '../testkit/crowd.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { makeStick, recordsIn } from '../testkit/stick.js';

const STRANGERS = 200;
/** Bytes of the small stick: the strangers' introductions alone have more than twice as many. */
const ROOM = 48_000;
const LIMIT_MS = 60_000;

let directory: string;
let alice: Replica;
let ben: Replica;
let crowd: Buffer;
let stick: string;

beforeAll(async () => {
  const topic = rendezvousTopic('market');
  const speakers = Array.from({ length: STRANGERS }, (_, i) => ({
    name: `stranger ${i}`,
    topic,
    label: 'market',
    // later than anything alice says: it is not by their age that contacts' messages go first
    messages: [{ time: Date.UTC(2026, 0, 2) + i, text: 'x' }],
  }));
  crowd = await crowdBundle(speakers);
}, LIMIT_MS);

beforeEach(async () => {
  directory = scratchDirectory();
  [alice, ben] = (await makeFriends(directory, ['alice', 'ben'], 'market')) as [Replica, Replica];
  stick = makeStick(path.join(directory, 'stick'), 1);
  for (let i = 0; i < 5; i++) await alice.post('market', `word ${i}`);
  alice.now += 86_400_000 * 2;
});

describe(`${STRANGERS} strangers with a message of one byte each`, () => {
  it('keep nothing of what contacts wrote off a small stick', async () => {
    expect(meetCrowd()).toMatchObject({ fresh: 2 * STRANGERS });
    const { exported } = await alice.visit(stick, { maxBytes: ROOM });
    expect(exported?.bytes).toBeLessThanOrEqual(ROOM);
    expect(exported?.left).toBeGreaterThan(STRANGERS / 2);
    await ben.visit(stick);
    const words = ben.texts('market').filter((text) => text.startsWith('word'));
    expect(words).toEqual([0, 1, 2, 3, 4].map((i) => `word ${i}`));
    // and the room that is left is used
    expect(ben.texts('market').length).toBeGreaterThan(alice.seal === 'always' ? 10 : 20);
  });

  it('are counted as far as they lie there, with an introduction for each of their messages', async () => {
    meetCrowd();
    const { exported } = await alice.visit(stick, { maxBytes: ROOM });
    const records = recordsIn(stick, path.basename(exported?.file ?? ''));
    const introductions = records.filter(({ first, end }) => first === 0 && end === 1);
    const messages = records.filter(({ first }) => first > 0).reduce((sum, { first, end }) => sum + end - first, 0);
    expect(exported).toMatchObject({ messages, entries: messages + introductions.length, logs: introductions.length });
    expect(new Set(records.map(({ log }) => log)).size).toBe(introductions.length);
  });
});

it('says as many messages as the bundle holds where part of what is lacked fits', async () => {
  for (let i = 0; i < 5; i++) await alice.post('market', `${i} ${'long '.repeat(500)}`);
  const { exported } = await alice.visit(stick, { maxBytes: 22_000, uncompressed: true });
  const held = recordsIn(stick, path.basename(exported?.file ?? '')).filter(({ first }) => first > 0);
  expect(exported?.messages).toBe(held.reduce((sum, { first, end }) => sum + end - first, 0));
  expect(exported?.messages).toBeLessThan(10);
  expect(exported?.messages).toBeGreaterThan(0);
});

function meetCrowd(): ImportReport {
  const file = path.join(directory, 'crowd.satchel');
  fs.writeFileSync(file, crowd);
  return alice.import(file);
}
