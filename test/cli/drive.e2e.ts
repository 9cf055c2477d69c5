// The drive commands, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, listedOn } from '../testkit/stick.js';
import { run, runJson } from './program.js';

interface Status {
  readonly drives: readonly {
    readonly label: string;
    readonly present: boolean;
    readonly topics: readonly string[];
    readonly chosen: boolean;
    readonly bundles: readonly { readonly state: string }[];
    readonly people: readonly {
      readonly contact: string | null;
      readonly self: boolean;
      readonly waiting: number;
      readonly lacking: number;
    }[];
  }[];
}

describe('drive', () => {
  it('is made for people and topics, tells what it holds, and is known wherever it is', () => {
    const cwd = scratchDirectory();
    const one = path.join(cwd, 'one');
    const other = path.join(cwd, 'other');
    fs.mkdirSync(one);
    const ben = path.join(cwd, 'ben');
    fs.mkdirSync(ben);
    const { card } = runJson<{ card: string }>(['init', '--name', 'Ben'], { cwd: ben });
    const ana = (...words: string[]) => run(words, { cwd });
    ana('init', '--name', 'Ana', '-q');
    ana('contact', 'add', card, '-q');
    ana('post', '-q', '-t', 'garden', 'for Ben');
    ana('post', '-q', '-t', 'work', 'for others');
    expect(ana('drive', 'init', one, '--for', 'ben', '-t', 'garden', '--label', 'blue').stderr).toContain(
      'satchel sync',
    );
    expect(listedOn(one)).toHaveLength(2);
    const before = runJson<Status>(['drive', 'status', one], { cwd }).drives[0];
    expect(before).toMatchObject({ label: 'blue', chosen: true, bundles: [] });
    expect(before?.people.find(({ contact }) => contact === 'Ben')).toMatchObject({ waiting: 0, lacking: 1 });
    ana('sync', '-q', one);
    fs.renameSync(one, other);
    expect(ana('drive', 'status', 'blue').stdout).toContain('not here; was at');
    const after = runJson<Status>(['drive', 'status', other], { cwd }).drives[0];
    expect(after?.people.find(({ contact }) => contact === 'Ben')).toMatchObject({ waiting: 1, lacking: 0 });
    expect(after?.bundles).toMatchObject([{ state: 'taken' }]);
  });

  it('gets the page for browsers when somebody asks for it, then and later, and not by itself', () => {
    const cwd = scratchDirectory();
    const stick = path.join(cwd, 'stick');
    fs.mkdirSync(stick);
    run(['init', '--name', 'Ana', '-q'], { cwd });
    const page = path.join(stick, 'satchel/reader.html');
    expect(runJson(['drive', 'init', stick], { cwd })).toMatchObject({ created: true, reader: false });
    expect(fs.existsSync(page)).toBe(false);
    expect(runJson(['drive', 'init', stick, '--reader'], { cwd })).toMatchObject({ created: false, reader: true });
    expect(fs.readFileSync(page, 'utf8')).toBe(fs.readFileSync('dist/reader.html', 'utf8'));
    expect(fs.readFileSync(path.join(stick, 'satchel/README.txt'), 'utf8')).toContain('type no passphrase or key');
    // a marker that is lost is made anew beside it
    fs.writeFileSync(path.join(stick, 'satchel/drive.json'), '');
    expect(runJson(['drive', 'init', stick], { cwd })).toMatchObject({ created: true });
    expect(fs.existsSync(page)).toBe(true);
  });

  it('takes other topics, loses people, is tidied and forgotten when it is said', () => {
    const cwd = scratchDirectory();
    const stick = path.join(cwd, 'stick');
    fs.mkdirSync(stick);
    const ben = path.join(cwd, 'ben');
    fs.mkdirSync(ben);
    const { card } = runJson<{ card: string }>(['init', '--name', 'Ben'], { cwd: ben });
    const ana = (...words: string[]) => run(words, { cwd });
    ana('init', '--name', 'Ana', '-q');
    ana('contact', 'add', card, '-q');
    ana('post', '-q', '-t', 'garden', 'one');
    ana('drive', 'init', '-q', stick, '--for', 'ben');
    expect(ana('drive', 'topics', 'stick', 'nowhere')).toMatchObject({ status: 15 });
    expect(ana('drive', 'topics', 'stick', 'garden').stdout).toBe('on stick travel "garden"\n');
    expect(ana('drive', 'topics', 'stick', '--all').stdout).toContain('all that you are in or carry');
    ana('sync', '-q', stick);
    expect(ana('drive', 'tidy', stick, '--dry-run').stdout).toBe('stick: nothing may go\n');
    expect(ana('drive', 'drop', stick, 'nobody').status).toBe(15);
    expect(ana('drive', 'drop', stick, 'ben').status).toBe(0);
    expect(listedOn(stick)).toHaveLength(1);
    expect(bundlesOn(stick)).toHaveLength(1);
  });

  it('is made of nothing that is something else, and of no drive twice', () => {
    const cwd = scratchDirectory();
    const stick = path.join(cwd, 'stick');
    const home = path.join(cwd, 'sources');
    fs.mkdirSync(path.join(home, 'satchel', 'src'), { recursive: true });
    fs.mkdirSync(stick);
    const ana = (...words: string[]) => run(words, { cwd });
    ana('init', '--name', 'Ana', '-q');
    expect(ana('drive', 'init', home)).toMatchObject({ status: 2, stderr: expect.stringContaining('holds src') });
    expect(fs.readdirSync(path.join(home, 'satchel'))).toEqual(['src']);
    expect(ana('drive', 'init', path.join(cwd, 'gone')).status).toBe(30);
    const made = runJson<{ drive: string; created: boolean }>(['drive', 'init', stick], { cwd });
    expect(runJson(['drive', 'init', stick], { cwd })).toMatchObject({ drive: made.drive, created: false });
    expect(ana('drive', 'init', stick, '--label', 'green').status).toBe(2);
    expect(ana('drive', 'list').stdout).toContain('not visited yet');
    expect(ana('drive', 'forget', made.drive.slice(0, 8)).status).toBe(0);
    expect(runJson(['drive', 'list'], { cwd })).toEqual({ drives: [] });
  });

  it('shows nothing as it is that a stranger called its files', () => {
    const cwd = scratchDirectory();
    const stick = path.join(cwd, 'stick');
    fs.mkdirSync(stick);
    run(['init', '--name', 'Ana', '-q'], { cwd });
    run(['drive', 'init', '-q', stick], { cwd });
    const name = 'x\u001b[2J\u202e\u0007\r\nsatchel: error.satchel';
    fs.writeFileSync(path.join(stick, 'satchel', name), Buffer.alloc(70_000, 1));
    fs.utimesSync(path.join(stick, 'satchel', name), new Date(0), new Date(0));
    for (const words of [
      ['sync', stick],
      ['sync', '--json', stick],
      ['drive', 'status'],
      ['drive', 'tidy', '--damaged', stick],
    ]) {
      const { stdout, stderr } = run(words, { cwd });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(`${stdout}${stderr}`, words.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
      expect(`${stdout}${stderr}`.split('\n').filter((line) => line.startsWith('satchel: error.'))).toEqual([]);
    }
    expect(bundlesOn(stick)).toEqual([]);
  });

  it('names only some of very many files that are no good, and counts the others', () => {
    const cwd = scratchDirectory();
    const stick = path.join(cwd, 'stick');
    fs.mkdirSync(stick);
    run(['init', '--name', 'Ana', '-q'], { cwd });
    run(['drive', 'init', '-q', stick], { cwd });
    for (let i = 0; i < 50; i++) {
      const file = path.join(stick, 'satchel', `junk-${i}.satchel`);
      fs.writeFileSync(file, Buffer.alloc(70_000, i));
      fs.utimesSync(file, new Date(0), new Date(0));
    }
    const { status, stderr } = run(['sync', '-q', '--import-only', stick], { cwd });
    expect(status).toBe(3);
    expect(stderr.match(/satchel: error: .*junk-/g)).toHaveLength(20);
    expect(stderr).toContain('satchel: error: 30 more files could not be taken');
    expect(run(['sync', '-q', '--import-only', stick], { cwd })).toMatchObject({ status: 0, stderr: '' });
  });
});
