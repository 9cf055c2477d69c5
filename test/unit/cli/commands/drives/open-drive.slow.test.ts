// A drive that says of itself that nothing on it is sealed (spec/drive.md, "Marker"): nobody who seals writes in the open there
// by the marker's word alone.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EndedHere, type HereOptions, runHere } from '../../../../testkit/command.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

const MAGIC = 'age-encryption.org/v1';

let directory: string;
const at = (name: string): string => path.join(directory, name);

/** Ana and Ben know each other, and there is an open drive that Ben made. */
beforeEach(async () => {
  directory = scratchDirectory();
  for (const name of ['ana', 'ben']) {
    await run(name, ['init', '--name', name]);
    await run(name, ['card', '-o', at(`${name}.card`)]);
  }
  await run('ana', ['contact', 'add', at('ben.card')]);
  await run('ben', ['contact', 'add', at('ana.card')]);
  await run('ana', ['post', '-t', 'garden', 'the gate is open']);
  fs.mkdirSync(at('stick'));
  await run('ben', ['drive', 'init', '--open', at('stick')]);
});

function run(who: string, argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  const env = { HOME: at('home'), SATCHEL_STATE_DIR: at(`${who}-state`) };
  return runHere(['-C', at(who), ...argv], { env, world: { now: Date.now, random: randomBytes }, ...options });
}

function openBundles(): string[] {
  const folder = at('stick/satchel');
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.satchel'));
  expect(names.length).toBeGreaterThan(0);
  return names.filter((name) => !fs.readFileSync(path.join(folder, name)).includes(MAGIC));
}

describe('a drive that says that it is open, met first', () => {
  it('gets sealed files, at each visit, and its visitor is told', async () => {
    for (const text of ['one', 'two']) {
      await run('ana', ['post', '-t', 'garden', text]);
      const { exit, stderr } = await run('ana', ['sync', at('stick')], { people: 'pipe' });
      expect([exit, stderr]).toEqual([0, expect.stringContaining('you seal all the same')]);
      expect(openBundles()).toEqual([]);
    }
  });

  it('gets sealed files after "drive init" without --open too', async () => {
    const { stdout } = await run('ana', ['drive', 'init', at('stick')]);
    expect(JSON.parse(stdout)).toMatchObject({ created: false, open: false });
    await run('ana', ['sync', at('stick')]);
    expect(openBundles()).toEqual([]);
  });

  it.each([
    ['y', 1],
    ['', 0],
  ])('asks who can be asked, once: %j', async (reply, open) => {
    const questions: string[] = [];
    const answer = (question: string): string => (questions.push(question) > 0 ? reply : '');
    for (const text of ['one', 'two']) {
      await run('ana', ['post', '-t', 'garden', text]);
      await run('ana', ['sync', at('stick')], { people: 'pipe', answer });
    }
    expect(questions.filter((question) => question.includes('in the open'))).toHaveLength(1);
    expect(openBundles().length > 0).toBe(open > 0);
  });

  it.each([[['sync', '--open']], [['drive', 'init', '--open']]])(
    'is open once its visitor said so: %s',
    async (words) => {
      await run('ana', [...words, at('stick')]);
      await run('ana', ['post', '-t', 'garden', 'more']);
      await run('ana', ['sync', at('stick')]);
      expect(openBundles()).not.toEqual([]);
      const { stdout } = await run('ana', ['drive', 'status', at('stick')]);
      expect(JSON.parse(stdout)).toMatchObject({ drives: [{ open: true, sealed: false }] });
    },
  );
});
