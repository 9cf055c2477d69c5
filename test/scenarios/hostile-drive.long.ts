// A drive that came back from a stranger: whatever is on it, nothing outside of it is touched, nobody's messages are lost
// for it, and what is remembered of it stays small.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type MemberBytes, packBundle } from '../../src/format/bundle/layout.js';
import { readSecrets } from '../../src/identity/keys.js';
import { readEvents } from '../../src/repository/journal.js';
import { openDrive } from '../../src/sync/drive/drive.js';
import { knownDrives } from '../../src/sync/drive/known.js';
import { bundleNames } from '../../src/sync/drive/look.js';
import { readMemory } from '../../src/sync/drive/memory.js';
import { readPeople } from '../../src/sync/drive/people.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { traceEntry } from '../../src/sync/known/trace.js';
import { folderMedium } from '../../src/sync/medium/folder.js';
import { makeFifo } from '../testkit/fifo.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, copyStick, makeStick } from '../testkit/stick.js';

const DAY_MS = 86_400_000;

let parent: string;
let stick: string;
let ana: Replica;
let ben: Replica;
let mallory: Replica;
beforeEach(async () => {
  parent = scratchDirectory();
  stick = makeStick(path.join(parent, 'stick'), 1);
  ana = await Replica.create('ana', parent);
  ben = await Replica.create('ben', parent);
  mallory = await Replica.create('mallory', parent);
  ana.meet(ben);
  ben.meet(ana).join('t');
});

function on(...names: string[]): string {
  return path.join(stick, 'satchel', ...names);
}

/** A file of the user's that nothing on a stick may reach. */
function treasure(): { readonly file: string; isUntouched(): boolean } {
  const file = path.join(parent, 'treasure');
  fs.writeFileSync(file, 'dear to its owner');
  return { file, isUntouched: () => fs.readFileSync(file, 'utf8') === 'dear to its owner' };
}

/** Names and bytes of everything below a directory. */
function sizeBelow(directory: string): number {
  const names = fs.existsSync(directory) ? fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
  return names.reduce((sum, name) => sum + name.length + fs.lstatSync(path.join(directory, name)).size, 0);
}

/** Ana writes, carries it over, and Ben gets it: the stick still works. */
async function expectWorking(text: string): Promise<void> {
  await ana.post('t', text);
  const report = await ana.visit(stick);
  expect(report.failure).toBeUndefined();
  expect((await ben.visit(stick)).failure).toBeUndefined();
  expect(ben.texts('t')).toContain(text);
}

describe('planted links', () => {
  it('in the place of partial files are not written through', async () => {
    const dear = treasure();
    const device = ana.session.self.device.slice(0, 16);
    const card = ana.session.self.person;
    fs.symlinkSync(dear.file, on(`${device}-${process.pid}.partial`));
    fs.symlinkSync(dear.file, on('people', `${card}-card-${process.pid}.partial`));
    await expectWorking('hello');
    expect(dear.isUntouched()).toBe(true);
    expect(fs.lstatSync(on('people', `${card}.card`)).isFile()).toBe(true);
  });

  it('in the place of the folder of people lead no card away, and read none', async () => {
    const elsewhere = path.join(parent, 'elsewhere');
    fs.mkdirSync(elsewhere);
    fs.writeFileSync(path.join(elsewhere, `${mallory.session.self.person}.card`), mallory.card);
    fs.rmSync(on('people'), { recursive: true });
    fs.symlinkSync(elsewhere, on('people'));
    await ana.post('t', 'hello');
    const report = await ana.visit(stick);
    expect(report).toMatchObject({ failure: undefined, strangers: [], exported: { messages: 1 } });
    expect(fs.readdirSync(elsewhere)).toEqual([`${mallory.session.self.person}.card`]);
  });

  it('in the place of bundles, cards and the marker are not followed', async () => {
    const dear = treasure();
    fs.symlinkSync(dear.file, on('0.satchel'));
    fs.symlinkSync(dear.file, on('people', `${'0'.repeat(64)}.card`));
    await expectWorking('hello');
    fs.renameSync(on('drive.json'), path.join(parent, 'marker'));
    fs.symlinkSync(path.join(parent, 'marker'), on('drive.json'));
    await expect(ana.visit(stick)).rejects.toMatchObject({ code: 'no-drive' });
    expect(dear.isUntouched()).toBe(true);
  });

  it('in the place of a card are replaced, not written through', async () => {
    const dear = treasure();
    fs.symlinkSync(dear.file, on('people', `${ana.session.self.person}.card`));
    const report = await ana.visit(stick);
    expect(report.failure).toBeUndefined();
    expect(dear.isUntouched()).toBe(true);
  });
});

