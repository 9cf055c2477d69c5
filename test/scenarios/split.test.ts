// An export in several files: together they bring everything, each is small enough, and each can be imported alone, in any
// order.
import { createCipheriv, createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { type EndedHere, runHere } from '../testkit/command.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { seedOf } from '../testkit/seed.js';

const seed = seedOf('SPLIT_SEED');
let drawn = 0;

/** Bytes that nobody compresses. */
function noise(size: number): Buffer {
  const key = createHash('sha256').update(`${seed}/${drawn++}`).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

function below(limit: number): number {
  return noise(4).readUInt32BE() % limit;
}

function run(who: Replica, ...argv: readonly string[]): Promise<EndedHere> {
  const world = { now: () => who.now, random: (size: number) => noise(size) };
  return runHere(['-C', who.directory, ...argv], { env: { SATCHEL_STATE_DIR: who.stateDirectory }, world });
}

interface World {
  readonly parent: string;
  readonly ana: Replica;
  readonly ben: Replica;
}

/** Ana wrote, in several commits and two topics, and brought files of up to three chunks. */
async function world(): Promise<World> {
  const parent = scratchDirectory();
  const [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 'garden')) as [Replica, Replica];
  ana.join('shed');
  ben.join('shed');
  for (let i = 0; i < 6; i++) {
    ana.now += 60_000;
    await ana.post(i % 3 === 0 ? 'shed' : 'garden', ...Array.from({ length: 3 }, (_, j) => text(i * 3 + j)));
  }
  for (const [i, size] of [10, 70_000, 1_500_000, 2_200_000].entries()) {
    const file = path.join(parent, `file-${i}.bin`);
    fs.writeFileSync(file, noise(size));
    const { exit, stderr } = await run(ana, 'post', '-t', 'garden', '--attach', file, `file ${i}`);
    expect([exit, stderr]).toEqual([0, '']);
  }
  ana.reopen();
  return { parent, ana, ben };
}

function text(number: number): string {
  return `${number} ${noise(100 + below(20_000)).toString('base64')}`;
}

/** The files, in no order. */
async function split({ ana, parent }: World, size: number, ...argv: readonly string[]): Promise<string[]> {
  const directory = path.join(parent, 'parts');
  fs.mkdirSync(directory);
  const output = argv.includes('--armor') ? path.join(directory, 'part.txt') : directory;
  const { exit, stdout, stderr } = await run(ana, 'export', '--max-size', String(size), '-o', output, ...argv);
  expect([exit, stderr]).toEqual([0, '']);
  const told = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; part: number });
  expect(told.map(({ part }) => part)).toEqual(told.map((_, i) => i + 1));
  const files = fs.readdirSync(directory).map((name) => path.join(directory, name));
  expect(files.sort()).toEqual(told.map(({ file }) => path.resolve(file)).sort());
  for (const file of files) expect(fs.statSync(file).size).toBeLessThanOrEqual(size);
  return files
    .map((file) => ({ file, rank: below(1_000) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ file }) => file);
}

/** What is shown of both topics, and which files are whole. */
function shown(who: Replica): string[] {
  const texts = [...who.texts('garden'), ...who.texts('shed')].sort();
  const viewer = openViewer(who.session, { topic: rendezvousTopic('garden'), label: 'garden' });
  const whole = who
    .messages('garden')
    .flatMap((ordered) => viewer.view(ordered).attachments.map(({ name, state }) => `${name} ${state}`));
  return [...texts, ...whole.sort()];
}

