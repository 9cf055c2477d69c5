// The recovery words used: on a new computer, on a device of the person, and by who has others.
import fs from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { publicKeyOf } from '../../../../../src/format/signature/signature.js';
import { readSecrets } from '../../../../../src/identity/keys.js';
import { wordsShown, writesDown } from '../../../../testkit/recovery.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Desk } from '../../../../testkit/several.js';

let desk: Desk;
let words: string[];

/** Ana and Ben know each other, he compared her words, each has written, and she has her recovery words on paper. */
beforeEach(async () => {
  desk = new Desk(scratchDirectory());
  await desk.must('ana', 'init', '--name', 'Ana');
  await desk.must('ben', 'init', '--name', 'Ben');
  words = await printed('ana');
  for (const name of ['ana', 'ben']) await desk.must(name, 'card', '-o', desk.file(`${name}.card`));
  await desk.must('ana', 'contact', 'add', desk.file('ben.card'));
  await desk.must('ben', 'contact', 'add', desk.file('ana.card'));
  const { fingerprint } = await desk.must('ana', 'whoami');
  await desk.must('ben', 'contact', 'confirm', 'Ana', '--words', fingerprint);
  await desk.must('ana', 'post', '-t', 'garden', 'from the old one');
  await desk.must('ben', 'topic', 'join', 'garden');
  await desk.carry('ana', 'ben');
});

async function printed(name: string): Promise<string[]> {
  const { exit, stderr } = await desk.atTerminal(name, ['recovery', 'print'], writesDown);
  expect(exit).toBe(0);
  return wordsShown(stderr);
}

/** Uses words at a terminal; `has` are labels of devices that are still there. */
function use(name: string, argv: readonly string[], typed = words.join(' '), has: readonly string[] = []) {
  return desk.atTerminal(name, ['recovery', 'use', ...argv], (question) => {
    if (question.startsWith('Your 24')) return typed;
    return has.some((label) => question.includes(label)) ? 'y' : 'n';
  });
}

function keysOf(name: string): readonly unknown[] {
  return JSON.parse(fs.readFileSync(desk.file(`${name}/.satchel/keys/secrets.json`), 'utf8')).recipients;
}

async function textsBy(name: string): Promise<(readonly [string | null, string])[]> {
  const { stdout } = await desk.run(name, ['read', '-t', 'garden']);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line)).map(({ author, text }) => [author.contact, text] as const);
}

describe('a computer that was lost', () => {
  test('is followed by a new one of the same person, whose words stay confirmed', async () => {
    const { person } = await desk.must('ana', 'whoami');
    expect((await use('new', ['--card', desk.file('ana.card')])).exit).toBe(0);
    expect(await desk.must('new', 'whoami')).toMatchObject({ person, name: 'Ana' });
    expect(await desk.must('new', 'device', 'list')).toMatchObject({ generation: 2, devices: [{ self: true }, {}] });
    await desk.must('new', 'contact', 'add', desk.file('ben.card'));
    await desk.must('new', 'post', '-t', 'garden', 'from the new one');
    expect(await desk.carry('new', 'ben')).toMatchObject({ recovered: [{ person, name: 'Ana' }] });
    const { contacts } = await desk.must('ben', 'contact', 'list');
    expect(contacts).toMatchObject([{ person, contact: 'Ana', confirmed: true, generation: 2 }]);
    expect(await textsBy('ben')).toEqual([
      ['Ana', 'from the old one'],
      ['Ana', 'from the new one'],
    ]);
    // the key is as new as the device: none that is gone ever had it
    expect(keysOf('new')).toHaveLength(1);
    // told once; and what he sends is for the new one
    await desk.must('new', 'post', '-t', 'garden', 'more');
    expect(await desk.carry('new', 'ben')).toMatchObject({ recovered: [] });
    await desk.carry('ben', 'new');
    expect((await textsBy('new')).map(([, text]) => text).sort()).toEqual([
      'from the new one',
      'from the old one',
      'more',
    ]);
    // a backup is opened by the words, from there too
    await desk.must('new', 'backup', '-o', desk.file('new.backup'));
  });

  test('changes nothing by wrong words, those of somebody else, or without any', async () => {
    const others = await printed('ben');
    const swapped = [words[1], words[0], ...words.slice(2)].join(' ');
    for (const typed of [swapped, others.join(' '), 'hello']) {
      const { exit } = await use('new', ['--card', desk.file('ana.card')], typed);
      expect([exit, fs.existsSync(desk.file('new'))]).toEqual([21, false]);
    }
    expect((await use('new', [])).exit).toBe(2);
    const before = desk.stateOf('ben');
    expect((await use('ben', ['--card', desk.file('ana.card')])).exit).toBe(2);
    expect(desk.stateOf('ben')).toBe(before);
  });
});

