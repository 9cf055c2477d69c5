import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testkit/documents.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';
import { Watched } from './watched.js';

let cwd: string;
let stick: string;
beforeEach(() => {
  cwd = scratchDirectory();
  stick = path.join(cwd, 'stick');
  fs.mkdirSync(stick);
});

/** Two friends, who know each other and the topic. */
function befriend(): void {
  for (const name of ['ana', 'bob']) {
    run(['init', name, '--name', name], { cwd });
    run(['-C', name, 'card', '-o', `${name}.card`], { cwd });
  }
  run(['-C', 'ana', 'contact', 'add', 'bob.card'], { cwd });
  run(['-C', 'bob', 'contact', 'add', 'ana.card'], { cwd });
  run(['-C', 'bob', 'topic', 'join', 'garden'], { cwd });
  run(['-C', 'ana', 'post', '-t', 'garden', 'hello'], { cwd });
}

function makeDrive(): void {
  expect(run(['-C', 'ana', 'drive', 'init', stick, '--label', 'blue'], { cwd }).status).toBe(0);
}

function watch(who: string, ...more: string[]): Watched {
  return new Watched(['-C', who, '--no-mounts', ...more], { cwd });
}

function texts(who: string): string[] {
  const { stdout } = run(['-C', who, 'read', '-t', 'garden', '--json'], { cwd });
  return documents<{ text: string }>(stdout).map(({ text }) => text);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Names, sizes and times of everything on the drive. */
function snapshot(): string[] {
  return fs.readdirSync(stick, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { size, mtimeMs } = fs.statSync(path.join(stick, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

describe('satchel watch', () => {
  it('waits for a drive, carries both ways while two watch one folder, and comes to rest', async () => {
    befriend();
    const ana = watch('ana', stick);
    const bob = watch('bob', stick);
    expect(await ana.event('waiting')).toMatchObject({ reason: 'foreign' });
    await bob.event('waiting');
    makeDrive();
    expect(await bob.event('visited', ({ visit }) => visit.new > 0)).toMatchObject({ label: 'blue', safe: true });
    expect(texts('bob')).toEqual(['hello']);
    expect(await bob.event('unapproved')).toMatchObject({ label: 'blue', directory: stick });
    expect(fs.readdirSync(path.join(stick, 'satchel', 'people'))).toHaveLength(1);
    expect(run(['-C', 'bob', 'sync', '-q', stick], { cwd }).status).toBe(0);
    run(['-C', 'bob', 'post', '-t', 'garden', 'hi'], { cwd });
    await ana.event('visited', ({ visit }) => visit.bundles.some(({ messages }) => messages > 0));
    expect(texts('ana')).toEqual(['hello', 'hi']);
    await pause(8_000);
    const before = snapshot();
    const told = ana.events.length + bob.events.length;
    await pause(6_000);
    expect(snapshot()).toEqual(before);
    expect(ana.events.length + bob.events.length).toBe(told);
    if (process.platform === 'linux') expect(openFiles(ana.pid).filter((file) => file.startsWith(stick))).toEqual([]);
    expect(await ana.end('SIGTERM')).toEqual({ status: 143, signal: null, stderr: '' });
    expect(await bob.end('SIGINT')).toEqual({ status: 130, signal: null, stderr: '' });
    expect(ana.events.at(-1)).toEqual({ type: 'stopped', signal: 'SIGTERM' });
    expect(run(['-C', 'ana', 'check', '--all'], { cwd }).status).toBe(0);
  }, 120_000);

  it('does not call a bundle damaged that somebody copies slowly, and takes it when it is whole', async () => {
    befriend();
    makeDrive();
    const { file } = runJson<{ file: string }>(['-C', 'ana', 'export', '--open', '--full', '-o', 'whole.satchel'], {
      cwd,
    });
    const bytes = fs.readFileSync(path.resolve(cwd, file));
    const bob = watch('bob', stick);
    await bob.event('visited');
    const target = path.join(stick, 'satchel', 'slow.satchel');
    const fd = fs.openSync(target, 'w');
    for (let at = 0; at < bytes.length; at += 1_024) {
      fs.writeSync(fd, bytes.subarray(at, at + 1_024));
      // now and then it is quiet for long enough to be looked at
      await pause(at % 3_072 === 0 ? 3_000 : 300);
    }
    fs.closeSync(fd);
    const { visit } = await bob.event('visited', (event) => event.visit.new > 0);
    expect(visit.bundles.map(({ error }) => error)).toEqual(visit.bundles.map(() => null));
    expect(texts('bob')).toEqual(['hello']);
    const { stderr, status } = await bob.end('SIGTERM');
    expect([stderr, status]).toEqual(['', 143]);
    expect(bob.events.filter(({ type }) => type === 'failed')).toEqual([]);
    const complaints = bob.events.flatMap((event) => (event.type === 'visited' ? event.visit.bundles : []));
    expect(complaints.filter(({ error }) => error !== null)).toEqual([]);
  }, 120_000);

  it('runs the hooks of its user, and outlives those that fail and hang', async () => {
    befriend();
    makeDrive();
    run(['-C', 'ana', 'sync', stick], { cwd });
    run(['-C', 'bob', 'config', 'set', 'hooks.timeout', '1'], { cwd });
    hook('bob', 'drive-found', 'echo "found $SATCHEL_DRIVE_LABEL" >> said; exit 1');
    hook('bob', 'post-import', 'echo "new $SATCHEL_MESSAGES" >> said; sleep 600');
    hook('bob', 'drive-done', 'echo "done $SATCHEL_RESULT" >> said');
    // one that lies on the drive is nobody's
    fs.mkdirSync(path.join(stick, 'satchel', 'hooks'));
    fs.writeFileSync(path.join(stick, 'satchel', 'hooks', 'drive-found'), '#!/bin/sh\ntouch bad\n', { mode: 0o755 });
    const bob = watch('bob', stick);
    expect(await bob.event('hook-failed')).toMatchObject({ hook: 'drive-found', code: 'io' });
    await bob.event('hook-failed', ({ hook }) => hook === 'post-import');
    await pause(1_000);
    expect(await bob.end('SIGTERM')).toMatchObject({ status: 143 });
    const said = fs.readFileSync(path.join(cwd, 'bob', 'said'), 'utf8');
    expect(said.split('\n').slice(0, 3)).toEqual(['found blue', 'new 1', 'done ok']);
    expect(fs.existsSync(path.join(cwd, 'bob', 'bad'))).toBe(false);
  }, 120_000);

  it('says what it cannot do', () => {
    const none = run(['-C', 'nowhere', 'watch', '--no-mounts', stick, '--json'], { cwd });
    expect([none.status, JSON.parse(none.stderr).code]).toEqual([10, 'no-repository']);
    run(['init', 'ana', '--name', 'ana'], { cwd });
    expect(run(['-C', 'ana', 'watch', '--no-mounts'], { cwd })).toMatchObject({ status: 2 });
  });
});

function hook(who: string, name: string, script: string): void {
  const folder = path.join(cwd, who, '.satchel', 'hooks');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return fs.readdirSync(folder).flatMap((fd) => {
    try {
      return fs.readlinkSync(path.join(folder, fd));
    } catch {
      return [];
    }
  });
}
