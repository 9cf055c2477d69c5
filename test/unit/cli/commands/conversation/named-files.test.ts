// A text that is the name of a file: posted as it is, and said to be one (spec/cli.md, "post").
import fs from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { runHere } from '../../../../testkit/command.js';
import { Replica } from '../../../../testkit/replica.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

const HINT = '; to bring ';
let ana: Replica;
let parent: string;

beforeEach(async () => {
  parent = scratchDirectory();
  ana = (await Replica.create('ana', parent)).join('garden');
  for (const name of ['a.pdf', 'b c.pdf']) fs.writeFileSync(`${parent}/${name}`, name);
});

async function hintOf(...text: string[]): Promise<string | undefined> {
  const env = { SATCHEL_DIR: ana.directory, SATCHEL_STATE_DIR: ana.stateDirectory };
  const before = ana.reopen().texts('garden');
  const { exit, stderr } = await runHere(['post', ...text], { env, world: ana.repository.world, people: 'pipe' });
  expect(exit).toBe(0);
  expect(ana.reopen().texts('garden')).toEqual([...before, text.filter((word) => !word.startsWith('-')).join(' ')]);
  return stderr.split('\n').find((line) => line.includes(HINT));
}

it('is told with the option that brings it along, and posted in any case', async () => {
  const a = `${parent}/a.pdf`;
  const b = `${parent}/b c.pdf`;
  expect(await hintOf(a)).toBe(
    `the text is the name of a file, and only that was posted; to bring it along: satchel post --attach ${a}`,
  );
  expect(await hintOf(b)).toMatch(/ --attach ".*\/b c\.pdf"$/);
  // what a shell took apart
  expect(await hintOf(...b.split(' '))).toMatch(/ --attach ".*\/b c\.pdf"$/);
  expect(await hintOf(a, b)).toMatch(
    /^the text names 2 files, and only that was posted; to bring them along: satchel post --attach \S* --attach ".*"$/,
  );
});

it('is no matter of other texts', async () => {
  const file = `${parent}/a.pdf`;
  for (const text of ['hello', parent, `${file} is new`, `see ${file}`, `${file}\nmore`, 'x'.repeat(10_000), 'nul\0'])
    expect(await hintOf(text), text).toBeUndefined();
  expect(await hintOf('--quiet', file)).toBeUndefined();
});
