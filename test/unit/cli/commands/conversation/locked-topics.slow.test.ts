// What commands that read say of private topics whose keys are under a passphrase that nobody gives (spec/cli.md, "Passphrase").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type EndedHere, runFor } from '../../../../testkit/command.js';
import { beginWith, postPrivate } from '../../../../testkit/private-member.js';
import { Replica } from '../../../../testkit/replica.js';
import { meetAll } from '../../../../testkit/replicas.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

const WORDS = 'four words of ours';

let directory: string;
let ana: Replica;

beforeEach(async () => {
  directory = scratchDirectory();
  ana = await Replica.create('ana', directory);
  const ben = await Replica.create('ben', directory);
  meetAll([ana, ben]);
  const topic = await beginWith(ana, 'fam', [ben]);
  await postPrivate(ana, topic, 'a needle');
  await ana.post('garden', 'in the open');
  ana.repository.close();
  const set = await runFor(ana, ['passphrase', 'set'], { people: 'pipe', answer: () => WORDS });
  expect(set).toMatchObject({ exit: 0 });
});

/** Runs a command with nobody to ask, or with the passphrase. */
function run(words: readonly string[], passphrase?: string): Promise<EndedHere> {
  return runFor(ana, words, { people: 'pipe', ...(passphrase !== undefined && { answer: () => passphrase }) });
}

it('are written to no file', async () => {
  for (const form of ['--html', '--markdown', '--mbox']) {
    const file = path.join(directory, `out${form}`);
    const locked = await run(['read', '-t', 'fam', form, file]);
    expect(locked).toMatchObject({ exit: 14, stdout: '', stderr: expect.stringContaining('SATCHEL_PASSPHRASE_FILE') });
    expect(fs.existsSync(file)).toBe(false);
    expect(await run(['read', '-t', 'garden', form, file])).toMatchObject({ exit: 0 });
  }
  const file = path.join(directory, 'open.md');
  expect(await run(['read', '-t', 'fam', '--markdown', file], WORDS)).toMatchObject({ exit: 0 });
  expect(fs.readFileSync(file, 'utf8')).toContain('needle');
});

it('are said not to have been searched', async () => {
  const unsaid = await run(['search', 'open']);
  expect(unsaid).toMatchObject({ exit: 0, stdout: expect.stringContaining('in the open') });
  expect(unsaid.stderr).toContain('private stayed locked');
  expect(await run(['search', '-t', 'garden', 'open'])).toMatchObject({ exit: 0, stderr: '' });
  expect(await run(['search', '-t', 'fam', 'needle'])).toMatchObject({
    exit: 14,
    stdout: '',
    stderr: expect.stringContaining('private stayed locked'),
  });
  const found = await run(['search', '-t', 'fam', 'needle'], WORDS);
  expect(found).toMatchObject({ exit: 0, stdout: expect.stringContaining('a needle') });
  expect(found.stderr).not.toContain('locked:');
});

it('are said not to have been handed out', async () => {
  const handed = await run(['feed', '--as', 'script']);
  expect(handed).toMatchObject({ exit: 0, stdout: expect.stringContaining('in the open') });
  expect(handed.stderr).toContain('private stayed locked');
});

it('have members once the passphrase is given', async () => {
  expect(await run(['topic', 'members', '-t', 'fam'])).toMatchObject({
    exit: 14,
    stderr: expect.stringContaining('SATCHEL_PASSPHRASE_FILE'),
  });
  const members = await run(['topic', 'members', '-t', 'fam'], WORDS);
  expect(members).toMatchObject({ exit: 0, stdout: expect.stringContaining('owner') });
});