describe('planted directories and pipes', () => {
  it('keep nobody from visiting, whatever they are called', async () => {
    const device = ana.session.self.device.slice(0, 16);
    const old = new Date(0);
    for (const name of ['x.satchel', `${device}-1.partial`, 'abandoned.partial']) {
      fs.mkdirSync(on(name));
      fs.writeFileSync(on(name, 'inside'), 'x');
      fs.utimesSync(on(name), old, old);
    }
    fs.mkdirSync(on(`${device}-${process.pid}.partial`));
    fs.mkdirSync(on('people', `${ana.session.self.person}.card`));
    fs.mkdirSync(on('people', `${ben.session.self.person}-card-${process.pid}.partial`));
    await expectWorking('hello');
    expect(fs.existsSync(on('x.satchel', 'inside'))).toBe(true);
  });

  it('make nobody wait', async () => {
    makeFifo(on('x.satchel'));
    makeFifo(on('people', `${'0'.repeat(64)}.card`));
    makeFifo(on('people', `${ana.session.self.person}.card`));
    await expectWorking('hello');
    fs.rmSync(on('drive.json'));
    makeFifo(on('drive.json'));
    await expect(ana.visit(stick)).rejects.toMatchObject({ code: 'no-drive' });
  });
});

describe('files that are not what they were', () => {
  it('are remembered as what was copied, not as what was looked at before', async () => {
    await ana.post('t', 'hello');
    await ana.visit(stick);
    const [name = ''] = bundlesOn(stick);
    const good = fs.readFileSync(on(name));
    const bad = Buffer.concat([Buffer.from('another beginning'), good.subarray(17)]);
    fs.writeFileSync(on(name), bad);
    const mtime = fs.statSync(on(name)).mtime;
    // a good file while it is taken, a bad one of the same size before and after
    const swap = (): void => fs.writeFileSync(on(name), good);
    const report = await ben.visit(stick, { begin: swap });
    expect(report.scanned).toMatchObject([{ report: { fresh: 2 } }]);
    fs.writeFileSync(on(name), bad);
    fs.utimesSync(on(name), mtime, mtime);
    const memory = readMemory(ben.repository.layout, report.drive.id);
    expect(memory?.files[name]?.digest).toBeDefined();
    expect((await ben.visit(stick)).scanned).toMatchObject([{ error: { code: expect.stringMatching(/^bad-/) } }]);
  });

  it('count as lying there no more when only their end was changed', async () => {
    await ana.post('t', 'hello', ...Array.from({ length: 400 }, (_, i) => `${i} ${randomBytes(200).toString('hex')}`));
    await ana.visit(stick, { uncompressed: true });
    const [name = ''] = bundlesOn(stick);
    const bytes = fs.readFileSync(on(name));
    expect(bytes.length).toBeGreaterThan(100_000);
    const rotten = Buffer.from(bytes);
    rotten[bytes.length - 5_000] = (rotten[bytes.length - 5_000] ?? 0) ^ 1;
    ana.now += DAY_MS;
    await ana.visit(stick);
    fs.writeFileSync(on(name), rotten);
    expect((await ana.visit(stick)).exported).toMatchObject({ messages: 401 });
    await ben.visit(stick);
    expect(ben.texts('t')).toHaveLength(401);
  });

  it('are found out in time, even when their time was set back', async () => {
    await ana.post('t', ...Array.from({ length: 400 }, (_, i) => `${i} ${randomBytes(200).toString('hex')}`));
    await ana.visit(stick, { uncompressed: true });
    const [name = ''] = bundlesOn(stick);
    const time = new Date(ana.now);
    fs.utimesSync(on(name), time, time);
    ana.now += DAY_MS;
    await ana.visit(stick);
    const rotten = fs.readFileSync(on(name));
    rotten[rotten.length - 5_000] = (rotten[rotten.length - 5_000] ?? 0) ^ 1;
    fs.writeFileSync(on(name), rotten);
    fs.utimesSync(on(name), time, time);
    expect((await ana.visit(stick)).exported?.messages ?? 0).toBe(0);
    ana.now += 31 * DAY_MS;
    expect((await ana.visit(stick)).exported).toMatchObject({ messages: 400 });
  });

  it('are not tidied away because the journal forgot what is in them', async () => {
    await ben.visit(stick);
    for (const text of ['one', 'two']) {
      await ana.post('t', text);
      await ana.visit(stick);
    }
    const before = bundlesOn(stick);
    const verified = path.join(ana.repository.layout.journal, 'drives', openDrive(stick).id);
    const spoils = [fs.rmSync, fs.truncateSync] as const;
    for (const spoil of spoils) {
      const names = fs.readdirSync(verified);
      expect(names.length).toBeGreaterThan(1);
      for (const name of names) spoil(path.join(verified, name));
      expect((await ana.visit(stick, { tidyOnly: true })).removed).toEqual([]);
    }
    expect(bundlesOn(stick)).toEqual(before);
  });

  it('of any size are not copied when they are no bundles at all', async () => {
    fs.writeFileSync(on('huge.satchel'), 'no bundle');
    fs.truncateSync(on('huge.satchel'), 4 * 2 ** 30 - 1);
    const { tmp } = ana.repository.layout;
    fs.rmSync(tmp, { recursive: true, force: true });
    fs.writeFileSync(tmp, 'nothing can be copied to here');
    const old = new Date(ana.now - DAY_MS);
    fs.utimesSync(on('huge.satchel'), old, old);
    const report = await ana.visit(stick, { importOnly: true });
    expect(report).toMatchObject({ failure: undefined, scanned: [{ error: { code: 'bad-bundle' } }] });
  });
});

