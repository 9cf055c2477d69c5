// Sealed files through the built program: made by the age program, read by whom they are for and by nobody else.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ageRecipient, ageSealed, needAge } from '../testkit/age-cli.js';
import { run, runJson } from './program.js';

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
    ageRecipient(JSON.parse(fs.readFileSync(at(`${name}/.satchel/keys/secrets.json`), 'utf8')).age);
  const ben = recipient('ben');
  const cleo = recipient('cleo');
  run(['-C', 'cleo', 'passphrase', 'set'], { cwd, env: PASS });
  run(['-C', 'ana', 'post', '-t', 'garden', 'The beans are in'], { cwd });
  run(['-C', 'ana', 'export', '-o', 'open.satchel'], { cwd });
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
    expect([status, stderr]).toEqual([20, expect.stringContaining('does not open')]);
  });

  it('leaves nothing of it on the disk', () => {
    run(['-C', 'ben', command, 'both.satchel'], { cwd });
    expect(fs.readdirSync(at('ben/.satchel/tmp'))).toEqual([]);
  });
});
