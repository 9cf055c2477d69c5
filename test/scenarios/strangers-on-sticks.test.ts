// Strangers get the topics they write in, in bundles of their own, and nothing else; contacts get theirs, whoever else put a
// card on the drive. SEED and WORLDS choose other worlds than the usual few.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PersonId } from '../../src/format/ids.js';
import { parseCards } from '../../src/identity/card-text.js';
import { approvalOf } from '../../src/sync/drive/approval.js';
import { openDrive } from '../../src/sync/drive/drive.js';
import { forgetDrive } from '../../src/sync/drive/forget.js';
import { writeMemory } from '../../src/sync/drive/memory.js';
import { listPerson } from '../../src/sync/drive/people.js';
import { MixedWorld } from '../testkit/mixed-world.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick, snapshotOf } from '../testkit/stick.js';

const WORLDS = Number(process.env['WORLDS'] ?? 5);
const SEED = Number(process.env['SEED'] ?? 1);
const STEPS = 14;
const LIMIT_MS = 120_000;

let directory: string;
let stick: string;
let ana: Replica;
let ben: Replica;
let xeno: Replica;

beforeEach(async () => {
  directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  [ana, ben, xeno] = (await Promise.all(['ana', 'ben', 'xeno'].map((name) => Replica.create(name, directory)))) as [
    Replica,
    Replica,
    Replica,
  ];
  await ana.post('family', 'the key lies under the stone');
  await ana.post('expedition', 'we leave at six');
  await xeno.post('expedition', 'may I come along');
  const file = path.join(directory, 'xeno.satchel');
  await xeno.export(file);
  ana.import(file);
});

describe('in any world', { timeout: LIMIT_MS }, () => {
  let searched = 0;

  it.each(Array.from({ length: WORLDS }, (_, i) => SEED + i))(
    'no byte for a stranger is about anything that it does not write in (SEED=%i WORLDS=1)',
    async (seed) => {
      const world = await MixedWorld.create(path.join(directory, 'world'), seed);
      for (let i = 0; i < STEPS; i++) await world.step();
      await world.settle();
      world.expectShared();
      searched += world.searched;
    },
  );

  it('there are bundles for strangers to be searched', () => {
    expect(searched).toBeGreaterThanOrEqual(WORLDS);
  });
});

describe('a stick that a stranger hands over', () => {
  it('is given what the stranger writes in, however often, and nothing for contacts', async () => {
    ana.meet(ben);
    await xeno.visit(stick);
    for (let i = 0; i < 3; i++) {
      await ana.post('family', `secret ${i}`);
      await ana.post('expedition', `word ${i}`);
      expect(await ana.visit(stick)).toMatchObject({ exported: undefined, readers: [] });
      await xeno.visit(stick);
    }
    expect(xeno.texts('expedition')).toEqual(ana.texts('expedition'));
    expect(contentOf(stick)).not.toMatch(/secret|stone|family/);
  });

  it('is given nothing by somebody without contacts either, as long as nothing is shared', async () => {
    const yuri = (await Replica.create('yuri', directory)).join('expedition');
    await yuri.visit(stick);
    expect(await ana.visit(stick)).toMatchObject({ exported: undefined, forStrangers: [] });
    expect(contentOf(stick)).not.toMatch(/stone|six/);
  });
});

describe("a stranger's card on a drive", () => {
  it.each(['before', 'after'])(
    'stops nothing that is meant for contacts who are listed (put there %s them)',
    async (when) => {
      ana.meet(ben);
      ben.meet(ana).join('family').join('expedition');
      if (when === 'before') list(xeno);
      await ben.visit(stick);
      if (when === 'after') list(xeno);
      const { exported, forStrangers, readers } = await ana.visit(stick);
      expect(exported).toMatchObject({ for: [idOf(ben)] });
      expect(forStrangers).toMatchObject([{ for: [idOf(xeno)], messages: 1 }]);
      expect(readers.map(({ person }) => person)).toEqual([idOf(xeno)]);
      await ben.visit(stick);
      expect(ben.texts('family')).toEqual(ana.texts('family'));
    },
  );

  it('stops nothing that is meant for all contacts on a drive of their own', async () => {
    ana.meet(ben);
    await ana.visit(stick);
    list(xeno);
    await ana.post('family', 'another word');
    expect((await ana.visit(stick)).exported).toMatchObject({ for: [idOf(ben)], messages: 1 });
  });

  it('makes no contact one who is not waited for', async () => {
    ana.meet(ben);
    list(ben);
    await ana.visit(stick, { silentDays: 30 });
    ana.now += 31 * 86_400_000;
    list(xeno);
    await ana.post('family', 'are you there');
    expect((await ana.visit(stick, { silentDays: 30 })).exported).toMatchObject({ for: [idOf(ben)] });
  });
});

