// Files that messages bring, with the built program: posted, shown, and saved, also from those who mean harm.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CHUNK_MAX } from '../../src/format/limits.js';
import { storeBlob } from '../../src/repository/store/store-blob.js';
import { documents } from '../testkit/documents.js';
import { makeFifo } from '../testkit/fifo.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { environment, PROGRAM, run, runJson } from './program.js';

interface Shown {
  readonly id: string;
  readonly text: string | null;
  readonly attachments: readonly { name: string; size: number; mediaType: string; state: string; root: string }[];
}

let cwd: string;
beforeEach(() => {
  cwd = scratchDirectory();
});

function file(name: string, bytes: Buffer | string = name): string {
  fs.writeFileSync(path.join(cwd, name), bytes);
  return name;
}

/** A repository of Ana's, and the id of a message of hers in the garden with these files. */
function posted(...files: readonly string[]): string {
  if (!fs.existsSync(path.join(cwd, 'ana'))) run(['-C', 'ana', 'init', '--name', 'Ana', '-q'], { cwd });
  const attach = files.flatMap((one) => ['--attach', one]);
  return runJson<{ id: string }>(['-C', 'ana', 'post', '-t', 'garden', ...attach], { cwd }).id;
}

/** So many bytes of which no chunk equals another. */
function bytesOf(size: number): Buffer {
  const bytes = Buffer.alloc(size, 'satchel');
  for (let at = 0; at < size; at += CHUNK_MAX) bytes.writeUInt32BE(at / CHUNK_MAX, at);
  return bytes;
}

