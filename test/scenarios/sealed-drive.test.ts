// Sealed files on drives: what a visit makes of them, in whatever order they and their keys come.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type FileKeys, fileKeysBy } from '../../src/identity/file-keys.js';
import { X25519Identity } from '../../src/identity/x25519.js';
import { driveOn, markDrive } from '../../src/sync/drive/drive.js';
import { visitOn } from '../../src/sync/drive/visit.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { type MemoryMedium, memoryMedium } from '../testkit/memory-medium.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { sealedBy, wireIdentity } from '../testkit/wire-age.js';

const CARL = wireIdentity('Carl');
const EVE = wireIdentity('Eve');
const KEYS = fileKeysBy([new X25519Identity(CARL.scalar)]);

let carl: Replica;
let prefix: Buffer;
let suffix: Buffer;
let stick: MemoryMedium;

/** Carl knows Ana, who wrote twice: what came second does not say whose it is. */
beforeEach(async () => {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  const bob = await Replica.create('bob', directory);
  carl = (await Replica.create('carl', directory)).join('garden');
  ana.meet(bob);
  bob.meet(ana).join('garden');
  carl.meet(ana);
  const at = (name: string): string => path.join(directory, name);
  await ana.post('garden', 'first');
  await ana.export(at('prefix'));
  bob.import(at('prefix'));
  await bob.export(at('back'));
  ana.import(at('back'));
  await ana.post('garden', 'second');
  await ana.export(at('suffix'));
  prefix = fs.readFileSync(at('prefix'));
  suffix = fs.readFileSync(at('suffix'));
  stick = memoryMedium();
  markDrive(stick, { id: '6'.repeat(32), label: 'stick' }, 0);
});

async function visit(keys: FileKeys | undefined): Promise<VisitReport> {
  carl.now += 60_000;
  const options = { lockTimeoutMs: 1_000, importOnly: true, keys };
  return visitOn(carl.session, await carl.author(), driveOn(stick), options);
}

it('what was left in a sealed file is taken by the visit that brings what it waits for', async () => {
  stick.files.set('a.satchel', sealedBy('suffix', [CARL.recipient], suffix));
  expect(await visit(KEYS)).toMatchObject({ failure: undefined, waiting: 0, notForUs: 0 });
  expect(carl.texts('garden')).toEqual([]);
  stick.files.set('b.satchel', prefix);
  await visit(KEYS);
  expect(carl.texts('garden')).toEqual(['first', 'second']);
});

it('what waits for keys is counted once, whatever else comes, and taken when they are there', async () => {
  stick.files.set('a.satchel', sealedBy('suffix', [CARL.recipient], suffix));
  await visit(KEYS);
  stick.files.set('b.satchel', prefix);
  stick.files.set('c.satchel', sealedBy('again', [CARL.recipient], suffix));
  expect(await visit(undefined)).toMatchObject({ failure: undefined, waiting: 2 });
  expect(carl.texts('garden')).toEqual(['first']);
  await visit(KEYS);
  expect(carl.texts('garden')).toEqual(['first', 'second']);
});

it('of very many sealed files only some headers are in memory at a time, and each key is tried once', async () => {
  for (let i = 0; i < 200; i++) stick.files.set(`${i}.satchel`, sealedBy(`eve ${i}`, [EVE.recipient], prefix));
  let opened = 0;
  const steps: number[] = [];
  const { open } = stick;
  const counting: MemoryMedium['open'] = (name) => {
    opened += name.endsWith('.satchel') ? 1 : 0;
    return open(name);
  };
  stick = { ...stick, open: counting };
  const keys: FileKeys = (header) => {
    steps.push(opened);
    return KEYS(header);
  };
  expect(await visit(keys)).toMatchObject({ notForUs: 200, waiting: 0, failure: undefined });
  expect(steps).toHaveLength(200);
  // a file is opened to look at it, and to read its header: for so many of them before the first key is tried
  expect(steps[0]).toBeLessThanOrEqual(2 * 64);
  opened = 0;
  expect(await visit(keys)).toMatchObject({ notForUs: 200 });
  expect([steps.length, opened]).toEqual([200, 0]);
});