describe('a drive that becomes another one', () => {
  it('in the middle of a visit is not written to', async () => {
    await mallory.meet(ana).meet(ben).post('t', 'a bundle to be taken in');
    await mallory.visit(stick);
    await ana.post('t', 'for this drive only');
    const marker = JSON.parse(fs.readFileSync(on('drive.json'), 'utf8'));
    const before = bundlesOn(stick);
    const other = JSON.stringify({ ...marker, id: 'e'.repeat(32) });
    const report = await ana.visit(stick, { begin: () => fs.writeFileSync(on('drive.json'), other) });
    expect(report.failure).toMatchObject({ code: 'drive-absent' });
    expect(bundlesOn(stick)).toEqual(before);
    expect(fs.existsSync(on('people', `${ana.session.self.person}.card`))).toBe(false);
  });

  it('of a newer version is taken for away where others are listed', async () => {
    const hello = (await ana.post('t', 'hello'))[0];
    await ana.visit(stick);
    const marker = fs.readFileSync(on('drive.json'), 'utf8').replace('satchel-drive/1', 'satchel-drive/2');
    fs.writeFileSync(on('drive.json'), marker);
    await expect(ana.visit(stick)).rejects.toMatchObject({ code: 'newer-version' });
    expect(knownDrives(ana.repository.layout)).toMatchObject([{ label: 'stick 1', drive: undefined }]);
    expect(hello && traceEntry(ana.session, hello).drives).toMatchObject([{ isHere: false }]);
  });

  it('with the same id holds nothing that only the first one holds', async () => {
    const twin = path.join(parent, 'twin');
    copyStick(stick, twin);
    await ana.post('t', 'hello');
    await ana.visit(stick);
    expect((await ana.visit(twin)).exported).toMatchObject({ messages: 1 });
    await ben.visit(twin);
    expect(ben.texts('t')).toEqual(['hello']);
    expect((await ana.visit(stick)).failure).toBeUndefined();
  });
});

