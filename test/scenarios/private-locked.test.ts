// What came, or was indexed anew, while the keys of private topics were under a passphrase (spec/cli.md, "Passphrase").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runFor } from '../testkit/command.js';
import { documents } from '../testkit/documents.js';
import { postPrivate, writeTo } from '../testkit/private-member.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { makeStick } from '../testkit/stick.js';

let ana: Replica;
let ben: Replica;
let file: string;

/** Ben keeps his keys under a passphrase, and has not seen the second of two messages. */
beforeEach(async () => {
  const directory = memoryDirectory();
  const stick = makeStick(path.join(directory, 'stick'), 1);
  ana = await Replica.create('ana', directory);
  ben = await Replica.create('ben', directory);
  meetAll([ana, ben]);
  for (const person of [ana, ben]) person.seal = 'always';
  const topic = await writeTo(ana, [ben], 'one');
  for (const person of [ana, ben, ana, ben]) await person.visit(stick);
  file = path.join(directory, 'later.satchel');
  await postPrivate(ana, topic, 'two');
  await ana.export(file, { topics: [topic], isConfidential: true });
  fs.writeFileSync(path.join(directory, 'words'), 'four sacks of seed potatoes\n');
  await opened('passphrase', 'set');
});

/** A command of Ben's, with the passphrase at hand. */
async function opened(...argv: readonly string[]): Promise<string> {
  const env = {
    SATCHEL_STATE_DIR: ben.stateDirectory,
    SATCHEL_PASSPHRASE_FILE: path.join(path.dirname(ben.directory), 'words'),
  };
  return (await runFor(ben, argv, { env })).stdout;
}

function textsOf(output: string): (string | undefined)[] {
  return documents<{ readonly text?: string }>(output).map(({ text }) => text);
}

it('is handed to a consumer and read as soon as they are open; until then nobody says how much there is', async () => {
  await runFor(ben, ['import', file]);
  expect(textsOf(await opened('feed', '--as', 'mailer'))).toEqual(['one', 'two']);
  fs.rmSync(path.join(ben.directory, '.satchel', 'index'), { recursive: true });
  const { stdout } = await runFor(ben, ['topic', 'list'], { people: 'pipe' });
  expect(stdout).toMatch(/ana .*locked +private/);
  expect(stdout).not.toContain('0 messages');
  expect(textsOf(await opened('read', '-t', 'ana'))).toEqual(['one', 'two']);
});