describe('contacts and strangers on one stick', () => {
  it('have a bundle each, which stay, and two visitors come to rest', async () => {
    ana.meet(ben);
    ben.meet(ana).join('family').join('expedition');
    for (let round = 0; round < 6; round++) for (const one of [ana, ben, xeno]) await one.visit(stick);
    const before = snapshotOf(stick);
    for (const one of [ana, ben, xeno]) expect((await one.visit(stick)).touched).toBe(false);
    expect(snapshotOf(stick)).toEqual(before);
    for (const one of [ben, xeno]) expect(one.texts('expedition')).toEqual(ana.texts('expedition'));
  });

  it('share a small room: what is for contacts goes first', async () => {
    ana.meet(ben);
    list(ben);
    list(xeno);
    for (let i = 0; i < 9; i++) await ana.post('expedition', `${i} ${'so many words '.repeat(150)}`);
    const { exported, forStrangers } = await ana.visit(stick, { maxBytes: 40_000, uncompressed: true });
    expect(exported).toMatchObject({ left: 0, messages: 12 });
    expect(forStrangers[0]?.left).toBeGreaterThan(0);
    expect((exported?.bytes ?? 0) + (forStrangers[0]?.bytes ?? 0)).toBeLessThanOrEqual(40_000);
  });
});

describe('approval', () => {
  const approved = (): boolean => approvalOf(ana.session, openDrive(stick).id).isApproved;

  it('comes with a visit that may write, and with nothing else', async () => {
    await xeno.visit(stick);
    const before = snapshotOf(stick);
    for (const options of [{ ifApproved: true }, { importOnly: true }, { dryRun: true }, { tidyOnly: true }]) {
      expect(await ana.visit(stick, options)).toMatchObject({ isApproved: false });
      expect(snapshotOf(stick)).toEqual(before);
    }
    expect(ana.texts('expedition')).toContain('may I come along');
    await ana.visit(stick);
    expect(await ana.visit(stick, { ifApproved: true })).toMatchObject({ isApproved: true });
  });

  it('outlives the journal, and ends when the drive is forgotten', async () => {
    await ana.visit(stick);
    fs.rmSync(path.join(ana.repository.layout.journal, 'drives'), { recursive: true });
    expect(approved()).toBe(true);
    ana.repository.locked(() => forgetDrive(ana.repository, openDrive(stick).id));
    expect(approved()).toBe(false);
  });

  it('is had by drives that version 0.1 visited, own where nobody else was listed then', () => {
    const { id } = openDrive(stick);
    const memory = {
      label: 'stick',
      directory: stick,
      first: 5,
      last: 9,
      files: {},
      listed: { [idOf(ana)]: 5 },
    };
    expect(approvalOf(ana.session, id)).toEqual({ isApproved: false, isOwn: undefined });
    const noted = (since: number) => {
      writeMemory(ana.repository.layout, id, { ...memory, listed: { ...memory.listed, [idOf(xeno)]: since } });
      return approvalOf(ana.session, id);
    };
    expect(noted(6)).toEqual({ isApproved: true, isOwn: true });
    expect(noted(5)).toEqual({ isApproved: true, isOwn: false });
  });
});

function list(person: Replica): void {
  const [card] = parseCards(Buffer.from(person.card));
  if (card) listPerson(openDrive(stick), card);
}

function idOf({ session }: Replica): PersonId {
  return session.self.person;
}

/** All bytes of the bundles on a stick. */
function contentOf(of: string): string {
  return bundlesOn(of)
    .map((name) => fs.readFileSync(path.join(of, 'satchel', name), 'latin1'))
    .join();
}
