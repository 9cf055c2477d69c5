// What is said of drives by who has several devices (spec/devices.md, "Person log"; spec/cli.md, "status", "drive status").
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Desk } from '../../../../testkit/several.js';

let desk: Desk;
let stick: string;

/** Ana and Ben are contacts, Ana has a laptop too, and there is a drive of hers. */
beforeEach(async () => {
  desk = new Desk(scratchDirectory());
  stick = desk.file('stick');
  fs.mkdirSync(stick);
  for (const name of ['ana', 'ben']) {
    await desk.must(name, 'init', '--name', name);
    await desk.must(name, 'card', '-o', desk.file(`${name}.card`));
  }
  await desk.must('ana', 'contact', 'add', desk.file('ben.card'));
  await desk.must('ben', 'contact', 'add', desk.file('ana.card'));
  await desk.must('ana', 'topic', 'create', 'garden', '--open');
  await desk.must('ana', 'drive', 'init', stick);
  await desk.pair('ana', 'laptop');
});

describe('cards and lists of devices', () => {
  it('wait on a drive, and are no messages', async () => {
    expect((await desk.must('ana', 'sync', stick)).drives).toMatchObject([{ export: { messages: 0 } }]);
    const waiting = async (): Promise<unknown> => {
      const { drives } = await desk.must('ana', 'status');
      const [drive] = (await desk.must('ana', 'drive', 'status', stick)).drives;
      const ben = drive.people.find((one: { name: string }) => one.name === 'ben');
      return [drives[0].waiting, ben?.waiting ?? 0, ben?.lacking ?? 0];
    };
    await desk.must('ben', 'sync', stick);
    await desk.must('ana', 'sync', stick);
    await desk.must('ana', 'device', 'remove', 'laptop', '--yes');
    await desk.must('ana', 'sync', stick);
    expect(await waiting()).toEqual([[], 0, 0]);
    await desk.must('ana', 'post', '-t', 'garden', 'hello');
    await desk.must('ana', 'sync', stick);
    expect(await waiting()).toMatchObject([[{ name: 'ben', messages: 1 }], 1, 0]);
  });
});

describe('person logs on an open drive', () => {
  it('tell contacts, and whoever finds it, of devices by their labels', async () => {
    const open = desk.file('open');
    fs.mkdirSync(open);
    await desk.must('ana', 'drive', 'init', '--open', '--for', 'ben', open);
    const [visit] = (await desk.must('ana', 'sync', open)).drives;
    await desk.must('eve', 'init', '--name', 'eve');
    const { stdout } = await desk.run('eve', ['inspect', '--text', visit.export.file], { people: 'pipe' });
    expect(stdout).toContain('topic "person"');
    expect(stdout).toContain('type "devices"');
    await desk.must('ben', 'sync', open);
    const [{ devices }] = (await desk.must('ben', 'contact', 'list')).contacts;
    expect(devices.map(({ label }: { label: string }) => label).sort()).toEqual(['laptop', 'vm']);
  });
});

describe('a drive with nobody but own devices', () => {
  it('is sealed for these, in words too', async () => {
    const { stdout } = await desk.run('ana', ['sync', stick], { people: 'pipe' });
    expect(stdout).toContain('sealed for ben and your other devices\n');
    await desk.must('ana', 'contact', 'remove', 'ben');
    await desk.must('ana', 'post', '-t', 'garden', 'hello');
    const { stdout: alone } = await desk.run('ana', ['sync', stick], { people: 'pipe' });
    expect(alone).toContain('sealed for your other devices\n');
    const { stderr } = await desk.run('ana', ['want', '-o', desk.file('w')], { people: 'pipe' });
    expect(stderr).toContain('then satchel export\n');
  });
});