describe('post --attach', () => {
  it('brings files along, which get saves as they were', () => {
    const photo = bytesOf(3 * CHUNK_MAX + 7);
    const id = posted(file('photo.jpg', photo), file('empty', ''));
    const shown = run(['-C', 'ana', 'show', id], { cwd }).stdout;
    expect(shown).toContain('attached   photo.jpg (3.0 MiB, image/jpeg), here\n           empty (0 bytes), here');
    fs.mkdirSync(path.join(cwd, 'out'));
    const saved = run(['-C', 'ana', 'get', id, '-o', 'out'], { cwd });
    expect(saved).toEqual({
      status: 0,
      stdout: 'saved out/photo.jpg, 3.0 MiB\nsaved out/empty, 0 bytes\n',
      stderr: '',
    });
    expect(fs.readFileSync(path.join(cwd, 'out/photo.jpg')).equals(photo)).toBe(true);
    expect(fs.readdirSync(path.join(cwd, 'out')).sort()).toEqual(['empty', 'photo.jpg']);
    expect(run(['-C', 'ana', 'check', '--all'], { cwd })).toMatchObject({ status: 0 });
  });

  it('goes with a text, an answer and an expiry', () => {
    const first = posted(file('a.txt'));
    run(['-C', 'ana', 'post', '--reply', first, '--expire', '7d', 'with a text', '--attach', 'a.txt'], { cwd });
    const [one, two] = documents<Shown & { reply: string }>(run(['-C', 'ana', 'read', '--json'], { cwd }).stdout);
    expect(one).toMatchObject({ id: first, text: null, attachments: [{ name: 'a.txt', mediaType: 'text/plain' }] });
    expect(two).toMatchObject({ reply: first, text: 'with a text', attachments: [{ size: 5, state: 'complete' }] });
  });

  it('follows a link of the user, and takes the name that was given', () => {
    file('plan v2.pdf');
    fs.symlinkSync('plan v2.pdf', path.join(cwd, 'plan.pdf'));
    expect(look(posted('plan.pdf')).attachments).toMatchObject([{ name: 'plan.pdf', size: 11 }]);
  });

  it.each<[string, string, string, (name: string) => void]>([
    ['a directory', 'not-a-file', 'dir', (name) => fs.mkdirSync(path.join(cwd, name))],
    ['a pipe', 'not-a-file', 'pipe', (name) => void makeFifo(path.join(cwd, name))],
    ['a device', 'not-a-file', '/dev/zero', () => {}],
    ['nothing', 'io', 'nothing', () => {}],
    [
      'more than an attachment holds',
      'too-large',
      'big',
      (name) => {
        file(name, '');
        fs.truncateSync(path.join(cwd, name), 32_767 * CHUNK_MAX + 1);
      },
    ],
    ['what says it is empty and is not', 'changed', '/proc/self/stat', () => {}],
  ])('refuses %s, and posts nothing', (_what, code, name, make) => {
    posted(file('a'));
    make(name);
    const refused = run(['-C', 'ana', 'post', 'text', '--attach', 'a', '--attach', name, '--json'], { cwd });
    expect(JSON.parse(refused.stderr)).toMatchObject({ code });
    expect(documents(run(['-C', 'ana', 'read', '--json'], { cwd }).stdout)).toHaveLength(1);
  });

  it('refuses more than eight, and --lines', () => {
    posted(file('a'));
    const nine = Array.from({ length: 9 }, () => ['--attach', 'a']).flat();
    expect(run(['-C', 'ana', 'post', ...nine], { cwd })).toMatchObject({ status: 2 });
    expect(run(['-C', 'ana', 'post', '--lines', '--attach', 'a'], { cwd })).toMatchObject({ status: 2 });
  });

  it('is told by objects of --ndjson, and a bad file refuses its line alone', () => {
    posted(file('a.txt'));
    const input = [
      { text: 'with a', attach: ['a.txt'], key: '1' },
      { attach: ['nothing'], key: '2' },
      { attach: ['a.txt', 'a.txt'], key: '3' },
    ];
    const stream = input.map((one) => JSON.stringify(one)).join('\n');
    const args = ['-C', 'ana', 'post', '--ndjson', '--json'];
    const first = run(args, { cwd, input: stream });
    expect(first.status).toBe(3);
    expect(JSON.parse(first.stderr)).toMatchObject({ code: 'io', message: expect.stringContaining('line 2') });
    expect(documents(first.stdout)).toMatchObject([{ key: '1', attachments: [{ name: 'a.txt' }] }, { key: '3' }]);
    fs.rmSync(path.join(cwd, 'a.txt'));
    // what was posted under its key needs its files no more
    const again = run(args, { cwd, input: stream });
    expect(documents(again.stdout)).toMatchObject([
      { key: '1', known: true },
      { key: '3', known: true },
    ]);
  });

  it('killed while it stores, leaves nothing but chunks that gc removes in time', async () => {
    posted(file('a'));
    file('big', bytesOf(192 * CHUNK_MAX));
    const blobs = path.join(cwd, 'ana/.satchel/objects/blobs');
    const before = stored(blobs).length;
    const post = start('-C', 'ana', 'post', '--attach', 'big');
    const ended = once(post, 'exit');
    while (stored(blobs).length < before + 3 && post.exitCode === null) await new Promise(setImmediate);
    post.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(documents(run(['-C', 'ana', 'read', '--json'], { cwd }).stdout)).toHaveLength(1);
    expect(run(['-C', 'ana', 'check', '--all'], { cwd })).toMatchObject({ status: 0 });
    expect(runJson(['-C', 'ana', 'gc'], { cwd })).toMatchObject({ chunksRemoved: 0 });
    for (const one of [...stored(blobs), ...unfinished(blobs)]) fs.utimesSync(one, 0, 0);
    const swept = runJson<{ chunksRemoved: number }>(['-C', 'ana', 'gc'], { cwd });
    expect(swept.chunksRemoved).toBeGreaterThanOrEqual(3);
    expect([stored(blobs).length, unfinished(blobs).length]).toEqual([before, 0]);
    expect(look(posted('big')).attachments).toMatchObject([{ state: 'complete' }]);
  });
});

