// How far accusations are believed, what is said of them, and notes on several hosts (spec/repository.md, "Restored and copied
// repositories").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSelf } from '../../src/identity/self.js';
import { Home, system } from '../testkit/home.js';
import { scratchDirectory } from '../testkit/scratch.js';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);

let scratch: string;
let home: Home;
let old: string;
beforeEach(async () => {
  scratch = scratchDirectory();
  home = await new Home(path.join(scratch, 'home')).init();
  old = await home.post('first');
});

describe('a home that is synchronised between machines, its files replaced', () => {
  it('gets one new log, not one a day', async () => {
    replaceFiles();
    const log = await home.post('noticed');
    expect([log === old, (await home.renewed())?.cause]).toEqual([false, 'copied']);
    expect(await home.findings()).toEqual(['renewed']);
    for (let day = 1; day < 4; day++) {
      replaceFiles();
      expect(await home.with({ now: NOW + day * DAY_MS }).post('not noticed')).toBe(log);
    }
    expect(await home.findings()).toEqual(['renewed', 'birth-times']);
  });

  it('gets another one after 30 days, in case it is a backup that time', async () => {
    replaceFiles();
    const log = await home.post('noticed');
    replaceFiles();
    expect(await home.with({ now: NOW + 30 * DAY_MS }).post('noticed')).not.toBe(log);
    expect(await home.findings()).toEqual(['renewed']);
  });
});

describe('ages of files that are not believed', () => {
  const NOT_BELIEVED = 'not believed until 2026-02-01';

  /** Copied, and noticed; copied again a day later. */
  async function copiedAgain(): Promise<string> {
    replaceFiles();
    const log = await home.post('noticed');
    replaceFiles();
    return log;
  }

  const on = (day: number): Home => home.with({ now: NOW + day * DAY_MS });

  it.each([
    ['post', (one: Home) => one.say('post', '-t', 't', 'text')],
    ['export', (one: Home) => one.say('export', '-o', path.join(scratch, 'x.satchel'))],
    ['sync', (one: Home) => one.say('sync', path.join(scratch, 'stick'))],
  ])('are said to be so once, by %s', async (_, act) => {
    fs.mkdirSync(path.join(scratch, 'stick'));
    await home.must('contact', 'add', await cardOfBen());
    await home.must('drive', 'init', path.join(scratch, 'stick'));
    await copiedAgain();
    expect(await act(on(1))).toContain(NOT_BELIEVED);
    expect(await on(1).say('post', '-t', 't', 'more')).not.toContain(NOT_BELIEVED);
    expect((await on(1).run('check')).stdout).toContain(NOT_BELIEVED);
  });

  it('are believed after 30 days, when the copy is noticed', async () => {
    const log = await copiedAgain();
    expect(await on(1).post('not noticed')).toBe(log);
    expect(await on(30.9).post('not noticed')).toBe(log);
    const next = await on(31).post('noticed');
    expect(next).not.toBe(log);
    expect(JSON.parse((await on(31).run('check')).stdout)).toMatchObject({ findings: [{ code: 'renewed' }] });
    replaceFiles();
    expect(await on(32).say('post', '-t', 't', 'text')).toContain('not believed until');
  });

  it('count again without the file that is named', async () => {
    const log = await copiedAgain();
    const said = await on(1).say('post', '-t', 't', 'not noticed');
    const [, file = ''] = /remove (\S+), and/.exec(said) ?? [];
    fs.rmSync(file);
    expect(await on(1).post('noticed')).not.toBe(log);
  });
});

describe('a note that is ahead', () => {
  it('is believed each time', async () => {
    const backup = path.join(scratch, 'backup');
    system('cp', '-a', home.file(), backup);
    const logs = new Set([old]);
    for (let i = 0; i < 3; i++) {
      await home.post('after the backup');
      system('rm', '-r', home.file());
      system('cp', '-a', backup, home.file());
      logs.add(await home.post('restored'));
      expect(await home.renewed()).toMatchObject({ cause: 'restored', missing: [{ log: old, from: 2, to: 3 }] });
    }
    expect(logs.size).toBe(4);
    expect(await home.findings()).toEqual(['renewed']);
  });

  it.each([
    ['others may read its directory', (copies: string) => fs.chmodSync(copies, 0o755)],
    ['its directory is a link', (copies: string) => linkTo(copies)],
  ])('but not a second copy when %s', async (_, spoil) => {
    const copies = path.join(scratch, 'copies');
    const both = home.with({ copies });
    await both.post('makes the copy');
    expect(fs.statSync(copies).mode & 0o777).toBe(0o700);
    spoil(copies);
    const [name = ''] = fs.readdirSync(copies);
    const before = fs.readFileSync(path.join(copies, name));
    expect(await both.post('goes on')).toBe(old);
    expect(fs.readFileSync(path.join(copies, name)).equals(before)).toBe(true);
  });
});

