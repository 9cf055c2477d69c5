// satchel edit and react, as they are typed and shown (spec/cli.md, "edit", "react").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, runJson } from './program.js';

let cwd: string;

beforeAll(() => {
  cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-edit-'));
  run(['init', '--name', 'Ana'], { cwd });
});
afterAll(() => fs.rmSync(cwd, { recursive: true }));

it('gives a message another text and a sign, tells what it was, and leaves what is so already', () => {
  const { id } = runJson<{ id: string }>(['post', '-t', 'garden', 'The beans are up'], { cwd });
  const edited = runJson<{ id: string; edits: string }>(['edit', id, 'The peas', 'are up'], { cwd });
  expect(edited.edits).toBe(id);
  expect(runJson(['react', id, '👍'], { cwd })).toMatchObject({ reacts: id, text: '👍' });
  expect(runJson(['react', id, '👍'], { cwd })).toMatchObject({ reacts: id, known: true });
  expect(runJson(['edit', edited.id, 'The peas are up'], { cwd })).toEqual({ edits: id, known: true });
  expect(run(['read'], { cwd }).stdout).toMatch(/\| The peas are up\n *\(edited [^)]+\)\n *reactions: 👍 1\n$/);
  expect(run(['show', id], { cwd }).stdout).toMatch(/before .* The beans are up\nedited .*\nreactions +👍 Ana\n/);
  expect(runJson(['show', id], { cwd })).toMatchObject({
    edited: { id: edited.id },
    versions: [
      { id, text: 'The beans are up' },
      { id: edited.id, text: 'The peas are up' },
    ],
  });
  expect(run(['react', id, 'two words'], { cwd }).status).toBe(2);
  expect(run(['retract', edited.id], { cwd }).status).toBe(0);
  expect(runJson(['read'], { cwd })).toMatchObject({ text: 'The beans are up', edited: null });
});