describe('get', () => {
  it('writes one file to standard output, and one under another name', () => {
    const id = posted(file('a.txt'), file('b.txt'));
    expect(run(['-C', 'ana', 'get', id, '--attachment', '2', '-o', '-'], { cwd }).stdout).toBe('b.txt');
    expect(run(['-C', 'ana', 'get', id, '-o', '-'], { cwd })).toMatchObject({ status: 2 });
    expect(run(['-C', 'ana', 'get', id, '-o', 'c.txt'], { cwd })).toMatchObject({ status: 2 });
    expect(run(['-C', 'ana', 'get', id, '--attachment', '1', '-o', 'c.txt'], { cwd })).toMatchObject({ status: 0 });
    expect(fs.readFileSync(path.join(cwd, 'c.txt'), 'utf8')).toBe('a.txt');
    for (const number of ['0', '3']) {
      expect(run(['-C', 'ana', 'get', id, '--attachment', number], { cwd })).toMatchObject({ status: 15 });
    }
  });

  it('does nothing twice', () => {
    const id = posted(file('a.txt'));
    fs.mkdirSync(path.join(cwd, 'out'));
    for (const known of [false, true]) {
      expect(runJson(['-C', 'ana', 'get', id, '-o', 'out'], { cwd })).toMatchObject({ file: 'out/a.txt', known });
    }
    expect(fs.readdirSync(path.join(cwd, 'out'))).toEqual(['a.txt']);
  });

  it.each([
    ['a message without files', ['post', 'hello'], 'brings no files'],
    ['one that was taken back', ['post', '--attach', 'a'], '(retracted)'],
  ])('finds none in %s', (_what, args, words) => {
    posted(file('a'));
    const { id } = runJson<{ id: string }>(['-C', 'ana', ...args], { cwd });
    if (words === '(retracted)') run(['-C', 'ana', 'retract', id], { cwd });
    const ended = run(['-C', 'ana', 'get', id], { cwd });
    expect(ended).toMatchObject({ status: 15, stderr: expect.stringContaining(words) });
  });

  it('saves nothing of a file with a chunk that is missing or damaged', () => {
    const id = posted(file('big', bytesOf(3 * CHUNK_MAX)), file('a'));
    const [last] = stored(path.join(cwd, 'ana/.satchel/objects/blobs')).filter((one) => isChunk(one, 2));
    fs.writeFileSync(last ?? '', 'rotten'.padEnd(CHUNK_MAX));
    fs.mkdirSync(path.join(cwd, 'out'));
    const get = ['-C', 'ana', 'get', id, '-o', 'out'];
    expect(run([...get, '--attachment', '1'], { cwd })).toMatchObject({ status: 12 });
    expect(run([...get, '--attachment', '1', '-o', '-'], { cwd })).toMatchObject({ status: 2 });
    expect(run(['-C', 'ana', 'get', id, '--attachment', '1', '-o', '-'], { cwd })).toMatchObject({
      status: 12,
      stdout: '',
    });
    expect(fs.readdirSync(path.join(cwd, 'out'))).toEqual([]);
    const both = run(get, { cwd });
    expect(both).toMatchObject({ status: 12, stdout: 'saved out/a, 1 byte\n' });
    expect(both.stderr).toContain('satchel: not saved: big, ');
    fs.rmSync(path.join(cwd, 'out/a'));
    expect(run(['-C', 'ana', 'check', '--all'], { cwd })).toMatchObject({ status: 12 });
    const ended = run([...get, '--attachment', '1', '--json'], { cwd });
    expect(ended.status).toBe(3);
    expect(JSON.parse(ended.stderr)).toMatchObject({ code: 'incomplete', message: expect.stringContaining('2 of 3') });
    expect(run(get, { cwd })).toMatchObject({ status: 3, stdout: 'saved out/a, 1 byte\n' });
    expect(fs.readdirSync(path.join(cwd, 'out'))).toEqual(['a']);
    expect(run(['-C', 'ana', 'status'], { cwd }).stdout).toContain('1 of 2 attachments still to come, 1.0 MiB');
    posted('big');
    expect(run(get, { cwd })).toMatchObject({ status: 0 });
  });
});

describe('a signal', () => {
  it('ends get without leaving anything', async () => {
    const id = posted(file('big', bytesOf(192 * CHUNK_MAX)));
    fs.mkdirSync(path.join(cwd, 'out'));
    const get = start('-C', 'ana', 'get', id, '-o', 'out');
    const ended = once(get, 'exit');
    while (everything(path.join(cwd, 'out')).length === 0 && get.exitCode === null) await new Promise(setImmediate);
    get.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(everything(path.join(cwd, 'out'))).toEqual([]);
  });

  it('ends --ndjson before the file in work, and commits what came before', async () => {
    posted(file('a'));
    file('big', bytesOf(192 * CHUNK_MAX));
    const blobs = path.join(cwd, 'ana/.satchel/objects/blobs');
    const before = stored(blobs).length;
    const post = start('-C', 'ana', 'post', '--ndjson', '--json');
    post.stdin?.write('{"text":"before"}\n{"text":"big","attach":["big"]}\n{"text":"after"}\n');
    const ended = once(post, 'exit');
    while (stored(blobs).length < before + 3 && post.exitCode === null) await new Promise(setImmediate);
    post.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
    const read = documents<Shown>(run(['-C', 'ana', 'read', '--json'], { cwd }).stdout);
    expect(read.map(({ text }) => text)).toEqual([null, 'before']);
  });
});

