// Several devices of one person, by the commands that their user types.
import fs from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Desk } from '../../../../testkit/several.js';

let desk: Desk;

beforeEach(async () => {
  desk = new Desk(scratchDirectory());
  await desk.must('ana', 'init', '--name', 'Ana');
});

describe('a second device', () => {
  test('is of the same person, with its contacts and topics, by six words in each direction', async () => {
    await desk.must('ben', 'init', '--name', 'Ben');
    const { card } = await desk.must('ben', 'card');
    await desk.must('ana', 'contact', 'add', card, '--as', 'Benny');
    await desk.must('ana', 'topic', 'join', 'garden');
    await desk.must('ana', 'topic', 'create', 'orchard', '--open');
    const { person } = await desk.must('ana', 'whoami');
    const asked = await desk.must('laptop', 'device', 'request', '--name', 'laptop', '-o', desk.directory);
    expect(asked).toMatchObject({ label: 'laptop', file: desk.file('laptop.request') });
    expect(await desk.fails('laptop', 'whoami')).toBe('no-identity');
    const words: string[] = [];
    const typed = (question: string): string => {
      expect(question).toMatch(/six words/);
      return words.shift() ?? '';
    };
    words.push(asked.words.toUpperCase());
    const adding = ['device', 'add', asked.file, '-o', desk.directory];
    const added = await desk.atTerminal('ana', adding, typed);
    expect(added).toMatchObject({ exit: 0 });
    words.push(/Its words: \W*(?:1m)?([a-z ]+)/.exec(added.stdout)?.[1] ?? '');
    const joined = await desk.atTerminal('laptop', ['device', 'join', desk.file('laptop.welcome')], typed);
    expect(joined).toMatchObject({ exit: 0, stdout: expect.stringContaining("one of Ana's now, with 1 contact") });
    const self = await desk.must('laptop', 'whoami');
    expect(self).toMatchObject({ person, name: 'Ana', device: asked.device });
    expect((await desk.must('laptop', 'contact', 'list')).contacts).toMatchObject([{ contact: 'Benny' }]);
    const { current, topics } = await desk.must('laptop', 'topic', 'list');
    expect(topics.map((one: { name: string }) => one.name).sort()).toEqual(['garden', 'orchard']);
    expect(current).toBe((await desk.must('ana', 'topic', 'list')).current);
    const listed = await desk.must('laptop', 'device', 'list');
    expect(listed).toEqual({ ...(await desk.must('ana', 'device', 'list')), devices: listed.devices });
    expect(listed).toMatchObject({ person, generation: 1, authority: (await desk.must('ana', 'whoami')).device });
    expect(listed.devices).toContainEqual({
      device: asked.device,
      label: 'laptop',
      self: true,
      current: true,
      removed: false,
      lastHeard: null,
    });
  });

  test('asks the same when it is run again, and otherwise under another label', async () => {
    const first = await desk.must('laptop', 'device', 'request', '--name', 'laptop', '-o', desk.file('r'));
    expect(await desk.must('laptop', 'device', 'request', '-o', desk.file('r'))).toEqual(first);
    const renamed = await desk.must('laptop', 'device', 'request', '--name', 'phone');
    expect(renamed).toMatchObject({ device: first.device, label: 'phone', file: null });
    expect(renamed.words).not.toBe(first.words);
    expect(await desk.fails('laptop', 'device', 'request', '--name', 'x', '-o', desk.file('r'))).toBe('usage');
    const { stderr } = await desk.run('ana', ['device', 'request']);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'repository-exists', hint: expect.stringContaining('-C DIR') });
    expect(await desk.fails('phone', 'device', 'request', '--name', 'x'.repeat(33))).toBe('usage');
  });

  test('is none of hers with words that differ, and nothing has changed', async () => {
    const asked = await desk.must('laptop', 'device', 'request', '--name', 'laptop');
    const wrong = asked.words.split(' ').reverse().join(' ');
    const before = desk.stateOf('ana');
    const adding = ['device', 'add', asked.request, '-o', desk.file('w')];
    expect(await desk.fails('ana', ...adding)).toBe('usage');
    expect(await desk.fails('ana', ...adding, '--words', wrong)).toBe('not-authentic');
    expect([desk.stateOf('ana'), fs.existsSync(desk.file('w'))]).toEqual([before, false]);
    const { words } = await desk.must('ana', ...adding, '--words', asked.words);
    const waiting = desk.stateOf('laptop');
    expect(await desk.fails('laptop', 'device', 'join', desk.file('w'))).toBe('usage');
    expect(await desk.fails('laptop', 'device', 'join', desk.file('w'), '--words', asked.words)).toBe('not-authentic');
    expect(desk.stateOf('laptop')).toBe(waiting);
    await desk.must('laptop', 'device', 'join', desk.file('w'), '--words', words);
    expect(await desk.fails('laptop', 'device', 'join', desk.file('w'), '--words', words)).toBe('usage');
  });

  test('is not captured by a request or a welcome that somebody swapped', async () => {
    await desk.must('mallory', 'init', '--name', 'Ana');
    const mine = await desk.must('laptop', 'device', 'request', '--name', 'laptop');
    const other = await desk.must('evil', 'device', 'request', '--name', 'laptop');
    const adding = (request: string, words: string, place: string): string[] => {
      return ['device', 'add', request, '--words', words, '-o', desk.file(place)];
    };
    expect(await desk.fails('ana', ...adding(other.request, mine.words, 'w'))).toBe('not-authentic');
    const genuine = await desk.must('ana', ...adding(mine.request, mine.words, 'genuine'));
    await desk.must('mallory', ...adding(mine.request, mine.words, 'captured'));
    await desk.must('ana', ...adding(other.request, other.words, 'other'));
    const joining = (place: string): string[] => ['device', 'join', desk.file(place), '--words', genuine.words];
    expect(await desk.fails('laptop', ...joining('captured'))).toBe('not-authentic');
    expect(await desk.fails('laptop', ...joining('other'))).toBe('sealed');
    fs.writeFileSync(desk.file('none'), 'hello');
    expect(await desk.fails('laptop', ...joining('none'))).toBe('bad-request');
    expect(await desk.fails('ana', 'device', 'add', desk.file('none'), '--words', mine.words)).toBe('bad-request');
    await desk.must('laptop', ...joining('genuine'));
  });
});