describe('too much of everything', () => {
  it.each([
    ['a marker', 'drive.json', 'no-drive'],
    ['a card', `people/${'a'.repeat(64)}.card`, undefined],
  ])('of %s is not read', async (_, name, code) => {
    fs.rmSync(on(name), { force: true });
    fs.writeFileSync(on(name), '{');
    fs.truncateSync(on(name), 8 * 2 ** 30);
    if (code) await expect(ana.visit(stick)).rejects.toMatchObject({ code });
    else await expectWorking('hello');
  });

  it('of cards does not hide the people we know', async () => {
    await ben.visit(stick);
    for (let i = 0; i < 4_200; i++) fs.writeFileSync(on('people', `${i.toString(16).padStart(64, '0')}.card`), '');
    const known = [ana.session.self.person, ben.session.self.person];
    const listed = readPeople(openDrive(stick), known).map(({ person }) => person);
    expect(listed).toContain(ben.session.self.person);
    expect(readPeople(openDrive(stick), [])).toEqual([]);
  });

  it('of bundles does not hide what is known to lie there', () => {
    for (let i = 0; i < 20; i++) fs.writeFileSync(on(`0${i}.satchel`), '');
    fs.writeFileSync(on('known.satchel'), '');
    expect(bundleNames(folderMedium(on()), { 'known.satchel': {} }, 5)).toContain('known.satchel');
    expect(bundleNames(folderMedium(on()), {}, 5)).toHaveLength(5);
    expect(bundleNames(folderMedium(on()), {}, 5)).not.toContain('known.satchel');
  });

  it('of foreign bundles leaves nothing in the journal but what they look like', async () => {
    await ana.post('t', 'hello');
    await ana.export(path.join(parent, 'noted.satchel'));
    await mallory.post('spam', 'nobody here wants this');
    const file = path.join(parent, 'spam.satchel');
    await mallory.export(file);
    await ana.visit(stick);
    const events = readEvents(ana.repository.layout).filter(({ type }) => type === 'import').length;
    const verified = sizeBelow(path.join(ana.repository.layout.journal, 'drives', openDrive(stick).id));
    for (let i = 0; i < 300; i++) {
      await mallory.export(file, { full: true });
      fs.copyFileSync(file, on(`spam-${i}.satchel`));
    }
    const report = await ana.visit(stick);
    expect(report.scanned).toHaveLength(300);
    expect(report).toMatchObject({ failure: undefined, isCut: false });
    expect(readEvents(ana.repository.layout).filter(({ type }) => type === 'import')).toHaveLength(events);
    expect(sizeBelow(path.join(ana.repository.layout.journal, 'drives', openDrive(stick).id))).toBe(verified);
    expect(readEvents(ana.repository.layout, 'exports').map(({ type }) => type)).toContain('export');
    // and the next visit does not look into them again
    expect((await ana.visit(stick)).scanned).toEqual([]);
  });

  it('of makers is forgotten when their bundles are gone', async () => {
    const id = openDrive(stick).id;
    const visitorsAfter = async (): Promise<number> => {
      await ana.visit(stick);
      return Object.keys(readMemory(ana.repository.layout, id)?.visitors ?? {}).length;
    };
    const first = await visitorsAfter();
    for (let i = 0; i < 3; i++) {
      const one = await Replica.create(`mallory-${i}`, parent);
      await one.post('spam', 'x');
      await one.export(on(`spam-${i}.satchel`));
    }
    expect(await visitorsAfter()).toBe(first);
  });
});

describe('claims', () => {
  it('of the highest serial under a friend’s key change only what that friend itself is sent', async () => {
    await ana.post('t', 'hello');
    await ana.visit(stick);
    const { self } = ben.session;
    const { device } = await readSecrets(ben.directory, undefined);
    const draft = {
      key: self.device,
      epoch: self.epoch,
      serial: 2 ** 53 - 1,
      created: 8_640_000_000_000_000,
      for: [],
      logs: 0,
      segments: 0,
      entries: 0,
      raw: 0,
    };
    fs.writeFileSync(on('claim.satchel'), Buffer.concat([...packBundle(draft, [] as MemberBytes[], device)]));
    const report: VisitReport = await ana.visit(stick);
    expect(report.failure).toBeUndefined();
    await ben.visit(stick);
    await ben.post('t', 'hi');
    await ben.visit(stick);
    await ana.visit(stick);
    expect(ana.texts('t')).toEqual(['hello', 'hi']);
    // what Ben says by its log counts on, whatever was claimed of its frontiers
    await expectWorking('and on');
  });

  it('of a friend’s name make nobody that friend', async () => {
    const false_ = await Replica.create('Ben', path.join(parent, 'elsewhere'));
    fs.writeFileSync(on('people', `${false_.session.self.person}.card`), `${false_.card}\n`);
    fs.writeFileSync(on('people', `${ben.session.self.person}.card`), `${false_.card}\n`);
    await ana.post('t', 'hello');
    const report = await ana.visit(stick);
    expect(report.strangers.map(({ person }) => person)).toEqual([false_.session.self.person]);
    expect(report.exported?.for ?? []).not.toContain(false_.session.self.person);
    expect([...ana.session.contacts.keys()]).toEqual([ben.session.self.person]);
  });
});