describe('a stranger who names files to do harm', () => {
  let eve: Replica;
  beforeEach(async () => {
    eve = await Replica.create('eve', cwd);
    fs.mkdirSync(path.join(cwd, 'in/deep'), { recursive: true });
  });

  async function harm(...names: readonly string[]): Promise<string> {
    const attachments = names.map((name) => {
      const bytes = Buffer.from(name);
      const read = (at: number, length: number) => bytes.subarray(at, at + length);
      return { ...storeBlob(eve.repository.blobs, { size: bytes.length, read }), name, mediaType: '' };
    });
    const [message] = await eve.post('t', { body: 'look', attachments });
    return message?.id ?? '';
  }

  it('writes nowhere but into the folder', async () => {
    const names = ['../../x', 'CON', 'a/b', '.bashrc', '/etc/x', 'a\u202eb', `${'x'.repeat(251)}.jpg`, '..'];
    const before = everything(cwd);
    const ended = run(['-C', 'eve', 'get', await harm(...names), '-o', 'in/deep'], { cwd });
    expect(ended.status).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(ended.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
    const after = everything(cwd).filter((name) => !before.includes(name) && !name.startsWith('eve'));
    expect(after).toEqual(
      ['_CON', '___.._x', '_bashrc', '_etc_x', 'a_b', 'a_b (2)', 'attachment', `${'x'.repeat(196)}.jpg`].map((name) =>
        path.join('in/deep', name),
      ),
    );
    expect(fs.readFileSync(path.join(cwd, 'in/deep/___.._x'), 'utf8')).toBe('../../x');
  });

  it('gets through no link that lies there', async () => {
    for (const [name, target] of [
      ['x', '../target'],
      ['y', '../../nowhere'],
    ] as const) {
      fs.symlinkSync(target, path.join(cwd, 'in/deep', name));
    }
    file('in/target', 'mine');
    run(['-C', 'eve', 'get', await harm('x', 'y'), '-o', 'in/deep'], { cwd });
    expect(fs.readFileSync(path.join(cwd, 'in/target'), 'utf8')).toBe('mine');
    expect(fs.readdirSync(path.join(cwd, 'in/deep')).sort()).toEqual(['x', 'x (2)', 'y', 'y (2)']);
    expect(fs.existsSync(path.join(cwd, 'nowhere'))).toBe(false);
  });

  it('is told from one who says what is right', async () => {
    const bytes = Buffer.from('true');
    const blob = storeBlob(eve.repository.blobs, { size: 4, read: (at, length) => bytes.subarray(at, at + length) });
    const attachments = [{ ...blob, name: 'x', mediaType: '' }];
    const [lie] = await eve.post('t', { body: 'x', attachments });
    expect(run(['-C', 'eve', 'get', lie?.id ?? '', '-o', 'in'], { cwd })).toMatchObject({ status: 0 });
    // a size that is not that of the list cannot be posted by us, but by others
    const meta = { blobs: [{ root: blob.root, size: 5 }] };
    const [other] = await eve.post('t', { body: 'x', meta });
    expect(run(['-C', 'eve', 'get', other?.id ?? '', '-o', 'in'], { cwd })).toMatchObject({ status: 15 });
    expect(run(['-C', 'eve', 'status', '--json'], { cwd }).stdout).toContain('"files":1,"missing":0');
  });
});

function start(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: environment(cwd),
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

function look(id: string): Shown {
  return runJson<Shown>(['-C', 'ana', 'show', id], { cwd });
}

/** The stored chunks and lists. */
function stored(directory: string): string[] {
  return everything(directory)
    .filter((name) => /^[0-9a-f]{2}.[0-9a-f]{62}$/.test(name))
    .map((name) => path.join(directory, name));
}

function unfinished(directory: string): string[] {
  return everything(directory)
    .filter((name) => name.startsWith('new'))
    .map((name) => path.join(directory, name));
}

/** All files and links below the directory, sorted. */
function everything(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

function isChunk(name: string, number: number): boolean {
  const bytes = fs.readFileSync(name);
  return bytes.length === CHUNK_MAX && bytes.readUInt32BE(0) === number;
}
