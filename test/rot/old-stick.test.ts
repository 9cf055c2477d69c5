// A stick on which bundles still lie that were taken long ago: a visit brings back what was lost here to rot since, own logs
// included. Nothing that was read is unread again, and what is written on forks nothing (spec/repository.md, "Rot").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { markRead, readMarks } from '../../src/repository/read-marks.js';
import type { People } from '../../src/topic/reading/people.js';
import { unreadOf } from '../../src/topic/reading/unread.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Replica } from '../testkit/replica.js';
import { TOPIC } from '../testkit/rot-world.js';
import { framesIn, harm, type Part } from '../testkit/rotting.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

const ALL = ['ana 1', 'ana 2', 'ben 1', 'ben 2', 'cal 1'];

it('brings back what was held, and nothing is unread twice', async () => {
  const directory = scratchDirectory();
  const { home, stick, peer, now } = await visited(directory);
  const frames = framesIn(home).length;
  let wasLost = 0;
  const harms: (readonly [string, (root: string) => void])[] = [
    ...Array.from({ length: frames }, (_, i) => {
      const flip = (root: string): void => harm(framesIn(path.dirname(root))[i] as Part, 'flip', 0.9);
      return [`commit ${i} flipped`, flip] as const;
    }),
    ['the pack removed', (root) => harm(framesIn(path.dirname(root))[0] as Part, 'remove')],
    ['objects removed', (root) => fs.rmSync(path.join(root, 'objects'), { recursive: true })],
  ];
  for (const [what, damage] of harms) {
    const copy = path.join(directory, 'damaged');
    fs.rmSync(copy, { recursive: true, force: true });
    fs.cpSync(home, copy, { recursive: true });
    damage(path.join(copy, '.satchel'));
    const ana = Replica.at('ana', copy, now + 60_000);
    if (ana.texts(TOPIC).length < ALL.length) wasLost++;
    ana.reopen();
    const drive = path.join(directory, 'copied');
    fs.rmSync(drive, { recursive: true, force: true });
    fs.cpSync(stick, drive, { recursive: true, preserveTimestamps: true });
    await ana.visit(drive);
    expect(ana.texts(TOPIC).sort(), what).toEqual(ALL);
    expect(unreadIn(ana), what).toBe(0);
    ana.repository.close();
    ana.now += 60_000;
    ana.reopen();
    await ana.post(TOPIC, 'on');
    await ana.visit(drive);
    const ben = Replica.at('ben', copyOf(peer, path.join(directory, 'peer')), now + 180_000);
    await ben.visit(drive);
    expect(ben.texts(TOPIC).sort(), what).toEqual([...ALL, 'on'].sort());
    expect(ben.repository.frozen.size, what).toBe(0);
    for (const one of [ana, ben]) one.repository.close();
  }
  expect(wasLost).toBeGreaterThan(3);
});

/** Three people who met at a stick; Ana has read everything. */
async function visited(directory: string) {
  const all = await Promise.all(['ana', 'ben', 'cal'].map((name) => Replica.create(name, directory)));
  const [ana, ben, cal] = all as [Replica, Replica, Replica];
  for (const one of all) for (const other of all) if (one !== other) one.meet(other);
  const stick = makeStick(path.join(directory, 'stick'), 1);
  await ben.post(TOPIC, 'ben 1');
  await cal.post(TOPIC, 'cal 1');
  await ana.post(TOPIC, 'ana 1');
  for (const one of [cal, ben, ana]) await one.visit(stick);
  await ben.post(TOPIC, 'ben 2');
  await ana.post(TOPIC, 'ana 2');
  for (const one of [ben, ana, ben]) await one.visit(stick);
  expect(ana.texts(TOPIC).sort()).toEqual(ALL);
  markRead(ana.repository.layout, rendezvousTopic(TOPIC), ana.repository.lastArrival);
  expect(unreadIn(ana)).toBe(0);
  for (const one of all) one.repository.close();
  return { home: ana.directory, stick, peer: ben.directory, now: ana.now };
}

function unreadIn({ repository, session }: Replica): number {
  const topic = rendezvousTopic(TOPIC);
  const people = { isOther: (person?: string) => person !== session.self.person } as unknown as People;
  return unreadOf(repository, topic, readMarks(repository.layout).get(topic), people).count;
}

function copyOf(directory: string, to: string): string {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(directory, to, { recursive: true });
  return to;
}
