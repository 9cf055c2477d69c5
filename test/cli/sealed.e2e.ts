// Sealed files through the built program: made by the age program, read by whom they are for and by nobody else.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ageRecipient, ageSealed, needAge } from '../testkit/age-cli.js';
import { run, runJson } from './program.js';
import { Watched } from './watched.js';

let cwd: string;
const at = (name: string): string => path.join(cwd, name);
const PASS = { SATCHEL_PASSPHRASE_FILE: 'pass' };

beforeEach(needAge);

/** Ana's bundle, open, sealed to Ben and Cleo, sealed to Cleo alone, and cut off; Cleo's keys are under a passphrase. */
beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-sealed-'));
  fs.writeFileSync(at('pass'), 'open sesame\n');
  for (const name of ['ana', 'ben', 'cleo']) run(['-C', name, 'init', '--name', name, '-q'], { cwd });
  const recipient = (name: string): string =>
    ageRecipient(JSON.parse(fs.readFileSync(at(`${name}/.satchel/keys/secrets.json`), 'utf8')).recipients[0].key);
  const ben = recipient('ben');
  const cleo = recipient('cleo');
  run(['-C', 'cleo', 'passphrase', 'set'], { cwd, env: PASS });
  run(['-C', 'ana', 'post', '-t', 'garden', 'The beans are in'], { cwd });
  run(['-C', 'ana', 'export', '--open', '-o', 'open.satchel'], { cwd });
  const open = fs.readFileSync(at('open.satchel'));
  fs.writeFileSync(at('both.satchel'), ageSealed(open, [ben, cleo]));
  fs.writeFileSync(at('cleo.satchel'), ageSealed(open, [cleo]));
  fs.writeFileSync(at('cut.satchel'), fs.readFileSync(at('both.satchel')).subarray(0, -9));
  return () => fs.rmSync(cwd, { recursive: true, force: true });
});

describe.each(['verify', 'inspect'])('%s', (command) => {
  it('tells of what is inside, and that it was sealed', () => {
    const open = runJson<object>([command, 'open.satchel'], { cwd });
    expect(open).toMatchObject({ type: 'bundle', sealed: false, ok: true, entries: 2 });
    expect(runJson(['-C', 'ben', command, 'both.satchel'], { cwd })).toEqual({ ...open, sealed: true });
    const { stdout } = run(['-C', 'ben', command, 'both.satchel'], { cwd });
    expect(stdout.split('\n')[0]).toBe('both.satchel: sealed; inside it is whole and authentic');
  });

  it('reads standard input too', () => {
    const input = fs.readFileSync(at('both.satchel'));
    const { status, stdout } = run(['-C', 'ben', command, '-'], { cwd, input });
    expect([status, stdout.split('\n')[0]]).toEqual([0, 'standard input: sealed; inside it is whole and authentic']);
  });

  it.each([
    ['who is no recipient', 'ben'],
    ['where there is no repository', 'nowhere'],
  ])('says what can be said: %s', (_who, directory) => {
    const { status, stderr } = run(['-C', directory, command, 'cleo.satchel'], { cwd });
    expect(status).toBe(17);
    expect(stderr).toMatch(/^satchel: error: cleo\.satchel: sealed, \d+ bytes, for one device; no key here opens it\n/);
    expect(fs.existsSync(at('nowhere'))).toBe(false);
  });

  it('asks for the passphrase, and says so where nobody can answer', () => {
    expect(run(['-C', 'cleo', command, 'cleo.satchel'], { cwd }).status).toBe(14);
    expect(run(['-C', 'cleo', command, 'cleo.satchel'], { cwd, env: PASS }).status).toBe(0);
    expect(run(['-C', 'cleo', command, 'open.satchel'], { cwd }).status).toBe(0);
  });

  it('is damaged when it does not open to its end', () => {
    const { status, stderr } = run(['-C', 'ben', command, 'cut.satchel'], { cwd });
    expect([status, stderr]).toEqual([20, expect.stringContaining('cut off, or damaged at its end')]);
  });

  it('leaves nothing of it on the disk', () => {
    run(['-C', 'ben', command, 'both.satchel'], { cwd });
    expect(fs.readdirSync(at('ben/.satchel/tmp'))).toEqual([]);
  });
});

