import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DeviceKey } from '../../../../src/format/ids.js';
import { readSelf } from '../../../../src/identity/self.js';
import { exportBundle, planExport } from '../../../../src/sync/export/export.js';
import { assertPlace, bundleStem, exportPlace, nameIn } from '../../../../src/sync/export/export-place.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const DEVICE = '1a2b3c4d'.repeat(8) as DeviceKey;

describe('the name of a bundle', () => {
  it.each([
    ['Ana', 'ana-1a2b3c-7'],
    ['José Ñuñez', 'jose-nunez-1a2b3c-7'],
    ['  -- ../../etc/passwd', 'etc-passwd-1a2b3c-7'],
    ['Ωmega', 'mega-1a2b3c-7'],
    ['张伟', 'satchel-1a2b3c-7'],
    ['a very long name that goes on', 'a-very-long-name-that-go-1a2b3c-7'],
    ['a name cut at its hyphen: yes', 'a-name-cut-at-its-hyphen-1a2b3c-7'],
  ])('of %j is %s', (name, stem) => {
    expect(bundleStem({ name, device: DEVICE }, 7)).toBe(stem);
    expect(stem).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  });

  it('in a directory is one that is not taken', () => {
    const directory = scratchDirectory();
    const stem = bundleStem({ name: 'Ana', device: DEVICE }, 7);
    const first = nameIn(directory, stem);
    fs.writeFileSync(first, '');
    expect([first, nameIn(directory, stem)].map((file) => path.relative(directory, file))).toEqual([
      'ana-1a2b3c-7.satchel',
      'ana-1a2b3c-7-2.satchel',
    ]);
  });
});

describe('a place for a bundle', () => {
  it('may hold an older bundle of our own for the same people, and nothing else', async () => {
    const directory = scratchDirectory();
    const at = (name: string): string => path.join(directory, name);
    const [ana, bob, carl] = await Promise.all(['ana', 'bob', 'carl'].map((name) => Replica.create(name, directory)));
    if (!ana || !bob || !carl) throw new Error('nobody');
    await ana.post('garden', 'hello');
    await ana.export(at('for-all.satchel'));
    await ana.meet(bob).meet(carl).export(at('for-both.satchel'));
    const personOf = (one: Replica) => readSelf(one.directory).person;
    const { device } = readSelf(ana.directory);
    const attempt = (name: string, ...people: Replica[]) =>
      assertPlace(exportPlace(at(name)), { device, for: people.map(personOf) });
    await expect(attempt('for-both.satchel', bob, carl)).resolves.toBeUndefined();
    await expect(attempt('for-both.satchel', bob)).rejects.toThrow('for somebody else');
    await expect(attempt('for-all.satchel')).resolves.toBeUndefined();
    await expect(attempt('for-all.satchel', bob)).rejects.toThrow('for somebody else');
    const others = { device: DEVICE, for: [bob, carl].map(personOf) };
    await expect(assertPlace(exportPlace(at('for-both.satchel')), others)).rejects.toThrow('somebody else made');
    fs.writeFileSync(at('letter.txt'), 'dear all');
    fs.symlinkSync('for-all.satchel', at('link'));
    await expect(attempt('letter.txt')).rejects.toThrow('no bundle');
    await expect(attempt('link')).rejects.toThrow('not a regular file');
    await expect(attempt('nowhere/x.satchel')).rejects.toThrow('no directory');
    await expect(attempt('nowhere/')).rejects.toThrow('no directory');
  });
});

describe('writing a bundle', () => {
  it('replaces what an interrupted one left, and follows no link', async () => {
    const directory = scratchDirectory();
    const ana = await Replica.create('ana', directory);
    await ana.post('garden', 'hello');
    const out = path.join(directory, 'out');
    const temporary = path.join(out, `.satchel-${readSelf(ana.directory).device.slice(0, 10)}.tmp`);
    const victim = path.join(directory, 'victim');
    fs.mkdirSync(out);
    fs.writeFileSync(victim, 'mine');
    fs.symlinkSync(victim, temporary);
    await ana.export(path.join(out, 'a.satchel'));
    fs.writeFileSync(temporary, 'half a bundle');
    await ana.export(path.join(out, 'b.satchel'));
    expect(fs.readFileSync(victim, 'utf8')).toBe('mine');
    expect(fs.readdirSync(out).sort()).toEqual(['a.satchel', 'b.satchel']);
  });
});

describe('a plan of an export', () => {
  it('says what the export then writes, and changes nothing', async () => {
    const directory = scratchDirectory();
    const ana = await Replica.create('ana', directory);
    const bob = await Replica.create('bob', directory);
    ana.meet(bob);
    expect(planExport(ana.session, {})).toMatchObject({ file: null, entries: 0 });
    await ana.post('garden', 'hello', 'and more');
    const plan = planExport(ana.session, {});
    expect(plan).toMatchObject({ file: null, logs: 1, entries: 3, messages: 2, for: [readSelf(bob.directory).person] });
    const { report } = await exportBundle(ana.session, await ana.author(), {}, () => path.join(directory, 'x.satchel'));
    expect({ ...report, file: null }).toEqual(plan);
  });

  it('counts acks that are due', async () => {
    const directory = scratchDirectory();
    const ana = await Replica.create('ana', directory);
    const bob = await Replica.create('bob', directory);
    bob.meet(ana.meet(bob)).join('garden');
    await ana.post('garden', 'hello');
    await ana.export(path.join(directory, 'a.satchel'));
    bob.import(path.join(directory, 'a.satchel'));
    expect(planExport(bob.session, {})).toMatchObject({ file: null, logs: 1, entries: 1, messages: 0 });
    expect(await bob.export(path.join(directory, 'b.satchel'))).toMatchObject({ logs: 1, messages: 0 });
    expect(planExport(bob.session, {})).toMatchObject({ entries: 0 });
  });
});
