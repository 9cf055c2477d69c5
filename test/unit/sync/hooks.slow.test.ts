import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HookOptions, runHook } from '../../../src/sync/hooks.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const SAFE_ENV = { PATH: process.env['PATH'] ?? '' };

function repositoryWith(script: string, mode = 0o755): string {
  const directory = scratchDirectory();
  const hooks = path.join(directory, '.satchel', 'hooks');
  fs.mkdirSync(hooks, { recursive: true });
  fs.writeFileSync(path.join(hooks, 'post-import'), `#!/bin/sh\n${script}\n`);
  fs.chmodSync(path.join(hooks, 'post-import'), mode);
  return directory;
}

function run(directory: string, options: Partial<HookOptions> = {}) {
  const defaults = { told: { SATCHEL_NEW: '3' }, env: SAFE_ENV, limitMs: 20_000, output: 'drop' } as const;
  return runHook(directory, 'post-import', { ...defaults, ...options });
}

describe.skipIf(process.platform === 'win32')('a hook', () => {
  it('is told what happened, and runs in the directory of the repository', async () => {
    const directory = repositoryWith('echo "$SATCHEL_HOOK $SATCHEL_DIR $SATCHEL_NEW $PWD" > said; cat >> said');
    expect(await run(directory)).toBeUndefined();
    const said = fs.readFileSync(path.join(directory, 'said'), 'utf8');
    expect(said).toBe(`post-import ${directory} 3 ${fs.realpathSync(directory)}\n`);
  });

  it('that is not there is no matter', async () => {
    expect(await run(scratchDirectory())).toBeUndefined();
  });

  it('does not bring about others', async () => {
    const directory = repositoryWith('touch ran');
    expect(await run(directory, { env: { ...SAFE_ENV, SATCHEL_HOOK: 'drive-done' } })).toBeUndefined();
    expect(fs.existsSync(path.join(directory, 'ran'))).toBe(false);
  });

  it.each([
    ['that others may write', 0o777, /changed by others/],
    ['that is not executable', 0o644, /not an executable file/],
  ])('%s is not run', async (_, mode, message) => {
    const directory = repositoryWith('touch ran', mode);
    expect(await run(directory)).toMatchObject({ code: 'io', message: expect.stringMatching(message) });
    expect(fs.existsSync(path.join(directory, 'ran'))).toBe(false);
  });

  it('that fails is reported', async () => {
    expect(await run(repositoryWith('exit 7'))).toMatchObject({ message: expect.stringContaining('exit status 7') });
    const broken = repositoryWith('');
    fs.writeFileSync(path.join(broken, '.satchel', 'hooks', 'post-import'), '#!/no/such/program\n');
    expect(await run(broken)).toMatchObject({ message: expect.stringContaining('could not be run') });
  });

  it('that hangs is ended, with what it started, deaf or not', async () => {
    const directory = repositoryWith('trap "" TERM; sleep 300 & echo $! > child; while :; do sleep 1; done');
    expect(await run(directory, { limitMs: 500 })).toMatchObject({
      message: expect.stringContaining('took longer than 0.5 s'),
    });
    const child = Number(fs.readFileSync(path.join(directory, 'child'), 'utf8'));
    await expect.poll(() => isRunning(child), { timeout: 10_000 }).toBe(false);
  }, 30_000);

  it('is ended early without a word', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    expect(await run(repositoryWith('sleep 300'), { signal: stop.signal })).toBeUndefined();
  }, 30_000);
});

/** Not even as a zombie that nobody has taken notice of yet. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('a hook on Windows', () => {
  it.each([
    [['post-import.exe'], 'the program'],
    [['post-import.cmd'], 'cmd.exe /d /c'],
    [['post-import.exe', 'post-import.cmd'], 'the program'],
    [['post-import'], undefined],
  ])('is found by its ending: %j', async (names, ran) => {
    const directory = scratchDirectory();
    const hooks = path.join(directory, '.satchel', 'hooks');
    const bin = path.join(directory, 'bin');
    for (const folder of [hooks, bin]) fs.mkdirSync(folder, { recursive: true });
    for (const name of names)
      fs.writeFileSync(path.join(hooks, name), '#!/bin/sh\necho the program > said\n', { mode: 0o755 });
    fs.writeFileSync(path.join(bin, 'cmd.exe'), '#!/bin/sh\necho "cmd.exe $1 $2" > said\n', { mode: 0o755 });
    const { platform } = process;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    onTestFinished(() => void Object.defineProperty(process, 'platform', { value: platform }));
    expect(await run(directory, { env: { PATH: `${bin}:${SAFE_ENV.PATH}` } })).toBeUndefined();
    const said = path.join(directory, 'said');
    expect(fs.existsSync(said) ? fs.readFileSync(said, 'utf8').trim() : undefined).toBe(ran);
  });
});