describe('import', () => {
  const fresh = (name: string): string => {
    fs.cpSync(at('ben'), at(name), { recursive: true });
    return name;
  };
  const bundlesOf = (args: readonly string[], env = {}) => {
    const { stdout } = run([...args, '--json'], { cwd, env });
    return JSON.parse(stdout) as {
      bundles: { file: string; sealed: boolean; new: number }[];
      notForUs: number;
      waiting: number;
    };
  };

  it('takes what a sealed file holds, and knows it again', () => {
    const who = fresh('taking');
    run(['-C', who, 'topic', 'join', 'garden'], { cwd });
    const { bundles } = bundlesOf(['-C', who, 'import', 'both.satchel']);
    expect(bundles).toMatchObject([{ file: 'both.satchel', sealed: true, new: 2 }]);
    expect(run(['-C', who, 'read', '-t', 'garden'], { cwd }).stdout).toContain('The beans are in');
    expect(bundlesOf(['-C', who, 'import', 'both.satchel']).bundles).toMatchObject([
      { sealed: true, new: 0, known: 2 },
    ]);
    expect(fs.readdirSync(at(`${who}/.satchel/tmp`))).toEqual([]);
  });

  it('takes it from standard input, and out of an archive', () => {
    const who = fresh('piped');
    run(['-C', who, 'topic', 'join', 'garden'], { cwd });
    const input = fs.readFileSync(at('both.satchel'));
    expect(run(['-C', who, 'import', '-'], { cwd, input }).status).toBe(0);
    expect(run(['-C', who, 'read', '-t', 'garden'], { cwd }).stdout).toContain('The beans are in');
    execFileSync('tar', ['czf', 'mailed.tgz', 'both.satchel', 'cleo.satchel'], { cwd });
    const again = bundlesOf(['-C', fresh('unpacking'), 'import', 'mailed.tgz']);
    expect(again).toMatchObject({
      bundles: [{ file: 'mailed.tgz/both.satchel', sealed: true }],
      notForUs: 1,
      waiting: 0,
    });
  });

  it('says so of a file that was named, and counts those of a directory', () => {
    const who = fresh('counting');
    const { status, stderr } = run(['-C', who, 'import', 'cleo.satchel'], { cwd });
    expect([status, stderr]).toEqual([17, expect.stringContaining('no key here opens it')]);
    fs.mkdirSync(at('folder'), { recursive: true });
    fs.copyFileSync(at('cleo.satchel'), at('folder/cleo.satchel'));
    expect(run(['-C', who, 'import', 'folder'], { cwd })).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('1 file sealed for others'),
    });
    fs.copyFileSync(at('open.satchel'), at('folder/open.satchel'));
    expect(bundlesOf(['-C', who, 'import', 'folder'])).toMatchObject({ bundles: [{ sealed: false }], notForUs: 1 });
  });

  it('leaves in place what it lacks the passphrase for, and takes the rest', () => {
    fs.mkdirSync(at('mixed'), { recursive: true });
    for (const name of ['open', 'cleo']) fs.copyFileSync(at(`${name}.satchel`), at(`mixed/${name}.satchel`));
    fs.cpSync(at('cleo'), at('locked'), { recursive: true });
    run(['-C', 'locked', 'topic', 'join', 'garden'], { cwd, env: PASS });
    expect(run(['-C', 'locked', 'import', 'cleo.satchel'], { cwd }).status).toBe(14);
    const { status, stdout } = run(['-C', 'locked', 'import', 'mixed', '--json'], { cwd });
    expect([status, JSON.parse(stdout)]).toMatchObject([14, { new: 2, waiting: 1, notForUs: 0 }]);
    expect(bundlesOf(['-C', 'locked', 'import', 'mixed'], PASS)).toMatchObject({ known: 4, waiting: 0 });
    expect(
      run(['-C', 'locked', 'import', 'mixed'], { cwd, env: { SATCHEL_PASSPHRASE_FILE: 'open.satchel' } }).status,
    ).toBe(14);
    expect(run(['-C', 'locked', 'quarantine', 'list', '--json'], { cwd }).stdout).toContain('"files":[]');
  });

  it('waits for a watcher that has the passphrase, which is told where it has none', async () => {
    fs.mkdirSync(at('shared'));
    fs.cpSync(at('cleo'), at('watching'), { recursive: true });
    run(['-C', 'watching', 'topic', 'join', 'garden'], { cwd, env: PASS });
    run(['-C', 'ben', 'drive', 'init', 'shared', '-q'], { cwd });
    for (const name of ['open', 'cleo']) fs.copyFileSync(at(`${name}.satchel`), at(`shared/satchel/${name}.satchel`));
    const args = ['-C', 'watching', '--no-mounts', 'shared'];
    const locked = new Watched(args, { cwd });
    expect(await locked.event('locked')).toMatchObject({ files: 1, label: 'shared' });
    expect(await locked.event('visited')).toMatchObject({ visit: { new: 2, waiting: 1 } });
    expect((await locked.end('SIGTERM')).status).toBe(143);
    const unlocked = new Watched(args, { cwd, env: { SATCHEL_PASSPHRASE_FILE: at('pass') } });
    expect(await unlocked.event('visited')).toMatchObject({ visit: { waiting: 0, notForUs: 0 } });
    expect((await unlocked.end('SIGTERM')).status).toBe(143);
    expect(unlocked.events.map(({ type }) => type)).not.toContain('locked');
  });

  it('takes what is whole of a damaged one when asked', () => {
    const who = fresh('salvaging');
    run(['-C', who, 'topic', 'join', 'garden'], { cwd });
    run(['-C', 'ana', 'post', '-t', 'garden', '--lines'], { cwd, input: lines() });
    run(['-C', 'ana', 'export', '--uncompressed', '-o', 'long.satchel'], { cwd });
    const recipient = ageRecipient(
      JSON.parse(fs.readFileSync(at('ben/.satchel/keys/secrets.json'), 'utf8')).recipients[0].key,
    );
    const sealed = ageSealed(fs.readFileSync(at('long.satchel')), [recipient]);
    expect(sealed.length).toBeGreaterThan(1_000_000);
    fs.writeFileSync(at('torn.satchel'), sealed.subarray(0, -9_000));
    expect(run(['-C', who, 'import', 'torn.satchel'], { cwd })).toMatchObject({ status: 20 });
    expect(run(['-C', who, 'quarantine', 'list', '--json'], { cwd }).stdout).toContain('"files":[]');
    const { status } = run(['-C', who, 'import', '--salvage', 'torn.satchel'], { cwd });
    expect(status).toBe(3);
    expect(run(['-C', who, 'read', '-t', 'garden', '-n', '9999'], { cwd }).stdout).toContain('line number 7:');
  });

  it('keeps aside what a stranger sealed, opened', () => {
    const who = fresh('aside');
    const { stdout } = run(['-C', who, 'import', '--quarantine', 'both.satchel', '--json'], { cwd });
    const id = (JSON.parse(stdout) as { bundles: { quarantined: string }[] }).bundles[0]?.quarantined ?? '';
    const kept = at(`${who}/.satchel/quarantine/${id}.satchel`);
    expect(fs.readFileSync(kept).equals(fs.readFileSync(at('open.satchel')))).toBe(true);
    expect(fs.statSync(kept).mode & 0o777).toBe(0o600);
    expect(run(['-C', who, 'quarantine', 'show', id], { cwd }).status).toBe(0);
  });
});