describe('a repository that is carried', () => {
  it('keeps a note on each host, and begins a new log once on each', async () => {
    const office = home.with({ state: path.join(scratch, 'office') });
    const log = await office.post('at the office');
    expect([log === old, (await office.renewed())?.cause]).toEqual([false, 'no-note']);
    for (let i = 0; i < 2; i++) {
      expect(await home.post('at home')).toBe(log);
      expect(await office.post('at the office')).toBe(log);
    }
  });

  it('is noticed when an older copy of it comes back to one of them', async () => {
    const office = home.with({ state: path.join(scratch, 'office'), fileTimes: NO_TIMES });
    const log = await office.post('at the office');
    const backup = path.join(scratch, 'backup');
    system('cp', '-a', home.file(), backup);
    await office.post('after the backup');
    system('rm', '-r', home.file());
    system('cp', '-a', backup, home.file());
    expect(await office.post('restored')).not.toBe(log);
    expect((await office.renewed())?.cause).toBe('restored');
  });
});

describe('a repository of version 0.1', () => {
  /** Its note was replaced at each commit, and the repository knew nothing of it. */
  function asOf01(...lengths: number[]): string {
    const note = path.join(home.state, readSelf(home.directory).epoch);
    const { length, id } = heldOf();
    fs.rmSync(`${note}.note`);
    fs.rmSync(home.file('refs', 'notes.json'));
    fs.writeFileSync(note, lengths.map((one) => `${old} ${one || length} ${id}\n`).join(''));
    return note;
  }

  function heldOf(): { length: number; id: string } {
    const text = fs.readFileSync(path.join(home.state, `${readSelf(home.directory).epoch}.note`), 'latin1');
    const [, length = '', id = ''] = /[0-9a-f]{64} (\d+) ([0-9a-f]{64})/.exec(text) ?? [];
    return { length: Number(length), id };
  }

  it('goes on without an alarm, and has a note of today from then on', async () => {
    const note = asOf01(0);
    expect(await home.post('second')).toBe(old);
    expect(fs.existsSync(note)).toBe(false);
    replaceFiles();
    expect(await home.post('copied later')).not.toBe(old);
  });

  it('is noticed when it is behind its note', async () => {
    asOf01(7);
    expect(await home.post('second')).not.toBe(old);
    expect(await home.renewed()).toMatchObject({ cause: 'restored', missing: [{ log: old, from: 2, to: 7 }] });
  });
});

describe('where no note can be written', () => {
  it('its absence means nothing, and nobody is kept waiting', async () => {
    const nowhere = path.join(scratch, 'a-file');
    fs.writeFileSync(nowhere, '');
    expect(await home.with({ state: nowhere }).post('no note')).toBe(old);
    expect(await home.with({ state: '/proc' }).post('no note')).toBe(old);
    expect(await home.renewed()).toBeNull();
  });

  it('a note that cannot be written on is behind, and accuses nobody', async () => {
    const [name = ''] = fs.readdirSync(home.state);
    const note = path.join(home.state, name);
    const before = fs.readFileSync(note);
    await home.post('second');
    fs.writeFileSync(note, before);
    expect([await home.post('third'), await home.renewed()]).toEqual([old, null]);
  });
});

describe('what is said', () => {
  it('is said once by the command, and by status until the next export', async () => {
    await home.must('contact', 'add', await cardOfBen());
    replaceFiles();
    await home.post('noticed');
    expect(await home.renewed()).toMatchObject({ at: NOW, cause: 'copied', missing: [], exported: false });
    await home.must('export', '-o', path.join(scratch, 'x.satchel'));
    expect(await home.renewed()).toMatchObject({ exported: true });
  });

  it('by export, when it is the first to notice', async () => {
    await home.must('contact', 'add', await cardOfBen());
    replaceFiles();
    const said = JSON.parse(await home.must('export', '-o', path.join(scratch, 'x.satchel')));
    expect(said).toMatchObject({ renewed: true });
    expect(JSON.parse(await home.must('export', '-o', path.join(scratch, 'y.satchel')))).toMatchObject({
      renewed: false,
    });
  });
});

const NO_TIMES = () => ({ birth: 0n, changed: 0n, modified: 0n });

async function cardOfBen(): Promise<string> {
  const ben = await new Home(path.join(scratch, 'ben')).init('Ben');
  return (JSON.parse(await ben.must('whoami')) as { card: string }).card;
}

/** As a program does that brings another machine's newest files: each written anew, under its old name. */
function replaceFiles(): void {
  const copy = path.join(scratch, 'newest');
  system('cp', '-a', home.directory, copy);
  system('rm', '-r', home.directory);
  system('mv', copy, home.directory);
}

function linkTo(directory: string): void {
  fs.renameSync(directory, `${directory}-elsewhere`);
  fs.symlinkSync(`${directory}-elsewhere`, directory);
}