describe('words that were used twice, without either computer knowing of the other', () => {
  test('count for one, the other one is told, and they count for that when they are used there again', async () => {
    for (const name of ['one', 'two']) {
      expect((await use(name, ['--card', desk.file('ana.card')])).exit).toBe(0);
      await desk.must(name, 'contact', 'add', desk.file('ben.card'));
      await desk.carry(name, 'ben');
    }
    for (const name of ['one', 'two']) await desk.carry('ben', name, '--full', '--open');
    const told = async (name: string): Promise<boolean> => (await desk.must(name, 'status')).deviceCurrent;
    const [loser, winner] = (await told('one')) ? ['two', 'one'] : ['one', 'two'];
    expect([await told(winner), await told(loser)]).toEqual([true, false]);
    const { stdout } = await desk.run(loser, ['status'], { people: 'pipe' });
    expect(stdout).toMatch(/recovery words were used on .* too, .* use your words here/);
    const { devices: known } = await desk.must(loser, 'device', 'list');
    expect(known).toContainEqual(expect.objectContaining({ self: true, current: false }));
    await desk.must('ben', 'export', '-o', desk.file('again.satchel'), '--full', '--open');
    const imported = await desk.run(loser, ['import', desk.file('again.satchel')], { people: 'pipe' });
    expect(imported.stdout).toMatch(/recovery words were used on .* too/);
    // what only she wrote is back, to be joined again
    expect((await desk.must(loser, 'topic', 'list')).topics).toMatchObject([{ name: 'garden', messages: 1 }]);
    expect((await use(loser, ['--keep-none'])).exit).toBe(0);
    expect(await told(loser)).toBe(true);
    await desk.carry(loser, 'ben');
    const { contacts } = await desk.must('ben', 'contact', 'list');
    const devices = [{ device: (await desk.must(loser, 'whoami')).device }];
    expect(contacts).toMatchObject([{ contact: 'Ana', generation: 3, devices }]);
    await desk.carry('ben', winner, '--full', '--open');
    expect(await told(winner)).toBe(false);
  });
});

describe('a further device', () => {
  test('takes over with the words, and says which of the others stay', async () => {
    await desk.pair('ana', 'laptop');
    await desk.pair('ana', 'phone');
    for (const name of ['laptop', 'phone']) await desk.carry(name, 'ana');
    await desk.carry('ana', 'ben');
    const { device: lost } = await desk.must('ana', 'whoami');
    const { device: phone } = await desk.must('phone', 'whoami');
    // the laptop hears of the phone by a bundle of the first device
    await desk.carry('ana', 'laptop');
    expect((await use('laptop', [], words.join(' '), ['phone'])).exit).toBe(0);
    const { devices, ...listed } = await desk.must('laptop', 'device', 'list');
    expect(listed).toMatchObject({ generation: 2, authority: (await desk.must('laptop', 'whoami')).device });
    const current = devices.filter((one: { current: boolean }) => one.current);
    expect(current.map((one: { label: string }) => one.label).sort()).toEqual(['laptop', 'phone']);
    await desk.must('laptop', 'post', '-t', 'garden', 'from the laptop');
    await desk.carry('laptop', 'ben');
    expect((await textsBy('ben')).at(-1)).toEqual(['Ana', 'from the laptop']);
    // who stayed hears whose word counts now, and who did not can open nothing that is written since
    await desk.carry('laptop', 'phone');
    expect(await desk.fails('phone', 'device', 'remove', 'laptop', '--yes')).toBe('not-allowed');
    const { devices: known } = await desk.must('phone', 'device', 'list');
    expect(known).toContainEqual(expect.objectContaining({ device: phone, current: true }));
    expect(known).toContainEqual(expect.objectContaining({ device: lost, current: false }));
    const { stdout } = await desk.run('phone', ['status'], { people: 'pipe' });
    expect(stdout).toContain('your recovery words were used on "laptop"');
    await desk.must('laptop', 'export', '-o', desk.file('since.satchel'));
    expect(await desk.fails('ana', 'import', desk.file('since.satchel'))).toBe('sealed');
    await desk.must('laptop', 'device', 'remove', 'phone', '--yes');
  });
});

