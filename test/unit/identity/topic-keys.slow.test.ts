// The keys of private topics on disk: what was kept is there, whatever the disk does, and nothing takes the only copy of one away.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { encodeCreateStatement } from '../../../src/format/private/create-statement.js';
import { type EpochKeys, epochOf, type WholeEpoch } from '../../../src/format/private/epoch.js';
import { mergedTopicKeys, type TopicKeys } from '../../../src/format/private/topic-keys.js';
import { Keyring } from '../../../src/identity/keyring.js';
import { checkSecrets, readSecrets, writeSecrets } from '../../../src/identity/keys.js';
import type { Secrets } from '../../../src/identity/secrets.js';
import { createSecrets } from '../../../src/identity/secrets.js';
import {
  keepTopicKeys,
  readTopicKeys,
  TOPIC_KEY_FILES_MAX,
  topicKeyProblems,
} from '../../../src/identity/topic-keys.js';
import { topicKeysDirectory } from '../../../src/identity/topic-keys-there.js';
import { type Disk, disk, useDisk } from '../../../src/repository/disk.js';
import { ageOpened, needAge } from '../../testkit/age-cli.js';
import { Chance } from '../../testkit/chance.js';
import { withFailingDisk } from '../../testkit/fault-disk.js';
import { MemoryDisk } from '../../testkit/memory-disk.js';
import { pair } from '../../testkit/paired.js';
import { anyFate, FATES, powerCut } from '../../testkit/power-cut.js';
import { Replica } from '../../testkit/replica.js';
import { memoryDirectory, scratchDirectory } from '../../testkit/scratch.js';
import { seedOf } from '../../testkit/seed.js';
import { sha256 } from '../../testkit/wire.js';
import { isChange, SYNCS, wrapDisk } from '../../testkit/wrapped-disk.js';

const CHEAP = { workFactor: 2 };
let drawn = 0;
const random = (size: number): Buffer => {
  drawn += 1;
  return Buffer.concat([sha256(`topic keys ${drawn}`), sha256(`more ${drawn}`)]).subarray(0, size);
};
let secrets: Secrets;

beforeEach(async () => {
  secrets = (await createSecrets(random, 1)).secrets;
});

/** A repository's keys, in a directory, under a passphrase if one is given. */
async function keyringIn(directory: string, passphrase?: string): Promise<Keyring> {
  await writeSecrets(directory, secrets, passphrase, CHEAP);
  return opened(directory, passphrase);
}

function opened(directory: string, passphrase?: string): Keyring {
  return new Keyring(directory, passphrase === undefined ? undefined : () => Promise.resolve(passphrase), CHEAP);
}

function epoch(n: number): WholeEpoch {
  return epochOf(sha256(`C ${n}`), sha256(`D ${n}`));
}

function controlOf({ id, control, dataHash }: WholeEpoch): EpochKeys {
  return { id, control, dataHash };
}

function keysOf(topic: string, ...epochs: EpochKeys[]): TopicKeys {
  return { statement: Buffer.from(`statement of ${topic}`), epochs };
}

