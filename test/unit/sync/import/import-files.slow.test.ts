import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readContacts } from '../../../../src/identity/contacts.js';
import { renameSelf } from '../../../../src/identity/create.js';
import { QUARANTINE_FILES_MAX } from '../../../../src/repository/store/quarantine.js';
import { givenFiles } from '../../../../src/sync/import/given-files.js';
import { type FileOutcome, importFiles, type TakenBundle } from '../../../../src/sync/import/import-files.js';
import { updateCards } from '../../../../src/sync/import/update-cards.js';
import { readAcquaintances } from '../../../../src/sync/known/acquaintances.js';
import { makeFifo } from '../../../testkit/fifo.js';
import { FIXTURES } from '../../../testkit/fixture.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { stateJson } from '../../../testkit/state-json.js';

interface World {
  readonly ana: Replica;
  readonly bob: Replica;
  readonly at: (name: string) => string;
}

/** Ana and Bob know each other; Ana wrote two messages into `one.satchel`. */
async function world(): Promise<World> {
  const directory = scratchDirectory();
  const ana = await Replica.create('ana', directory);
  const bob = await Replica.create('bob', directory);
  ana.meet(bob);
  bob.meet(ana).join('garden');
  const at = (name: string): string => path.join(directory, name);
  await ana.post('garden', 'hello', 'is it raining?');
  await ana.export(at('one.satchel'));
  return { ana, bob, at };
}

function codesOf(outcomes: readonly FileOutcome[]): string[] {
  return outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.error.code : outcome.kind));
}

function taken(outcome: FileOutcome | undefined): TakenBundle {
  if (outcome?.kind !== 'bundle') throw new Error(`not taken: ${JSON.stringify(outcome)}`);
  return outcome;
}

function damage(from: string, to: string, change: (bytes: Buffer) => Buffer): void {
  fs.writeFileSync(to, change(fs.readFileSync(from)));
}

/** All that is in the repository but the quarantine; a pack without a commit in it holds nothing. */
function stateOf(replica: Replica): string {
  const root = replica.repository.layout.root;
  const files = execFileSync('find', ['.', '-type', 'f', '-size', '+0', '-not', '-path', './quarantine/*'], {
    cwd: root,
    encoding: 'utf8',
  });
  const names = files
    .split('\n')
    .filter((name) => name !== '')
    .sort();
  return names.map((name) => `${name} ${fs.readFileSync(path.join(root, name)).toString('base64')}`).join('\n');
}