describe('the first device itself', () => {
  test('takes its person back from a thief of its keys, and is known by its newest card', async () => {
    expect((await use('ana', [])).exit).toBe(0);
    await desk.carry('ana', 'ben');
    const { device } = await desk.must('ana', 'whoami');
    const listed = { device, generation: 2, confirmed: true, devices: [{ device }] };
    expect((await desk.must('ben', 'contact', 'list')).contacts).toMatchObject([{ ...listed, name: 'Ana' }]);
    await desk.must('ana', 'card', '--name', 'Ana B.');
    await desk.must('ana', 'post', '-t', 'garden', 'under another name');
    await desk.carry('ana', 'ben');
    expect((await desk.must('ben', 'contact', 'list')).contacts).toMatchObject([{ ...listed, name: 'Ana B.' }]);
    expect((await textsBy('ben')).at(-1)).toEqual(['Ana', 'under another name']);
    // and what he seals is for the key on that card
    await desk.must('ben', 'post', '-t', 'garden', 'an answer');
    expect(await desk.carry('ben', 'ana')).toMatchObject({ bundles: [{ messages: 1, sealed: true }] });
  });
});

describe('a backup that the words open', () => {
  test('is a new device of the same person at once', async () => {
    const { person, device } = await desk.must('ana', 'whoami');
    await desk.must('ana', 'backup', '-o', desk.file('ana.backup'));
    const restored = await desk.atTerminal('new', ['restore', desk.file('ana.backup')], typing(['']));
    expect(restored).toMatchObject({ exit: 0, stdout: expect.stringContaining('You are Ana again') });
    expect(restored.stderr).toContain('under no passphrase');
    const self = await desk.must('new', 'whoami');
    expect([self.person, self.device === device]).toEqual([person, false]);
    await desk.must('new', 'post', '-t', 'garden', 'from the new one');
    expect(await desk.carry('new', 'ben')).toMatchObject({ recovered: [{ name: 'Ana' }] });
    expect((await textsBy('ben')).map(([by]) => by)).toEqual(['Ana', 'Ana']);
    expect(await desk.must('new', 'check', '--all')).toMatchObject({ ok: true });
  });

  test('has its new keys under the passphrase that is typed, and only when it was typed twice alike', async () => {
    await desk.must('ana', 'backup', '-o', desk.file('ana.backup'));
    const passphrases = ['of the lap', 'of the laptop', 'of the laptop', 'of the laptop'];
    const restored = await desk.atTerminal('new', ['restore', desk.file('ana.backup')], typing(passphrases));
    expect(restored).toMatchObject({ exit: 0, stdout: expect.stringContaining('You are Ana again') });
    expect(restored.stderr).not.toContain('under no passphrase');
    expect(await desk.fails('new', 'post', '-t', 'garden', 'locked')).toBe('locked');
    const { device } = await readSecrets(desk.file('new'), async () => 'of the laptop');
    expect(publicKeyOf(device).toString('hex')).toBe((await desk.must('new', 'whoami')).device);
  });

  test('tells of a device that it did not know, until that is removed', async () => {
    await desk.must('ana', 'backup', '-o', desk.file('ana.backup'));
    await desk.pair('ana', 'laptop');
    await desk.must('laptop', 'post', '-t', 'garden', 'from the laptop');
    for (const name of ['ana', 'ben']) await desk.carry('laptop', name);
    await desk.carry('ana', 'ben');
    const { device } = await desk.must('laptop', 'whoami');
    expect((await desk.atTerminal('new', ['restore', desk.file('ana.backup')], typing(['']))).exit).toBe(0);
    const leftOut = async (name: string): Promise<unknown> => (await desk.must(name, 'status')).leftOut;
    expect(await leftOut('new')).toEqual([]);
    await desk.carry('new', 'ben');
    await desk.carry('ben', 'new', '--full');
    expect(await leftOut('new')).toEqual([{ device, label: 'laptop' }]);
    const { stdout } = await desk.run('new', ['status'], { people: 'pipe' });
    expect(stdout).toMatch(/"laptop" is none of yours any more: .* not known; .* device remove [0-9a-f]{10}\n/);
    const listed = async (): Promise<{ device: string }[]> => (await desk.must('new', 'device', 'list')).devices;
    const laptop = { device, label: 'laptop', current: false };
    expect(await listed()).toContainEqual(expect.objectContaining({ ...laptop, removed: false }));
    const { stdout: devices } = await desk.run('new', ['device', 'list'], { people: 'pipe' });
    expect(devices).toMatch(/laptop .* left out/);
    await desk.must('new', 'device', 'remove', 'laptop', '--yes');
    expect(await leftOut('new')).toEqual([]);
    expect(await listed()).toContainEqual(expect.objectContaining({ ...laptop, removed: true }));
    // what was left out is told where it can be decided, and nowhere else
    expect(await leftOut('ben')).toEqual([]);
  });

  /** Whoever types her words, keeps no device, and thinks up these passphrases. */
  function typing(passphrases: readonly string[]): (question: string) => string {
    const left = [...passphrases];
    return (question) => {
      if (question.startsWith('Your 24')) return words.join(' ');
      return /passphrase|again/.test(question) ? (left.shift() ?? '') : 'n';
    };
  }
});
