// What contacts acknowledge is remembered: what is believed by it must be what their logs say.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import type { Contact } from '../../../src/identity/contacts.js';
import { deliveryTo } from '../../../src/sync/known/delivery.js';
import { rememberedAcks } from '../../../src/topic/acks/ack-memory.js';
import { ackStateOf } from '../../../src/topic/acks/acks.js';
import { rendezvousTopic } from '../../../src/topic/rendezvous.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

let directory: string;
let ana: Replica;
let bob: Replica;
let files = 0;
beforeEach(async () => {
  directory = scratchDirectory();
  ana = await Replica.create('ana', directory);
  bob = await Replica.create('bob', directory);
  ana.meet(bob).join('t');
  bob.meet(ana).join('t');
  // so that not every ack is a full one
  for (const name of ['cem', 'dia', 'eli']) {
    const other = await Replica.create(name, directory);
    for (const one of [ana, bob]) one.meet(other);
    await other.post('t', 'hello');
    const file = path.join(directory, `${name}.satchel`);
    await other.export(file);
    for (const one of [ana, bob]) one.import(file);
  }
});

/** A bundle of everything that the other lacks, taken or not. */
async function bundle(from: Replica, to?: Replica): Promise<string> {
  const file = path.join(directory, `${++files}.satchel`);
  ana.now += 1_000;
  bob.now = ana.now;
  await from.export(file);
  to?.import(file);
  return file;
}

/** Ana says something, Bob gets it, says something and acknowledges. */
async function round(text: string): Promise<void> {
  await ana.post('t', text);
  await bundle(ana, bob);
  await bob.post('t', `${text} too`);
  await bundle(bob, ana);
}

function logOfBob(): LogId {
  const { person } = bob.session.self;
  const [log] = ana.repository.logsOfTopic(rendezvousTopic('t')).filter((one) => one.person === person);
  if (!log) throw new Error('bob has no log');
  return log.log;
}

/** What is remembered equals what is read; returns how many segments remembering opened. */
function segmentsForMemory(): number {
  const { repository } = ana.reopen();
  const state = rememberedAcks(repository, logOfBob());
  const { segmentsDecoded } = repository;
  expect(state).toEqual(ackStateOf(ana.reopen().repository, logOfBob()));
  expect(state.held.size).toBeGreaterThan(0);
  return segmentsDecoded;
}

function memoryFile(): string {
  return path.join(ana.repository.layout.index, 'acks', logOfBob());
}

function statusSegments(): number {
  ana.reopen();
  for (const contact of ana.session.contacts.values()) deliveryTo(ana.session, contact);
  return ana.repository.segmentsDecoded;
}

describe('what a contact acknowledged', () => {
  it('is read once, and then only what came since', async () => {
    for (const text of ['one', 'two', 'three']) await round(text);
    expect(segmentsForMemory()).toBeGreaterThan(0);
    expect(segmentsForMemory()).toBe(0);
    await round('four');
    expect(segmentsForMemory()).toBe(1);
    expect(segmentsForMemory()).toBe(0);
  });

  it('is right through many acks, full ones among them', async () => {
    for (let i = 0; i < 40; i++) {
      await round(`message ${i}`);
      expect(segmentsForMemory()).toBeLessThanOrEqual(2);
    }
  });

  it('is read anew when the memory is missing, has rotten or is of another making', async () => {
    await round('one');
    segmentsForMemory();
    const whole = fs.readFileSync(memoryFile(), 'utf8');
    const spoiled = [whole.replace('"end":', '"end":1'), whole.slice(0, -9), '', 'no memory at all'];
    for (const content of spoiled) {
      fs.writeFileSync(memoryFile(), content);
      expect(segmentsForMemory()).toBeGreaterThan(0);
      expect(fs.readFileSync(memoryFile(), 'utf8')).toBe(whole);
    }
    fs.rmSync(memoryFile());
    expect(segmentsForMemory()).toBeGreaterThan(0);
  });

  it('is read anew when garbage collection has put its log elsewhere', async () => {
    for (const text of ['one', 'two']) await round(text);
    segmentsForMemory();
    ana.collect();
    expect(segmentsForMemory()).toBe(1);
    expect(segmentsForMemory()).toBe(0);
  });

  it('is not remembered while something is missing that may say otherwise', async () => {
    await round('one');
    await round('two');
    segmentsForMemory();
    await ana.post('t', 'three');
    await bundle(ana, bob);
    const lost = await bundle(bob);
    await ana.post('t', 'four');
    await bundle(ana, bob);
    await bundle(bob);
    const file = path.join(directory, 'later.satchel');
    await bob.export(file, {
      exactly: () => ({ logs: [{ log: logOfBob(), ranges: [lastOf(bob)] }], fit: (pieces) => pieces }),
    });
    ana.import(file);
    expect(segmentsForMemory()).toBe(1);
    expect(segmentsForMemory()).toBe(1);
    ana.import(lost);
    expect(segmentsForMemory()).toBeGreaterThan(0);
    expect(segmentsForMemory()).toBe(0);
  });

  it('does not fail where the disk lets nothing be written', async () => {
    await round('one');
    fs.rmSync(path.join(ana.repository.layout.index, 'acks'), { recursive: true, force: true });
    fs.writeFileSync(path.join(ana.repository.layout.index, 'acks'), 'in the way');
    expect(segmentsForMemory()).toBeGreaterThan(0);
    expect(segmentsForMemory()).toBeGreaterThan(0);
  });
});

function lastOf(replica: Replica): { from: number; end: number } {
  const end = replica.repository.log(logOfBob())?.end ?? 0;
  return { from: end - 1, end };
}

describe('what status opens', () => {
  it('is nothing for having a second topic', async () => {
    await ana.post('u', 'one');
    await bob.post('u', 'two');
    await round('three');
    expect(ana.repository.logsOfPerson(bob.session.self.person)).toHaveLength(2);
    statusSegments();
    expect(statusSegments()).toBe(0);
  });

  it('does not grow with what is not delivered yet, in however many pieces', async () => {
    for (const text of ['one', 'two', 'three']) await round(text);
    ana.collect();
    bob.collect();
    statusSegments();
    const opened = [];
    for (let i = 0; i < 12; i++) {
      await ana.post('t', `message ${i}`);
      opened.push(statusSegments());
    }
    expect(opened).toEqual(opened.map(() => 0));
    const contact = [...ana.session.contacts.values()].find(({ petname }) => petname === 'bob') as Contact;
    expect(deliveryTo(ana.session, contact)).toMatchObject({ acknowledged: 3, pending: 12 });
  });
});