/** The same in one order, to be compared. */
function sorted(topics: readonly TopicKeys[]): unknown {
  return topics
    .map(({ statement, epochs }) => ({
      topic: statement.toString(),
      epochs: epochs.map(({ id, control, data }) => [id, control.toString('hex'), data?.toString('hex')]).sort(),
    }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}

function filesIn(directory: string): string[] {
  return fs.readdirSync(topicKeysDirectory(directory)).sort();
}

test('what was kept is there, in whatever order and portions it came', async () => {
  const seed = seedOf('TOPIC_KEYS_SEED');
  for (let round = 0; round < 4; round++) {
    const most = 2 + round;
    const chance = new Chance(seed + round);
    const keyring = await keyringIn(memoryDirectory());
    let kept: TopicKeys[] = [];
    for (let n = 0; n < 20; n++) {
      const whole = epoch(chance.below(60));
      const added = keysOf(`t${chance.below(3)}`, chance.below(2) === 0 ? whole : controlOf(whole));
      kept = mergedTopicKeys(kept, [added]);
      expect(sorted(await keepTopicKeys(keyring, [added], { random, most }))).toEqual(sorted(kept));
      expect(filesIn(keyring.directory).length).toBeLessThan(most);
    }
    const { topics, unreadable } = await readTopicKeys(opened(keyring.directory));
    expect(sorted(topics), `TOPIC_KEYS_SEED=${seed + round}`).toEqual(sorted(kept));
    expect(unreadable).toEqual([]);
  }
});

test('nothing is written where nothing is new, nor before there is a key', async () => {
  const keyring = await keyringIn(scratchDirectory());
  expect(await readTopicKeys(keyring)).toEqual({ topics: [], unreadable: [] });
  expect(await keepTopicKeys(keyring, [], { random })).toEqual([]);
  expect(fs.existsSync(topicKeysDirectory(keyring.directory))).toBe(false);
  expect((await keyring.read()).vault).toBeUndefined();
  await keepTopicKeys(keyring, [keysOf('t', epoch(1))], { random });
  const { vault } = await keyring.read();
  expect(vault).toMatch(/^AGE-SECRET-KEY-1/);
  const again = [keysOf('t', epoch(1)), keysOf('t', controlOf(epoch(1)))];
  for (const one of again) await keepTopicKeys(keyring, [one], { random });
  expect(filesIn(keyring.directory)).toEqual(['000001.age']);
  await keepTopicKeys(keyring, [keysOf('empty')], { random });
  expect(filesIn(keyring.directory)).toEqual(['000001.age', '000002.age']);
  expect((await keyring.read()).vault).toBe(vault);
});

test('keys that are not of their epoch are kept by nobody', async () => {
  const keyring = await keyringIn(scratchDirectory());
  const { id, control } = epoch(1);
  const wrong = [
    { ...epoch(1), id: epoch(2).id },
    { id, control },
    { ...epoch(1), data: epoch(2).data },
  ];
  for (const one of wrong)
    await expect(keepTopicKeys(keyring, [keysOf('t', one)], { random })).rejects.toThrow(RangeError);
  expect(fs.existsSync(topicKeysDirectory(keyring.directory))).toBe(false);
});

test('64 files become one, which lets none go that does not open', async () => {
  const keyring = await keyringIn(memoryDirectory());
  const { directory } = keyring;
  await keepTopicKeys(keyring, [keysOf('t', epoch(1))], { random });
  const folder = topicKeysDirectory(directory);
  const copies = Array.from({ length: TOPIC_KEY_FILES_MAX - 2 }, (_, i) => `${String(i + 2).padStart(6, '0')}.age`);
  for (const name of copies) fs.copyFileSync(path.join(folder, '000001.age'), path.join(folder, name));
  const rotten = path.join(folder, '000007.age');
  flipLast(rotten);
  expect(await topicKeyProblems(keyring)).toEqual([expect.stringContaining('000007.age')]);
  // one more, in the place of the one that is not read
  for (const n of [98, 99]) await keepTopicKeys(keyring, [keysOf('t', epoch(n))], { random });
  expect(filesIn(directory)).toEqual(['000007.age', '000065.age']);
  const { topics, unreadable } = await readTopicKeys(opened(directory));
  expect(topics[0]?.epochs.map(({ id }) => id)).toEqual([1, 98, 99].map((n) => epoch(n).id));
  expect(unreadable).toEqual([rotten]);
});

describe('on the disk', () => {
  test('everything is closed to others, and no secret lies open', async () => {
    const keyring = await keyringIn(scratchDirectory(), 'pass');
    await keepTopicKeys(keyring, [keysOf('t', epoch(1))], { random });
    const folder = topicKeysDirectory(keyring.directory);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    const file = path.join(folder, '000001.age');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    const { control, data } = epoch(1);
    const bytes = fs.readFileSync(file);
    for (const secret of [control, data, 'statement of']) expect(bytes.includes(secret)).toBe(false);
    expect(checkSecrets(keyring.directory)).toEqual([]);
    fs.chmodSync(file, 0o644);
    expect(checkSecrets(keyring.directory)).toMatchObject([{ problem: 'readable-by-others', path: file }]);
  });

  test('the passphrase is asked for once, and its file written once', async () => {
    const directory = scratchDirectory();
    const keyring = await keyringIn(directory, 'pass');
    await keepTopicKeys(keyring, [keysOf('t', epoch(1))], { random });
    const sealed = path.join(directory, '.satchel', 'keys', 'secrets.age');
    const before = fs.readFileSync(sealed);
    await keepTopicKeys(keyring, [keysOf('t', epoch(2))], { random });
    expect(fs.readFileSync(sealed).equals(before)).toBe(true);
    await expect(readTopicKeys(opened(directory))).rejects.toMatchObject({ code: 'locked' });
    expect((await readTopicKeys(opened(directory, 'pass'))).topics[0]?.epochs).toHaveLength(2);
  });

  test('the age program opens a file with the vault', async (context) => {
    needAge(context);
    const directory = scratchDirectory();
    await keepTopicKeys(await keyringIn(directory), [keysOf('t', epoch(1))], { random });
    const { vault = '' } = await readSecrets(directory, undefined);
    const file = fs.readFileSync(path.join(topicKeysDirectory(directory), '000001.age'));
    expect(ageOpened(file, vault, directory)?.includes(epoch(1).data)).toBe(true);
  });

  test('files of another vault stay, and are told', async () => {
    const directory = scratchDirectory();
    await keepTopicKeys(await keyringIn(directory), [keysOf('t', epoch(1))], { random });
    // as after keys/secrets.json came out of an older copy
    const keyring = await keyringIn(directory);
    expect((await readTopicKeys(keyring)).unreadable).toHaveLength(1);
    await keepTopicKeys(keyring, [keysOf('t', epoch(2))], { random });
    expect(filesIn(directory)).toEqual(['000001.age', '000002.age']);
  });
});

test('they go to a further device with the welcome, and lie there under a vault of its own', async () => {
  const parent = scratchDirectory();
  const ana = await Replica.create('ana', parent);
  const { id, control, dataHash } = epoch(2);
  const begun = (label: string) => ({
    statement: encodeCreateStatement({ nonce: Buffer.alloc(16, label), owners: [ana.session.self.person], label }),
  });
  const had = [
    { ...keysOf('t', epoch(1), { id, control, dataHash }), ...begun('t') },
    { ...keysOf('u'), ...begun('u') },
  ];
  await keepTopicKeys(new Keyring(ana.directory, undefined), had, { random });
  const laptop = await pair(ana, 'laptop', parent);
  const topics = had.map((one) => ({ ...one, isWelcomed: true }));
  expect(await readTopicKeys(opened(laptop.directory))).toEqual({ topics, unreadable: [] });
  const vaults = await Promise.all(
    [ana, laptop].map(async (one) => (await readSecrets(one.directory, undefined)).vault),
  );
  expect(new Set(vaults).size).toBe(2);
  for (const one of [ana, laptop]) one.repository.close();
});

/** Few files are made one: it makes no difference to what a disk can do. */
const FEW = { random, most: 4 };
/** Keys in so many files, and a change that adds one more: the first, the last before they are joined, the one that joins them. */
const STATES = [0, 2, 3];

/** Where a disk fails or the power is cut, at least: a file is written, made durable, named, and its name made durable. */
const CHANGES_LEAST = 4;

async function filled(directory: string, files: number): Promise<void> {
  const keyring = await keyringIn(directory);
  for (let n = 0; n < files; n++) await keepTopicKeys(keyring, [keysOf('t', epoch(n))], FEW);
}

/** What has to be there of the first `count` keys, and may be of one more. */
async function expectKept(directory: string, count: number, isNewest: boolean): Promise<void> {
  const { topics, unreadable } = await readTopicKeys(opened(directory));
  const ids = new Set(topics.flatMap(({ epochs }) => epochs.map(({ id }) => id)));
  for (let n = 0; n < count + (isNewest ? 1 : 0); n++) expect(ids, `key ${n} of ${count}`).toContain(epoch(n).id);
  expect(unreadable).toEqual([]);
}

test('where the disk gives back other bytes than were written, nothing goes that they stand for', async () => {
  const directory = memoryDirectory();
  await filled(directory, 3);
  const before = filesIn(directory);
  const rotting = wrapDisk(disk, ({ name, args }, make) => {
    const result = make(...args);
    if (name === 'rename' && String(args[1]).endsWith('000004.age')) flipLast(String(args[1]));
    return result;
  });
  const keeping = on(rotting, () => keepTopicKeys(opened(directory), [keysOf('t', epoch(3))], FEW));
  await expect(keeping).rejects.toMatchObject({ code: 'io', hint: expect.stringContaining('satchel check') });
  expect(filesIn(directory)).toEqual([...before, '000004.age']);
  fs.rmSync(path.join(topicKeysDirectory(directory), '000004.age'));
  await expectKept(directory, 3, false);
});

test('files that another process joins while they are read are read again as one', async () => {
  const directory = memoryDirectory();
  await filled(directory, 3);
  const joined = memoryDirectory();
  fs.cpSync(directory, joined, { recursive: true });
  await keepTopicKeys(opened(joined), [keysOf('t', epoch(3))], FEW);
  const [from, to] = [joined, directory].map(topicKeysDirectory) as [string, string];
  let joins = 0;
  const busy = wrapDisk(disk, ({ name, args }, make) => {
    if (name === 'stat' && args[0] === path.join(to, '000002.age') && joins++ === 0) {
      fs.cpSync(from, to, { recursive: true });
      for (const file of ['000001.age', '000002.age', '000003.age']) fs.rmSync(path.join(to, file));
    }
    return make(...args);
  });
  await on(busy, () => expectKept(directory, 4, false));
  expect(joins).toBe(1);
  expect(filesIn(directory)).toEqual(['000004.age']);
});

/** Works on another disk. */
async function on<T>(other: Disk, work: () => Promise<T>): Promise<T> {
  const restore = useDisk(other);
  try {
    return await work();
  } finally {
    restore();
  }
}

function flipLast(file: string): void {
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

describe('when each disk call fails once', () => {
  test.each(STATES)('with %i files: nothing is lost, and the next time it is done', async (files) => {
    const whole = memoryDirectory();
    await filled(whole, files);
    const add = (directory: string) => () => keepTopicKeys(opened(directory), [keysOf('t', epoch(files))], FEW);
    let undone = 0;
    for (let at = 1; ; at++) {
      const directory = memoryDirectory();
      fs.cpSync(whole, directory, { recursive: true });
      let isDone = true;
      const { failed } = await withFailingDisk(directory, { at, mode: 'once' }, async () => {
        await add(directory)().catch((error) => {
          expect(error).toMatchObject({ code: 'io' });
          isDone = false;
          undone++;
        });
      });
      if (failed === undefined) break;
      await expectKept(directory, files, isDone);
      await add(directory)();
      await expectKept(directory, files, true);
    }
    expect(undone).toBeGreaterThanOrEqual(CHANGES_LEAST);
  });
});

describe('when the power is cut at each change', () => {
  test.each(STATES)('with %i files: what was kept is there, and the next time it is done', async (files) => {
    const seed = seedOf('POWER_SEED');
    const whole = new MemoryDisk('/machine');
    const add = () => keepTopicKeys(opened('/machine/ana'), [keysOf('t', epoch(files))], FEW);
    await on(whole.disk, () => filled('/machine/ana', files));
    whole.settle();
    for (let cutAt = 1; ; cutAt++) {
      const memory = whole.clone();
      const isDone = await doneUntil(memory, cutAt, add);
      for (const fate of [...FATES, anyFate(seed + cutAt)]) {
        const left = powerCut(memory, fate);
        await on(left.disk, async () => {
          await expectKept('/machine/ana', files, isDone);
          await add();
          await expectKept('/machine/ana', files, true);
        });
      }
      if (!isDone) continue;
      expect(cutAt).toBeGreaterThan(CHANGES_LEAST);
      break;
    }
  });

  /** Whether the work was through before its n-th change. */
  async function doneUntil(memory: MemoryDisk, cutAt: number, work: () => Promise<unknown>): Promise<boolean> {
    let changes = 0;
    const failing = wrapDisk(memory.disk, (call, make) => {
      if (changes >= cutAt) throw new Error('the power is off');
      const isNext = isChange(call) && ++changes === cutAt;
      const result = isNext && SYNCS.includes(call.name) ? undefined : make(...call.args);
      if (isNext) throw new Error('the power is off');
      return result;
    });
    try {
      await on(failing, work);
      return true;
    } catch (error) {
      expect(String(error)).toContain('the power is off');
      return false;
    }
  }
});
