// Garbage collection that a command starts by itself, with the built program.
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { crowdBundle } from '../testkit/crowd.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { run, runJson } from './program.js';

it('comes after a post too, when many have gathered, among the logs of others', async () => {
  const cwd = scratchDirectory();
  const speakers = Array.from({ length: 20 }, (_, i) => ({
    name: `p${i}`,
    topic: rendezvousTopic('market'),
    label: 'market',
    messages: [{ time: i, text: `I am ${i}` }],
  }));
  fs.writeFileSync(path.join(cwd, 'crowd.satchel'), await crowdBundle(speakers));
  const ana = (...args: string[]) => run(['-C', 'ana', ...args], { cwd });
  ana('init', '--name', 'Ana');
  ana('topic', 'join', 'market');
  expect(ana('config', 'set', 'gc.auto', 'false').status).toBe(0);
  expect(ana('import', 'crowd.satchel').status).toBe(0);
  for (let i = 0; i < 70; i++) expect(ana('post', `line ${i}`).status).toBe(0);
  expect(packs(cwd)).toEqual(['000001.pack']);
  expect(ana('config', 'set', 'gc.auto', 'true').status).toBe(0);
  expect(ana('post', 'so many')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^posted /), stderr: '' });
  expect(packs(cwd)).toEqual(['000002.pack']);
  expect(ana('check', '--all')).toMatchObject({ status: 0, stdout: 'nothing is wrong\n' });
  expect(runJson<{ topics: unknown[] }>(['-C', 'ana', 'status'], { cwd }).topics).toMatchObject([{ messages: 91 }]);
});

function packs(cwd: string): string[] {
  return fs.readdirSync(path.join(cwd, 'ana/.satchel/objects/packs'));
}