describe('under a passphrase', () => {
  test('a device asks and joins, and nobody who does not have it makes it join', async () => {
    fs.writeFileSync(desk.file('passphrase'), 'four words of ours\n');
    desk.passphraseFile = desk.file('passphrase');
    const asked = await desk.must('laptop', 'device', 'request', '--name', 'laptop', '--passphrase');
    expect(fs.readdirSync(desk.file('laptop/.satchel/keys'))).toEqual(['secrets.age']);
    const adding = ['device', 'add', asked.request, '--words', asked.words, '-o', desk.file('w')];
    const { words } = await desk.must('ana', ...adding);
    const waiting = desk.stateOf('laptop');
    desk.passphraseFile = '';
    expect(await desk.fails('laptop', 'device', 'join', desk.file('w'), '--words', words)).toBe('locked');
    expect(desk.stateOf('laptop')).toBe(waiting);
    desk.passphraseFile = desk.file('passphrase');
    const joined = await desk.must('laptop', 'device', 'join', desk.file('w'), '--words', words);
    expect(joined).toMatchObject({ device: asked.device, name: 'Ana' });
    expect(fs.readdirSync(desk.file('laptop/.satchel/keys'))).toEqual(['secrets.age']);
  });

  test('a restored backup becomes another device of the same person, with what it held', async () => {
    fs.writeFileSync(desk.file('passphrase'), 'four words of ours\n');
    await desk.must('ben', 'init', '--name', 'Ben');
    await desk.must('ana', 'contact', 'add', (await desk.must('ben', 'card')).card, '--as', 'Benny');
    await desk.must('ana', 'post', '-t', 'garden', 'before the backup');
    const former = await desk.must('ana', 'whoami');
    desk.passphraseFile = desk.file('passphrase');
    await desk.must('ana', 'backup', '--passphrase', '-o', desk.file('ana.backup'));
    await desk.must('new', 'restore', desk.file('ana.backup'));
    desk.passphraseFile = '';
    // nobody makes it a device of somebody else, and a device has its welcome from the person whose backup it was
    await desk.must('mallory', 'init', '--name', 'Ana');
    const asked = await desk.must('new', 'device', 'request', '--name', 'new');
    const adding = ['device', 'add', asked.request, '--words', asked.words, '-o', desk.file('m')];
    const { words } = await desk.must('mallory', ...adding);
    expect(await desk.fails('new', 'device', 'join', desk.file('m'), '--words', words)).toBe('not-authentic');
    await desk.pair('ana', 'new');
    const self = await desk.must('new', 'whoami');
    expect([self.person, self.device === former.device]).toEqual([former.person, false]);
    expect((await desk.must('new', 'contact', 'list')).contacts).toMatchObject([{ contact: 'Benny' }]);
    expect(await desk.must('new', 'read', '-t', 'garden')).toMatchObject({ text: 'before the backup', own: true });
    await desk.must('new', 'post', '-t', 'garden', 'from the new one');
    expect(await desk.carry('new', 'ana')).toMatchObject({ bundles: [{ messages: 1 }] });
    expect(await desk.must('new', 'check', '--all')).toMatchObject({ ok: true });
  });
});

