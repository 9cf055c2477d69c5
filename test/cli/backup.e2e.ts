// A backup, and what becomes of it on another computer, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { recoveryWords } from '../../src/identity/recovery.js';
import { ageDecrypt, needAge } from '../testkit/age-cli.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { type Ended, run, runJson } from './program.js';

interface Person {
  readonly person: string;
  readonly device: string;
}

/** Two friends who have written to each other, Ana with an attachment; what is at hand to write on. */
function friends() {
  const cwd = scratchDirectory();
  const at = (name: string): string => path.join(cwd, name);
  const must = (...args: string[]): string => {
    const { status, stdout, stderr } = run(args, { cwd });
    expect(status, `${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  };
  for (const name of ['ana', 'ben']) {
    must('-C', name, 'init', '--name', name === 'ana' ? 'Ana' : 'Ben', '-q');
    must('-C', name, 'card', '-o', `${name}.card`, '-q');
  }
  must('-C', 'ana', 'contact', 'add', 'ben.card', '-q');
  must('-C', 'ben', 'contact', 'add', 'ana.card', '-q');
  fs.writeFileSync(at('plan.txt'), 'the plan\n'.repeat(50));
  must('-C', 'ana', 'post', '-t', 'garden', '--attach', 'plan.txt', 'see the plan', '-q');
  must('-C', 'ben', 'post', '-t', 'garden', 'I will', '-q');
  must('-C', 'ben', 'export', '-o', 'from-ben.satchel', '-q');
  must('-C', 'ana', 'import', 'from-ben.satchel', '-q');
  fs.writeFileSync(at('secret'), 'four words of ours\n');
  const knowing = (file: string, ...args: string[]): Ended =>
    run(args, { cwd, env: { SATCHEL_PASSPHRASE_FILE: at(file) } });
  return { cwd, at, must, knowing };
}

/** The conversation as lines of text, without times. */
function textsIn(must: (...args: string[]) => string, name: string): string[] {
  const lines = must('-C', name, 'read', '-t', 'garden', '--json').trim().split('\n');
  return lines.map((line) => JSON.parse(line).text as string);
}

describe('a backup under a passphrase', () => {
  it('is a repository on another computer, where a new person goes on', () => {
    const { cwd, at, must, knowing } = friends();
    const written = knowing('secret', '-C', 'ana', 'backup', '--passphrase', '-o', 'ana.backup', '--json');
    expect(JSON.parse(written.stdout)).toMatchObject({ file: 'ana.backup', opener: 'passphrase' });
    expect(fs.statSync(at('ana.backup')).mode & 0o777).toBe(0o600);
    const restored = knowing('secret', '-C', 'new', 'restore', 'ana.backup');
    expect(restored).toMatchObject({ status: 0, stdout: expect.stringContaining('1 topic, 1 contact') });
    expect(restored.stdout).toContain("It was Ana's.");
    expect(restored.stderr).toMatch(/under no passphrase.*passphrase set/);
    const nobody = run(['-C', 'new', 'post', 'x'], { cwd });
    expect(nobody).toMatchObject({ status: 10, stderr: expect.stringMatching(/recovery use.*device request.*init/s) });
    const { findings } = runJson<{ findings: readonly object[] }>(['-C', 'new', 'check'], { cwd });
    expect(findings).toEqual([expect.objectContaining({ severity: 'hint', code: 'no-identity' })]);
    expect(knowing('secret', '-C', 'new', 'restore', 'ana.backup')).toMatchObject({ status: 2 });
    const anew = runJson<Person>(['-C', 'new', 'init'], { cwd });
    const before = runJson<Person>(['-C', 'ana', 'whoami'], { cwd });
    expect(anew).toMatchObject({ name: 'Ana' });
    expect(anew.person).not.toBe(before.person);
    expect(textsIn(must, 'new')).toEqual(textsIn(must, 'ana'));
    expect(must('-C', 'new', 'contact', 'list')).toMatch(/Ana \(before\).*began anew as another person/);
    const id = JSON.parse(must('-C', 'new', 'read', '-t', 'garden', '--json').split('\n')[0] ?? '').id;
    must('-C', 'new', 'get', id, '-o', 'saved.txt', '-q');
    expect(fs.readFileSync(at('saved.txt'))).toEqual(fs.readFileSync(at('plan.txt')));
    expect(runJson(['-C', 'new', 'check', '--all'], { cwd })).toMatchObject({ ok: true });
  });

  it('forks nothing: both write on, and their friend hears both', () => {
    const { must, knowing } = friends();
    expect(knowing('secret', '-C', 'ana', 'backup', '--passphrase', '-o', 'ana.backup').status).toBe(0);
    expect(knowing('secret', '-C', 'new', 'restore', 'ana.backup').status).toBe(0);
    must('-C', 'new', 'init', '-q');
    must('-C', 'new', 'card', '-o', 'new.card', '-q');
    must('-C', 'ben', 'contact', 'add', 'new.card', '-q');
    must('-C', 'new', 'post', '-t', 'garden', 'from the new computer', '-q');
    must('-C', 'ana', 'post', '-t', 'garden', 'from the old one', '-q');
    for (const name of ['new', 'ana']) {
      must('-C', name, 'export', '--to', 'Ben', '-o', `${name}.satchel`, '-q');
      must('-C', 'ben', 'import', `${name}.satchel`, '-q');
    }
    expect(textsIn(must, 'ben')).toEqual(
      expect.arrayContaining(['see the plan', 'from the new computer', 'from the old one']),
    );
    expect(must('-C', 'ben', 'status')).not.toMatch(/two versions|fork/);
  });

  it('seals nothing for the former person, whoever lists it, and says so', () => {
    const { cwd, at, must, knowing } = friends();
    fs.mkdirSync(at('stick'));
    must('-C', 'ana', 'drive', 'init', 'stick', '-q');
    must('-C', 'ana', 'sync', 'stick', '-q');
    must('-C', 'ben', 'sync', 'stick', '-q');
    expect(knowing('secret', '-C', 'ana', 'backup', '--passphrase', '-o', 'ana.backup').status).toBe(0);
    expect(knowing('secret', '-C', 'new', 'restore', 'ana.backup').status).toBe(0);
    const { stderr } = run(['-C', 'new', 'init'], { cwd });
    expect(stderr).toContain('the contact Ana (before), to be read; nothing is sealed for it any more');
    must('-C', 'new', 'post', '-t', 'garden', 'not for the old computer', '-q');
    expect(must('-C', 'new', 'sync', 'stick')).toMatch(/sealed for Ben$/m);
    expect(run(['-C', 'new', 'export', '--to', 'Ana (before)', '-o', 'x.satchel'], { cwd })).toMatchObject({
      status: 2,
    });
    must('-C', 'new', 'export', '-o', 'all.satchel', '-q');
    for (const file of ['stick', 'all.satchel'])
      run(['-C', 'ana', file === 'stick' ? 'sync' : 'import', file], { cwd });
    expect(textsIn(must, 'ana')).not.toContain('not for the old computer');
  });

  it('is an age file with a tar file in it', (context) => {
    needAge(context);
    const { at, knowing } = friends();
    expect(knowing('secret', '-C', 'ana', 'backup', '--passphrase', '-o', 'ana.backup').status).toBe(0);
    expect(ageDecrypt(at('ana.backup'), 'four words of ours', at('ana.tar'))).toBe(0);
    const tar = fs.readFileSync(at('ana.tar'));
    expect(tar.toString('latin1', 0, 11)).toBe('backup.json');
    expect(tar.subarray(257, 262).toString()).toBe('ustar');
    expect(tar.includes('see the plan') || tar.includes('objects/packs/000001.pack')).toBe(true);
  });

  it('stays closed to a wrong passphrase, and to nobody at all', () => {
    const { cwd, at, knowing } = friends();
    expect(knowing('secret', '-C', 'ana', 'backup', '--passphrase', '-o', 'ana.backup').status).toBe(0);
    fs.writeFileSync(at('wrong'), 'other words\n');
    expect(knowing('wrong', '-C', 'new', 'restore', 'ana.backup')).toMatchObject({ status: 14 });
    expect(run(['-C', 'new', 'restore', 'ana.backup'], { cwd })).toMatchObject({ status: 14 });
    expect(run(['-C', 'new', 'restore', 'plan.txt'], { cwd })).toMatchObject({ status: 20 });
    expect(fs.existsSync(at('new'))).toBe(false);
  });
});

describe('a backup that recovery words open', () => {
  it('needs words that were written down, and those alone', async () => {
    const { at, must, knowing, cwd } = friends();
    const refused = run(['-C', 'ana', 'backup', '-o', 'ana.backup'], { cwd });
    expect(refused).toMatchObject({ status: 18, stderr: expect.stringContaining('recovery print') });
    const words = await takeWords(at('ana'));
    must('-C', 'ana', 'backup', '-o', 'ana.backup');
    fs.writeFileSync(at('words'), `${words.map((word) => word.toUpperCase()).join('  ')}\n`);
    fs.writeFileSync(at('missing'), `${words.slice(1).join(' ')}\n`);
    fs.writeFileSync(at('others'), `${(await recoveryWords(Buffer.alloc(32, 7))).join(' ')}\n`);
    expect(knowing('missing', '-C', 'new', 'restore', 'ana.backup', '--keep-none')).toMatchObject({ status: 21 });
    expect(knowing('others', '-C', 'new', 'restore', 'ana.backup', '--keep-none')).toMatchObject({ status: 17 });
    expect(knowing('words', '-C', 'new', 'restore', 'ana.backup', '--keep-none')).toMatchObject({ status: 0 });
    const { person } = runJson<Person>(['-C', 'ana', 'whoami'], { cwd });
    expect(runJson(['-C', 'new', 'whoami'], { cwd })).toMatchObject({ person, name: 'Ana' });
    expect(textsIn(must, 'new')).toEqual(textsIn(must, 'ana'));
    must('-C', 'new', 'post', '-t', 'garden', 'from the new computer', '-q');
    must('-C', 'new', 'export', '-o', 'new.satchel', '-q');
    expect(must('-C', 'ben', 'import', 'new.satchel')).toContain('Ana took back who they are');
    expect(must('-C', 'ben', 'contact', 'list')).toMatch(/Ana .*used recovery words/);
  });

  it('goes through a pipe', async () => {
    const { cwd, at, must, knowing } = friends();
    const words = await takeWords(at('ana'));
    fs.writeFileSync(at('words'), words.join(' '));
    fs.mkdirSync(at('disk'));
    must('-C', 'ana', 'backup', '-o', 'disk', '-q');
    const [name = ''] = fs.readdirSync(at('disk'));
    expect(name).toMatch(/^ana-[0-9a-f]{6}-backup\.age$/);
    expect(run(['-C', 'ana', 'backup', '-o', '-', '--json'], { cwd }).stdout).toMatch(/^age-encryption\.org\/v1\n/);
    expect(knowing('words', '-C', 'new', 'restore', `disk/${name}`, '--keep-none').status).toBe(0);
  });
});

/** What "recovery print" does, which nothing can run off a terminal. */
async function takeWords(directory: string): Promise<readonly string[]> {
  const file = path.join(directory, '.satchel/keys/secrets.json');
  const { recovery, ...rest } = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify(rest));
  return recoveryWords(Buffer.from(recovery, 'hex'));
}