describe('importing files', () => {
  it('takes each by itself: a bad one does not stop the others', async () => {
    const { bob, at } = await world();
    damage(at('one.satchel'), at('flipped.satchel'), (bytes) => {
      bytes[bytes.length - 1500] = (bytes[bytes.length - 1500] ?? 0) ^ 1;
      return bytes;
    });
    fs.writeFileSync(at('empty.satchel'), '');
    const files = ['flipped.satchel', 'empty.satchel', 'missing.satchel', 'one.satchel'].map(at);
    const outcomes = importFiles(bob.session, files);
    expect(codesOf(outcomes)).toEqual(['bad-member', 'bad-bundle', 'io', 'bundle']);
    expect(taken(outcomes[3])).toMatchObject({ messages: 2, report: { fresh: 3, known: 0 } });
    expect(bob.texts('garden')).toEqual(['hello', 'is it raining?']);
  });

  it('recognises a file that it took before, as success', async () => {
    const { bob, at } = await world();
    importFiles(bob.session, [at('one.satchel')]);
    const before = stateOf(bob);
    const [again] = importFiles(bob.session, [at('one.satchel')]);
    expect(taken(again)).toMatchObject({ report: { fresh: 0, known: 3, skipped: 0, refused: [] } });
    expect(stateOf(bob)).toBe(before);
  });

  it('looks again at a file of which something was left out before', async () => {
    const { ana, at } = await world();
    const carl = await Replica.create('carl', path.dirname(at('x')));
    const [first] = importFiles(carl.session, [at('one.satchel')]);
    expect(taken(first).report).toMatchObject({ fresh: 0, skipped: 3 });
    carl.meet(ana);
    const [second] = importFiles(carl.session, [at('one.satchel')]);
    expect(taken(second).report).toMatchObject({ fresh: 3, skipped: 0 });
  });

  it('changes nothing in a dry run', async () => {
    const { bob, at } = await world();
    damage(at('one.satchel'), at('cut.satchel'), (bytes) => bytes.subarray(0, 3000));
    bob.repository.locked(() => {});
    const before = stateOf(bob);
    const outcomes = importFiles(bob.session, [at('one.satchel'), at('cut.satchel')], { dryRun: true });
    expect(codesOf(outcomes)).toEqual(['bundle', 'bad-tar']);
    expect(taken(outcomes[0]).report.fresh).toBe(3);
    expect(stateOf(bob)).toBe(before);
    expect(fs.existsSync(bob.repository.layout.quarantine)).toBe(false);
  });

  it('finds cards in any encoding and accepts none of them', async () => {
    const { ana, bob, at } = await world();
    fs.writeFileSync(at('ana.card'), `${ana.card}\n`);
    fs.writeFileSync(at('powershell.card'), Buffer.from(`\ufeff${ana.card}\r\n`, 'utf16le'));
    fs.writeFileSync(at('cut.card'), ana.card.slice(0, 200));
    const outcomes = importFiles(bob.session, ['ana.card', 'powershell.card', 'cut.card'].map(at));
    expect(codesOf(outcomes)).toEqual(['cards', 'cards', 'bad-card']);
    const carl = await Replica.create('carl', path.dirname(at('x')));
    importFiles(carl.session, [at('ana.card')]);
    expect(readContacts(carl.directory).size).toBe(0);
  });

  it('takes what one file left when another brings its introduction', async () => {
    const { ana, bob, at } = await world();
    const carl = await Replica.create('carl', path.dirname(at('x')));
    carl.meet(ana);
    bob.import(at('one.satchel'));
    await bob.export(at('back.satchel'));
    ana.import(at('back.satchel'));
    await ana.post('garden', 'a third');
    await ana.export(at('a-suffix.satchel'));
    const [suffix] = importFiles(carl.session, [at('a-suffix.satchel')]);
    expect(taken(suffix).report).toMatchObject({ fresh: 0 });
    expect(taken(suffix).report.unplaced).toBeGreaterThan(0);
    const outcomes = importFiles(carl.session, [at('a-suffix.satchel'), at('one.satchel')]);
    expect(taken(outcomes[0]).report).toMatchObject({ unplaced: 0 });
    expect(taken(outcomes[0]).report.fresh).toBeGreaterThan(0);
    expect(carl.join('garden').texts('garden')).toEqual(['hello', 'is it raining?', 'a third']);
  });
});

describe('a damaged bundle', () => {
  it('is set aside with the reason', async () => {
    const { bob, at } = await world();
    damage(at('one.satchel'), at('cut.satchel'), (bytes) => bytes.subarray(0, 3000));
    importFiles(bob.session, [at('cut.satchel')]);
    const { quarantine } = bob.repository.layout;
    const [copy, reason] = fs.readdirSync(quarantine).sort().reverse();
    expect(fs.readFileSync(path.join(quarantine, copy ?? ''))).toEqual(fs.readFileSync(at('cut.satchel')));
    expect(stateJson(path.join(quarantine, reason ?? ''))).toMatchObject({
      digest: copy?.replace('.satchel', ''),
      file: at('cut.satchel'),
      code: 'bad-tar',
      size: 3000,
    });
  });

  it('is set aside only as long as there are few', async () => {
    const { bob, at } = await world();
    const files = Array.from({ length: QUARANTINE_FILES_MAX + 4 }, (_, i) => {
      fs.writeFileSync(at(`junk-${i}`), `junk ${i}`);
      return at(`junk-${i}`);
    });
    importFiles(bob.session, files);
    expect(fs.readdirSync(bob.repository.layout.quarantine).length).toBe(2 * QUARANTINE_FILES_MAX);
  });

  it('gives what is whole of it when asked to', async () => {
    const { ana, bob, at } = await world();
    for (let i = 0; i < 3; i++) await ana.post('garden', `more ${i}`);
    await ana.export(at('two.satchel'));
    damage(at('two.satchel'), at('torn.satchel'), (bytes) => bytes.subarray(0, bytes.length - 1600));
    expect(codesOf(importFiles(bob.session, [at('torn.satchel')]))).toEqual(['bad-tar']);
    const [outcome] = importFiles(bob.session, [at('torn.satchel')], { salvage: true });
    expect(taken(outcome).damage?.code).toBe('bad-tar');
    expect(taken(outcome).report.fresh).toBeGreaterThan(1);
    expect(bob.texts('garden')[0]).toBe('hello');
  });

  it('is told as damaged when nothing in it is whole', async () => {
    const { bob, at } = await world();
    fs.writeFileSync(at('junk.satchel'), Buffer.alloc(5000, 7));
    expect(codesOf(importFiles(bob.session, [at('junk.satchel')], { salvage: true }))).toEqual(['bad-bundle']);
  });
});