describe('an export in several files', () => {
  it.each([
    ['open', 1_200_000, ['--open']],
    ['sealed', 1_300_000, ['--seal']],
    ['as text', 1_700_000, ['--open', '--armor']],
  ] as const)('%s brings everything in whatever order', async (_, size, argv) => {
    const here = await world();
    const { ana, ben } = here;
    const isSealed = (argv as readonly string[]).includes('--seal');
    // a bundle of ben's shows that he reads sealed files
    if (isSealed) {
      const file = path.join(here.parent, 'ben.satchel');
      await ben.post('garden', 'here I am');
      await ben.export(file);
      ana.import(file);
      ana.reopen();
    }
    const files = await split(here, size, ...argv);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const before = shown(ben).length;
      const { exit, stdout, stderr } = await run(ben, 'import', file);
      expect([exit, stderr]).toEqual([0, '']);
      const report = JSON.parse(stdout) as { bundles: { blobs: { skipped: number } }[] };
      expect(report.bundles.map(({ blobs }) => blobs.skipped)).toEqual([0]);
      ben.reopen();
      expect(shown(ben).length).toBeGreaterThanOrEqual(before);
    }
    expect(shown(ben)).toEqual(shown(ana));
    expect(shown(ben).filter((line) => / complete$/.test(line))).toHaveLength(4);
  });

  it('says once what to do on the other side', async () => {
    const { ana, parent } = await world();
    const directory = path.join(parent, 'told');
    fs.mkdirSync(directory);
    const env = { SATCHEL_STATE_DIR: ana.stateDirectory };
    const argv = ['-C', ana.directory, 'export', '--open', '--max-size', '100K', '-o', directory];
    const { stderr } = await runHere(argv, { env, world: ana.repository.world, people: 'pipe' });
    expect(fs.readdirSync(directory).length).toBeGreaterThan(1);
    expect(stderr.match(/next, on the other side: satchel import .*/g)).toHaveLength(1);
  });

  it('ends where a segment has room in no file, however often its introduction would go again', async () => {
    // all texts in one segment
    const sizes = [15_000, 10_000 + below(25_000)];
    for (const [i, size] of sizes.entries()) {
      const parent = scratchDirectory();
      const [ana, ben] = (await makeFriends(parent, ['ana', 'ben'], 'garden')) as [Replica, Replica];
      await ana.post('garden', 'small');
      const texts = Array.from({ length: 20 }, () => noise(size).toString('base64'));
      await ana.post('garden', ...texts);
      const directory = path.join(parent, 'parts');
      fs.mkdirSync(directory);
      const room = i === 0 ? 100_000 : 20_000 + below(15 * size);
      const { exit, stdout, stderr } = await run(ana, 'export', '--open', '--max-size', String(room), '-o', directory);
      const told = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string | null; messages: number; left: number });
      const known = { exit, messages: told.map(({ messages }) => messages), left: told.at(-1)?.left };
      expect(known, `seed ${seed}, ${size} in ${room}`).toEqual({ exit: 3, messages: [1, 0], left: texts.length });
      expect(told.at(-1)?.file).toBeNull();
      expect(stderr).toBe('');
      for (const { file } of told) if (file !== null) await run(ben, 'import', file);
      ben.reopen();
      expect(ben.texts('garden')).toEqual(['small']);
    }
  });

  it('says of what fits in none only that no further one was written', async () => {
    const { ana, parent } = await world();
    const options = { env: { SATCHEL_STATE_DIR: ana.stateDirectory }, world: ana.repository.world };
    const tell = (directory: string) => {
      fs.mkdirSync(path.join(parent, directory));
      const argv = ['export', '--open', '--max-size', '400K', '-o', path.join(parent, directory)];
      return runHere(['-C', ana.directory, ...argv], { ...options, people: 'pipe' });
    };
    const { exit, stdout, stderr } = await tell('some');
    expect(exit).toBe(3);
    expect(stdout).toMatch(/\nno further file was written: none of it fits\n$/);
    expect(stderr).toMatch(/ MiB of attachments found no room; a larger --max-size has it\nnext, on the other side: /);
    expect(fs.readdirSync(path.join(parent, 'some'))).not.toEqual([]);
  });

  it('says what finds no room in any, and nothing when there is nothing', async () => {
    const here = await world();
    const directory = path.join(here.parent, 'small');
    fs.mkdirSync(directory);
    const { exit, stdout } = await run(here.ana, 'export', '--open', '--max-size', '400K', '-o', directory);
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { left: number; blobsLeft: { count: number } });
    expect(exit).toBe(3);
    expect(told.at(-1)).toMatchObject({ file: null, left: 0, blobsLeft: { count: expect.any(Number) } });
    expect((await run(here.ana, 'export', '--max-size', '1K', '-o', directory)).exit).toBe(2);
    expect((await run(here.ana, 'export', '--max-size', '1M', '-o', '-')).exit).toBe(2);
    expect((await run(here.ana, 'export', '--max-size', '1M', '--armor')).exit).toBe(2);
    const dry = JSON.parse((await run(here.ana, 'export', '--open', '--max-size', '400K', '--dry-run')).stdout);
    expect(dry).toMatchObject({ left: 0, blobsLeft: { count: 0 }, part: null });
  });
});
