// "wipe" removes a repository, its keys first, and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Disk, nodeDisk, useDisk } from '../../../../../src/repository/disk.js';
import { type EndedHere, type HereOptions, runFor } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { wrapDisk } from '../../../../testkit/wrapped-disk.js';

let parent: string;
let ana: Replica;
let root: string;

beforeEach(async () => {
  parent = scratchDirectory();
  ana = await Replica.create('ana', parent);
  await ana.post('t', 'a secret');
  root = path.join(ana.directory, '.satchel');
});

function run(argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  return runFor(ana, argv, options);
}

function wipeAt(directory: string): Promise<EndedHere> {
  return runFor({ directory, stateDirectory: ana.stateDirectory, now: ana.now }, ['wipe', '--yes']);
}

async function onDisk<T>(disk: Disk, work: () => Promise<T>): Promise<T> {
  const restore = useDisk(disk);
  try {
    return await work();
  } finally {
    restore();
  }
}

/** Paths of files in the order in which they go, below the scratch directory. */
async function removedBy(work: () => Promise<unknown>): Promise<string[]> {
  const removed: string[] = [];
  const noting = wrapDisk(nodeDisk, (call, make) => {
    if (call.name === 'remove') removed.push(path.relative(parent, String(call.args[0])));
    return make(...call.args);
  });
  await onDisk(noting, work);
  return removed;
}

/** Everything below a directory that is a file. */
function filesBelow(directory: string): string[] {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => fs.lstatSync(path.join(directory, name)).isFile());
}

describe('wipe', () => {
  it('removes all there is, keys first, then notes outside, and says what it can not reach', async () => {
    const note = path.join(ana.stateDirectory, fs.readdirSync(ana.stateDirectory)[0] ?? '');
    fs.writeFileSync(path.join(ana.stateDirectory, `${'9'.repeat(32)}.note`), "somebody else's");
    const removed = await removedBy(async () => {
      const ended = await run(['wipe', '--yes'], { people: 'pipe' });
      expect(ended).toMatchObject({ exit: 0, stdout: expect.stringContaining('keys first, 1 note outside') });
      expect(ended.stderr).toMatch(/Flash disks[\s\S]*swap[\s\S]*Backups[\s\S]*passphrase/);
    });
    expect(fs.existsSync(root)).toBe(false);
    expect(fs.existsSync(note)).toBe(false);
    expect(filesBelow(ana.directory)).toEqual([`state/${'9'.repeat(32)}.note`]);
    const kinds = removed.map((file) => (file.includes('/keys/') ? 'key' : file.endsWith('.note') ? 'note' : 'rest'));
    expect(kinds.indexOf('rest')).toBeGreaterThan(kinds.lastIndexOf('note'));
    expect(kinds.indexOf('note')).toBeGreaterThan(kinds.lastIndexOf('key'));
    expect(kinds[0]).toBe('key');
    expect(await run(['whoami'])).toMatchObject({ exit: 10 });
  });

  it('overwrites each file before it removes it', async () => {
    const left: string[] = [];
    const looking = wrapDisk(nodeDisk, (call, make) => {
      const [file] = call.args;
      if (call.name === 'remove' && fs.existsSync(String(file)) && !String(file).endsWith('lock'))
        if (fs.readFileSync(String(file)).some((byte) => byte !== 0)) left.push(String(file));
      return make(...call.args);
    });
    await onDisk(looking, () => run(['wipe', '--yes']));
    expect(left).toEqual([]);
    expect(fs.existsSync(root)).toBe(false);
  });

  it('changes nothing that lies elsewhere, whatever leads there', async () => {
    const outside = path.join(parent, 'outside');
    fs.mkdirSync(outside);
    fs.writeFileSync(path.join(outside, 'letter'), 'dear Ana');
    fs.symlinkSync(path.join(outside, 'letter'), path.join(root, 'keys', 'link'));
    fs.symlinkSync(outside, path.join(root, 'hooks'));
    // a backup by hard links
    fs.linkSync(path.join(root, 'refs', 'self.json'), path.join(outside, 'self.json'));
    const before = fs.readFileSync(path.join(outside, 'self.json'));
    expect(JSON.parse((await run(['wipe', '--yes'])).stdout)).toMatchObject({
      directory: ana.directory,
      notes: 1,
      notOverwritten: 1,
    });
    expect(fs.readdirSync(outside).sort()).toEqual(['letter', 'self.json']);
    expect(fs.readFileSync(path.join(outside, 'letter'), 'utf8')).toBe('dear Ana');
    expect(fs.readFileSync(path.join(outside, 'self.json')).equals(before)).toBe(true);
    expect(fs.existsSync(root)).toBe(false);
  });

  it('asks, and takes no for an answer', async () => {
    expect(await run(['wipe'])).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') });
    expect(await run(['wipe'], { people: 'pipe', answer: () => 'n' })).toMatchObject({ exit: 2 });
    expect(ana.reopen().texts('t')).toEqual(['a secret']);
    expect(await run(['wipe'], { people: 'pipe', answer: () => 'y' })).toMatchObject({ exit: 0 });
    expect(fs.existsSync(root)).toBe(false);
  });

  it('is finished by the next one when it was cut off, and until then every command says so', async () => {
    const failing = wrapDisk(nodeDisk, (call, make) => {
      if (call.name === 'removeTree' && String(call.args[0]).endsWith('refs')) throw new Error('cut off');
      return make(...call.args);
    });
    await expect(onDisk(failing, () => run(['wipe', '--yes']))).resolves.toMatchObject({ exit: 1 });
    expect(fs.existsSync(path.join(root, 'keys'))).toBe(false);
    for (const words of [['status'], ['read'], ['check'], ['repair', '--yes'], ['whoami'], ['post', 'x'], ['backup']]) {
      const ended = await run(words);
      expect(ended, words.join(' ')).toMatchObject({ exit: 10, stderr: expect.stringContaining('satchel wipe --yes') });
    }
    expect(await run(['init', '--name', 'Ana'])).toMatchObject({ exit: 10 });
    expect(await run(['wipe', '--yes'])).toMatchObject({ exit: 0 });
    expect(fs.existsSync(root)).toBe(false);
  });

  it('wipes what is damaged, too', async () => {
    fs.rmSync(path.join(root, 'format'));
    fs.writeFileSync(path.join(root, 'refs', 'self.json'), 'rotten');
    expect(await run(['wipe', '--yes'])).toMatchObject({ exit: 0 });
    expect(fs.existsSync(root)).toBe(false);
  });

  it('refuses what is no repository, and a link to one', async () => {
    const elsewhere = path.join(parent, 'elsewhere');
    fs.mkdirSync(path.join(elsewhere, '.satchel'), { recursive: true });
    fs.writeFileSync(path.join(elsewhere, '.satchel', 'letter'), 'dear Ana');
    for (const place of [elsewhere, path.join(parent, 'nowhere')])
      expect(await wipeAt(place)).toMatchObject({ exit: 10 });
    expect(fs.readFileSync(path.join(elsewhere, '.satchel', 'letter'), 'utf8')).toBe('dear Ana');
    const linked = path.join(parent, 'linked');
    fs.mkdirSync(linked);
    fs.symlinkSync(root, path.join(linked, '.satchel'));
    expect(await wipeAt(linked)).toMatchObject({ exit: 30 });
    expect(ana.reopen().texts('t')).toEqual(['a secret']);
  });
});