describe('every bundle of the fixtures', () => {
  const directory = fileURLToPath(new URL('bundles/', FIXTURES));
  const names = fs.readdirSync(directory).filter((name) => name.endsWith('.satchel'));

  it('is taken or refused as it should, and a refused one changes nothing', async () => {
    const { bob } = await world();
    const { session } = bob;
    for (const name of names) {
      const file = path.join(directory, name);
      const { code } = JSON.parse(fs.readFileSync(file.replace(/satchel$/, 'json'), 'utf8')) as { code: string };
      const before = stateOf(bob);
      const isSound = code === 'ok' || code === 'refused';
      expect([name, ...codesOf(importFiles(session, [file]))]).toEqual([name, isSound ? 'bundle' : code]);
      if (!isSound) expect(stateOf(bob), name).toBe(before);
    }
    expect(names.length).toBeGreaterThan(40);
  });
});

describe('given files', () => {
  it('of a directory are its bundles and cards, not deeper, no links', async () => {
    const directory = scratchDirectory();
    const at = (name: string): string => path.join(directory, name);
    for (const name of ['b.satchel', 'A.CARD', 'c.txt', '._b.satchel']) fs.writeFileSync(at(name), 'x');
    fs.mkdirSync(at('deep.satchel'));
    fs.writeFileSync(at('deep.satchel/d.satchel'), 'x');
    fs.symlinkSync(at('b.satchel'), at('link.satchel'));
    expect(givenFiles([directory, '-', at('b.satchel')]).files).toEqual([at('A.CARD'), at('b.satchel'), '-']);
  });

  it('do not follow a link to a directory', () => {
    const directory = scratchDirectory();
    fs.mkdirSync(path.join(directory, 'real'));
    fs.writeFileSync(path.join(directory, 'real', 'a.satchel'), 'x');
    fs.symlinkSync('real', path.join(directory, 'link'));
    expect(() => givenFiles([path.join(directory, 'link')])).toThrow('is a symbolic link');
    expect(givenFiles([`${path.join(directory, 'link')}/`]).files.length).toBe(1);
  });

  it('are refused at once when they are no files', async () => {
    const { bob, at } = await world();
    makeFifo(at('fifo'));
    fs.symlinkSync(at('one.satchel'), at('link'));
    fs.mkdirSync(at('directory'));
    const files = [at('fifo'), at('link'), '/dev/zero', '/dev/null'];
    expect(codesOf(importFiles(bob.session, files))).toEqual(files.map(() => 'not-a-file'));
  });
});

describe('people', () => {
  it('that are strangers are remembered, and contacts get their newer card', async () => {
    const { ana, bob, at } = await world();
    const carl = await Replica.create('carl', path.dirname(at('x')));
    const [outcome] = importFiles(carl.join('garden').session, [at('one.satchel')]);
    expect(await updateCards(carl.session, taken(outcome).report.cards)).toEqual([]);
    expect(readAcquaintances(carl.repository)).toMatchObject([{ name: 'ana', card: ana.card }]);
    await renameSelf(ana.directory, 'ana the second', { now: ana.now, passphrase: async () => '' });
    await ana.export(at('two.satchel'), { full: true });
    const [second] = importFiles(bob.session, [at('two.satchel')]);
    const updated = await updateCards(bob.session, taken(second).report.cards);
    expect(updated.map(({ serial, petname }) => [serial, petname])).toEqual([[2, 'ana']]);
    expect([...readContacts(bob.directory).values()][0]?.card).toBe(ana.card);
  });
});