function lines(): string {
  const noise = createHash('sha512').update('noise').digest('hex');
  return Array.from({ length: 9_000 }, (_, i) => `line number ${i}: ${noise}`).join('\n');
}

describe('sync', () => {
  interface Visit {
    readonly drives: readonly { new: number; notForUs: number; waiting: number; touched: boolean; error: unknown }[];
  }
  const visit = (who: string, env = {}): Visit['drives'][number] | undefined => {
    const { stdout } = run(['-C', who, 'sync', 'stick', '--json'], { cwd, env });
    return (JSON.parse(stdout) as Visit).drives[0];
  };
  const onStick = (): string[] => fs.readdirSync(at('stick/satchel')).sort();

  it('takes what is for us, leaves what is for others and what waits, and says so once', () => {
    fs.cpSync(at('ben'), at('visitor'), { recursive: true });
    fs.cpSync(at('cleo'), at('closed'), { recursive: true });
    run(['-C', 'visitor', 'topic', 'join', 'garden'], { cwd });
    run(['-C', 'closed', 'topic', 'join', 'garden'], { cwd, env: PASS });
    fs.mkdirSync(at('stick'));
    run(['-C', 'visitor', 'drive', 'init', 'stick', '--label', 'stick'], { cwd });
    for (const name of ['both', 'cleo']) fs.copyFileSync(at(`${name}.satchel`), at(`stick/satchel/${name}.satchel`));
    const first = { new: 2, notForUs: 1, waiting: 0, error: null, bundles: [{ sealed: true, new: 2 }] };
    expect(visit('visitor')).toMatchObject(first);
    expect(run(['-C', 'visitor', 'read', '-t', 'garden'], { cwd }).stdout).toContain('The beans are in');
    const files = onStick();
    expect(visit('visitor')).toMatchObject({ new: 0, notForUs: 1, touched: false });
    expect(onStick()).toEqual(files);
    const { stdout } = run(['-C', 'visitor', 'drive', 'status', 'stick'], { cwd });
    expect(stdout).toContain('1 sealed for others');
    run(['-C', 'visitor', 'drive', 'tidy', 'stick', '--damaged'], { cwd });
    expect(onStick()).toEqual(expect.arrayContaining(['both.satchel', 'cleo.satchel']));
    fs.rmSync(at('stick'), { recursive: true });
    fs.mkdirSync(at('stick/satchel'), { recursive: true });
    run(['-C', 'closed', 'drive', 'init', 'stick', '--label', 'another'], { cwd });
    for (const name of ['both', 'cleo']) fs.copyFileSync(at(`${name}.satchel`), at(`stick/satchel/${name}.satchel`));
    expect(visit('closed')).toMatchObject({ new: 0, waiting: 2, notForUs: 0 });
    expect(visit('closed', PASS)).toMatchObject({ new: 2, waiting: 0, notForUs: 0, error: null });
    expect(run(['-C', 'closed', 'read', '-t', 'garden'], { cwd }).stdout).toContain('The beans are in');
  });

  it('waits for one that is still being copied', () => {
    fs.cpSync(at('ben'), at('early'), { recursive: true });
    fs.mkdirSync(at('usb'));
    run(['-C', 'early', 'drive', 'init', 'usb', '--label', 'usb'], { cwd });
    run(['-C', 'early', 'topic', 'join', 'garden'], { cwd });
    const whole = fs.readFileSync(at('both.satchel'));
    const seen: unknown[] = [];
    for (const end of [50, 400, whole.length - 1, whole.length]) {
      fs.writeFileSync(at('usb/satchel/both.satchel'), whole.subarray(0, end));
      const [drive] = (
        JSON.parse(run(['-C', 'early', 'sync', 'usb', '--json'], { cwd }).stdout) as {
          drives: { arriving: string[]; new: number }[];
        }
      ).drives;
      seen.push([drive?.arriving, drive?.new]);
    }
    const early = [['both.satchel'], 0];
    expect(seen).toEqual([early, early, early, [[], 2]]);
  });
});
