// Writing and reading messages, with the built program.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documents } from '../testkit/documents.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { type Ended, environment, PROGRAM, run, runJson } from './program.js';

interface Posted {
  readonly id: string;
  readonly log: string;
  readonly seq: number;
  readonly topic: string;
  readonly topicId: string;
  readonly key?: string;
  readonly known?: boolean;
}

function lines<T>({ stdout }: Ended): T[] {
  return documents<T>(stdout);
}

function repository(): string {
  const cwd = scratchDirectory();
  run(['init', '--name', 'Ana', '-q'], { cwd });
  return cwd;
}

describe('post', () => {
  it('joins a topic at its first use, and says who can read along', () => {
    const cwd = repository();
    const none = run(['post', 'hello'], { cwd });
    expect(none).toMatchObject({ status: 2, stdout: '' });
    expect(none.stderr).toMatch(/no topic is current\n.*satchel post -t NAME/);
    const first = run(['post', '-t', 'garden', 'The', 'beans', 'are up'], { cwd });
    expect(first.stdout).toMatch(/^posted [0-9a-f]{10} to garden\n$/);
    expect(first.stderr).toContain('open to anyone who knows this name');
    expect(first.stderr).toContain('only your contacts can read what you export');
    const posted = runJson<Posted>(['post', 'again'], { cwd });
    expect(Object.keys(posted)).toEqual(['id', 'log', 'seq', 'topic', 'topicId']);
    expect(run(['post', '-q', '-t', 'garden', 'quiet'], { cwd })).toEqual({ status: 0, stdout: '', stderr: '' });
    const read = lines<Record<string, unknown>>(run(['read', '--json'], { cwd }));
    expect(read.map(({ text }) => text)).toEqual(['The beans are up', 'again', 'quiet']);
    expect(read[1]).toMatchObject({ ...posted, reply: null, deps: [], gap: false });
    expect(read[1]?.['author']).toMatchObject({ name: 'Ana', contact: null });
  });

  it('takes text from files and standard input, and answers by the beginning of an id', () => {
    const cwd = repository();
    fs.writeFileSync(path.join(cwd, 'note.txt'), '\ufeffLine one\nLine two\n');
    const { id } = runJson<Posted>(['post', '-t', 'garden', '--file', 'note.txt'], { cwd });
    run(['post', '-t', 'shed', 'elsewhere'], { cwd });
    const answer = runJson<Posted>(['post', '--reply', id.slice(0, 12), '-'], { cwd, input: 'from a pipe\r\n' });
    expect(answer.topic).toBe('garden');
    const read = lines<{ text: string; reply: string | null }>(run(['read', '-t', 'garden', '--json'], { cwd }));
    expect(read).toMatchObject([
      { text: 'Line one\nLine two', reply: null },
      { text: 'from a pipe', reply: id },
    ]);
    expect(run(['post', '-t', 'shed', '--reply', id, 'wrong'], { cwd })).toMatchObject({ status: 2 });
    expect(run(['post', '--reply', '00000000', 'nobody'], { cwd })).toMatchObject({ status: 15 });
    expect(run(['post', '-t', 'garden', '-'], { cwd, input: 'x'.repeat(65_537) })).toMatchObject({ status: 2 });
    expect(run(['post', '-t', 'garden', '-'], { cwd, input: Buffer.from([0xff, 0xfe, 0]) })).toMatchObject({
      status: 2,
    });
    expect(run(['post', '-t', 'garden'], { cwd })).toMatchObject({ status: 2 });
  });

  it('posts lines, and reports a line that is none without stopping', () => {
    const cwd = repository();
    const input = `one\n\n${'x'.repeat(70_000)}\ntwo\r\nthree`;
    const ended = run(['post', '-t', 'log', '--lines', '--json'], { cwd, input });
    expect(ended.status).toBe(3);
    expect(JSON.parse(ended.stderr)).toMatchObject({ type: 'error', code: 'too-large' });
    expect(ended.stderr).toContain('line 3');
    expect(lines<Posted>(ended).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(run(['read'], { cwd }).stdout).toMatch(/one\n.*two\n.*three\n$/);
    for (const words of [
      ['--lines', 'text'],
      ['--lines', '--ndjson'],
      ['--lines', '--reply', '1234'],
    ]) {
      expect(run(['post', '-t', 'log', ...words], { cwd })).toMatchObject({ status: 2 });
    }
  });

  it('posts objects, each key once', () => {
    const cwd = repository();
    const input = '{"text":"a","key":"1"}\n{"text":"b","key":"2","reply":"1","type":"note"}\nnonsense\n';
    const first = run(['post', '-t', 'bot', '--ndjson', '--json'], { cwd, input });
    expect(first.status).toBe(3);
    const again = run(['post', '-t', 'bot', '--ndjson', '--json'], { cwd, input });
    const posted = lines<Posted>(first);
    expect(lines<Posted>(again)).toEqual(posted.map((one) => ({ ...one, known: true })));
    const read = lines<{ text: string; reply: string | null; type: string }>(run(['read', '--json'], { cwd }));
    expect(read).toMatchObject([
      { text: 'a', type: 'text' },
      { text: 'b', type: 'note', reply: posted[0]?.id },
    ]);
  });
});

describe('a redirected file', () => {
  it('is posted from where it stands, in whatever pieces it is read', () => {
    const cwd = repository();
    const file = path.join(cwd, 'lines.txt');
    const rest = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(60_000)}`);
    fs.writeFileSync(file, ['read by others', ...rest].join('\n'));
    const fd = fs.openSync(file, 'r');
    fs.readSync(fd, Buffer.alloc('read by others\n'.length));
    const words = [PROGRAM, 'post', '-t', 'log', '--lines', '--json'];
    const { status } = spawnSync(process.execPath, words, {
      cwd,
      env: environment(cwd),
      stdio: [fd, 'ignore', 'ignore'],
    });
    fs.closeSync(fd);
    expect(status).toBe(0);
    const read = lines<{ text: string }>(run(['read', '-n', '30', '--json'], { cwd }));
    expect(read.map(({ text }) => text)).toEqual(rest);
  });
});

describe('a live pipe', () => {
  it('is committed while it stays open, and ends with a signal', async () => {
    const cwd = repository();
    const child = start(['post', '-t', 'log', '--lines', '--json'], cwd);
    child.stdin?.write('one\ntwo\nhalf a li');
    const [report] = (await once(child.stdout ?? child, 'data')) as [string];
    expect(report.trim().split('\n')).toHaveLength(2);
    expect(lines(run(['read', '-t', 'log', '--json'], { cwd }))).toHaveLength(2);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    expect(lines(run(['read', '-t', 'log', '--json'], { cwd }))).toHaveLength(2);
  });

  it('is followed by a reader', async () => {
    const cwd = repository();
    run(['post', '-t', 'log', 'before'], { cwd });
    const child = start(['read', '--follow', '--json'], cwd);
    await once(child.stdout ?? child, 'data');
    run(['post', '-t', 'other', 'not here'], { cwd });
    run(['post', '-t', 'log', 'after'], { cwd });
    const [news] = (await once(child.stdout ?? child, 'data')) as [string];
    expect(JSON.parse(news)).toMatchObject({ text: 'after' });
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
  });
});

describe('a report that finds no room', () => {
  it('is no reason to post a second time', () => {
    const cwd = repository();
    const full = fs.openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'post', '-t', 'garden', 'once'], {
      cwd,
      env: environment(cwd),
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    fs.closeSync(full);
    expect(status).toBe(31);
    expect(stderr).toContain('satchel: error: no space left while writing the output');
    expect(stderr).toContain('look before you run it again');
    expect(run(['read', '-t', 'garden', '--json'], { cwd }).stdout.match(/"once"/g)).toHaveLength(1);
  });
});

describe('one message', () => {
  let cwd: string;
  let id: string;
  beforeAll(() => {
    cwd = fs.mkdtempSync(path.join(scratchRoot(), 'satchel-one-'));
    run(['init', '--name', 'Ana', '-q'], { cwd });
    ({ id } = runJson<Posted>(['post', '-t', 'garden', '--expire', '7d', 'over\u001b[2J soon'], { cwd }));
    return () => fs.rmSync(cwd, { recursive: true, force: true });
  });

  it('is shown with everything about it, harmless', () => {
    const shown = run(['show', id.slice(0, 8)], { cwd });
    expect(shown.stdout).toContain(id);
    expect(shown.stdout).toContain('over\\x1b[2J soon');
    expect(shown.stdout).toMatch(/expires +\d{4}-\d\d-\d\d\n/);
    expect(runJson(['show', id], { cwd })).toMatchObject({ id, seq: 1, own: true, heldBy: [], state: 'shown' });
    expect(run(['show', 'abcdef0123'], { cwd })).toMatchObject({ status: 15 });
    expect(run(['show', 'abc'], { cwd })).toMatchObject({ status: 2 });
  });

  it('is hidden, shown again and retracted', () => {
    expect(runJson(['hide', id.slice(0, 8)], { cwd })).toEqual({ id, hidden: true });
    expect(run(['read'], { cwd }).stdout).toBe('');
    expect(runJson(['hide', '--undo', id.slice(0, 8)], { cwd })).toEqual({ id, hidden: false });
    expect(runJson(['retract', id.slice(0, 8)], { cwd })).toMatchObject({ retracts: id, seq: 2 });
    expect(run(['read'], { cwd }).stdout).toBe('');
    expect(run(['read', '--all'], { cwd }).stdout).toContain('(retracted)');
  });

  it('leaves the status at peace', () => {
    const { topics, contacts } = runJson<{ topics: unknown[]; contacts: unknown[] }>(['status'], { cwd });
    expect(topics).toMatchObject([{ name: 'garden', logs: 1, entries: 3, unread: 0 }]);
    expect(contacts).toEqual([]);
    expect(run(['status'], { cwd }).stderr).toContain('contact add');
  });
});

function scratchRoot(): string {
  return fs.realpathSync(process.env['TMPDIR'] ?? '/tmp');
}

function start(args: readonly string[], cwd: string): ChildProcess {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: environment(cwd),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdout?.setEncoding('utf8');
  return child;
}