describe('the devices of a person', () => {
  test('are added and removed on the first one alone, and one that was removed does not come back', async () => {
    await desk.pair('ana', 'laptop');
    await desk.pair('ana', 'phone');
    const request = fs.readFileSync(desk.file('laptop.request'), 'utf8');
    const { device } = await desk.must('laptop', 'whoami');
    for (const argv of [
      ['remove', 'phone', '--yes'],
      ['add', request, '--words', 'x'],
    ]) {
      const { exit, stderr } = await desk.run('laptop', ['device', ...argv]);
      expect([exit, stderr]).toEqual([18, expect.stringContaining('run it on')]);
    }
    const before = desk.stateOf('ana');
    expect(await desk.fails('ana', 'device', 'remove', 'laptop')).toBe('usage');
    expect(await desk.fails('ana', 'device', 'remove', 'tablet', '--yes')).toBe('not-found');
    const own = (await desk.must('ana', 'whoami')).device.slice(0, 10);
    expect(await desk.fails('ana', 'device', 'remove', own, '--yes')).toBe('usage');
    expect((await desk.atTerminal('ana', ['device', 'remove', 'laptop'], () => 'n')).exit).toBe(2);
    expect(desk.stateOf('ana')).toBe(before);
    expect(await desk.must('ana', 'device', 'remove', device.slice(0, 8), '--yes')).toMatchObject({
      device,
      label: 'laptop',
      generation: 1,
    });
    const { devices } = await desk.must('ana', 'device', 'list');
    expect(devices).toHaveLength(3);
    expect(devices.at(-1)).toMatchObject({ device, label: 'laptop', current: false });
    expect(await desk.fails('ana', 'device', 'add', request, '--words', 'x')).toBe('usage');
  });

  test('are told by digits where labels are alike', async () => {
    for (const name of ['a', 'b']) {
      const asked = await desk.must(name, 'device', 'request', '--name', 'phone');
      await desk.must('ana', 'device', 'add', asked.request, '--words', asked.words, '-o', desk.file(`w${name}`));
    }
    expect(await desk.fails('ana', 'device', 'remove', 'Phone', '--yes')).toBe('ambiguous');
  });
});