describe('messages that own devices lack', () => {
  it('wait on a drive until these have said that they took them', async () => {
    await desk.must('ana', 'contact', 'remove', 'ben');
    await desk.must('ana', 'post', '-t', 'garden', 'hello');
    await desk.must('ana', 'sync', stick);
    const { drives } = await desk.must('ana', 'status');
    expect(drives[0].waiting).toMatchObject([{ name: 'ana', messages: 1 }]);
    const { stdout, stderr } = await desk.run('ana', ['status'], { people: 'pipe' });
    expect(stdout).toContain('messages on it: 1 for your other devices');
    expect(stderr).toContain('take "stick" to your other devices');
    expect((await desk.must('ana', 'topic', 'list')).topics).toMatchObject([
      { drives: [{ label: 'stick', messages: 1 }] },
    ]);
    for (const name of ['laptop', 'ana']) await desk.must(name, 'sync', stick);
    expect((await desk.must('ana', 'status')).drives[0].waiting).toEqual([]);
    expect((await desk.must('ana', 'topic', 'list')).topics).toMatchObject([{ drives: [] }]);
  });

  it('are traced to each of them, and back', async () => {
    await desk.pair('ana', 'phone');
    const devices = new Map<string, string>();
    for (const name of ['laptop', 'phone']) devices.set(name, (await desk.must(name, 'whoami')).device);
    const of = (name: string, what = {}): unknown => expect.objectContaining({ device: devices.get(name), ...what });
    const ben = (what = {}): unknown => expect.objectContaining({ name: 'ben', device: null, ...what });
    const traced = (name: string) => desk.must(name, 'trace', id);
    const { id } = await desk.must('ana', 'post', '-t', 'garden', 'hello');
    expect((await traced('ana')).unknown).toEqual([ben(), of('laptop'), of('phone')]);
    await desk.must('ana', 'sync', stick);
    const waiting = { waitsOn: ['stick'] };
    expect((await traced('ana')).unknown).toEqual([ben(waiting), of('laptop', waiting), of('phone', waiting)]);
    for (const name of ['laptop', 'ana']) await desk.must(name, 'sync', stick);
    const { heldBy, unknown } = await traced('ana');
    expect([heldBy, unknown]).toEqual([[of('laptop', { by: 'ack', name: 'ana' })], [ben(), of('phone')]]);
    expect((await desk.must('ana', 'show', id)).heldBy).toEqual([of('laptop')]);
    expect((await traced('laptop')).heldBy).toMatchObject([
      { by: 'author', device: (await desk.must('ana', 'whoami')).device },
    ]);
    const { stdout } = await desk.run('ana', ['trace', id], { people: 'pipe' });
    expect(stdout).toMatch(/held by +your device "laptop": acknowledged it/);
    expect(stdout).toMatch(/carry drive stick to ben, your device "phone"/);
    const { stdout: shown } = await desk.run('ana', ['show', id], { people: 'pipe' });
    expect(shown).toMatch(/held by +your device "laptop"\n/);
  });

  it('go with an export, where nobody else lacks them and no drive is there', async () => {
    await desk.must('ana', 'contact', 'remove', 'ben');
    const { id } = await desk.must('ana', 'post', '-t', 'garden', 'hello');
    fs.rmSync(stick, { recursive: true });
    expect((await desk.must('ana', 'trace', id)).next).toMatch(/ export$/);
    await desk.carry('ana', 'laptop');
    await desk.carry('laptop', 'ana');
    expect(await desk.must('ana', 'trace', id)).toMatchObject({ unknown: [], heldBy: [{ name: 'ana' }], next: null });
  });
});

describe('sealed files that wait for the passphrase', () => {
  it('are told of until a visit has opened them, be it by a wrong one, in one way, or cut off', async () => {
    const passphrase = (text: string): void => {
      desk.passphraseFile = text === '' ? '' : desk.file('passphrase');
      if (text !== '') fs.writeFileSync(desk.passphraseFile, text);
    };
    const locked = async (): Promise<number> => (await desk.must('ben', 'status')).drives[0].locked;
    await desk.must('ben', 'sync', stick);
    passphrase('right');
    await desk.must('ben', 'passphrase', 'set');
    await desk.must('ana', 'post', '-t', 'garden', 'hello');
    await desk.must('ana', 'sync', stick);
    passphrase('');
    await desk.run('ben', ['sync', stick]);
    expect(await locked()).toBe(1);
    passphrase('wrong');
    const { exit, stdout } = await desk.run('ben', ['sync', stick]);
    const [{ error }] = JSON.parse(stdout).drives;
    expect([exit, error]).toEqual([
      14,
      expect.objectContaining({ code: 'wrong-passphrase', hint: expect.stringContaining('again') }),
    ]);
    expect(await locked()).toBe(1);
    await desk.run('ben', ['sync', '--max-duration', '0', stick]);
    expect(await locked()).toBe(1);
    passphrase('right');
    await desk.run('ben', ['sync', '--one-way', stick]);
    expect(await locked()).toBe(1);
    await desk.must('ben', 'sync', stick);
    expect(await locked()).toBe(0);
  });
});
