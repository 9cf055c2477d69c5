// A repository, its backup, and what is restored from it.
import fs from 'node:fs';
import path from 'node:path';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { epochOf } from '../../../../src/format/private/epoch.js';
import { openPayload, sealPieces } from '../../../../src/format/sealed/payload.js';
import { sourceOf } from '../../../../src/format/source.js';
import { createHeader, type NewHeader } from '../../../../src/identity/age.js';
import { isRestored, readFormer } from '../../../../src/identity/former.js';
import { Keyring } from '../../../../src/identity/keyring.js';
import { readSecrets } from '../../../../src/identity/keys.js';
import { readSelf } from '../../../../src/identity/self.js';
import { keepTopicKeys, readTopicKeys } from '../../../../src/identity/topic-keys.js';
import { checkRepository } from '../../../../src/repository/check.js';
import { Repository } from '../../../../src/repository/repository.js';
import { type Snapshot, sealedBackup, snapshotOf } from '../../../../src/sync/backup/backup.js';
import { restoreBackup } from '../../../../src/sync/backup/restore.js';
import { openFile } from '../../../../src/sync/import/source.js';
import { createInterpreter } from '../../../../src/topic/message/interpret.js';
import { Chance } from '../../../testkit/chance.js';
import type { Replica } from '../../../testkit/replica.js';
import { bundleFrom, makeFriends } from '../../../testkit/replicas.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { seedOf } from '../../../testkit/seed.js';

const NONCE = Buffer.alloc(16, 5);
const RECIPIENT = Buffer.from('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a', 'hex');
let header: NewHeader;

beforeAll(async () => {
  header = await createHeader([RECIPIENT], (size) => Buffer.alloc(size, 3));
});

test('what was held at the moment of the backup is held after restoring, whatever is done meanwhile', async () => {
  const seed = seedOf('BACKUP_SEED');
  for (let round = 0; round < 6; round++) {
    const chance = new Chance(seed + round);
    const [ana, ben] = (await makeFriends(scratchDirectory(), ['Ana', 'Ben'], 't')) as [Replica, Replica];
    for (let n = chance.below(12); n >= 0; n--) await act(ana, ben, chance);
    const snapshot = snapshotOf(ana.repository, await readSecrets(ana.directory, undefined));
    const before = heldBy(ana.repository);
    const file = await collected(snapshot, async () => {
      if (chance.below(3) === 0) await act(ana, ben, chance);
      if (chance.below(8) === 0) ana.collect();
    });
    const { repository, directory } = await restored(file);
    expect(heldBy(repository), `BACKUP_SEED=${seed + round}`).toEqual(before);
    expect(isRestored(directory)).toBe(true);
    expect(readFormer(directory)).toMatchObject({ person: ana.session.self.person, name: 'Ana' });
  }
});

test('nothing that signs is in it, and it opens what was sealed to the device', async () => {
  const [ana] = (await makeFriends(scratchDirectory(), ['Ana', 'Ben'], 't')) as [Replica];
  await ana.post('t', 'hello');
  const random = (size: number) => Buffer.alloc(size, 9);
  const had = { statement: Buffer.from('a create statement'), epochs: [epochOf(random(32), random(32))] };
  await keepTopicKeys(new Keyring(ana.directory, undefined), [had], { random });
  const secrets = await readSecrets(ana.directory, undefined);
  const file = await collected(snapshotOf(ana.repository, secrets));
  const plain = opened(file);
  const seeds = [secrets.device, secrets.recovery, ...secrets.logs.values()].flatMap((seed) => seed ?? []);
  expect(seeds.length).toBeGreaterThan(2);
  for (const seed of seeds)
    for (const form of [seed, seed.toString('hex'), seed.toString('base64')]) expect(plain.includes(form)).toBe(false);
  expect(plain.includes(secrets.recipients[0].key)).toBe(true);
  const { directory } = await restored(file);
  const after = await readSecrets(directory, undefined);
  expect(after.device.equals(secrets.device)).toBe(false);
  expect(after.recipients.map(({ key }) => key)).toEqual([expect.any(String), secrets.recipients[0].key]);
  expect(after.recipients[1]).toHaveProperty('replaced');
  expect(after.logs.size).toBe(0);
  const kept = await readTopicKeys(new Keyring(directory, undefined));
  expect(kept).toEqual({ topics: [had], unreadable: [] });
  expect(() => readSelf(directory)).toThrow('no identity');
});

describe('what was not made by a backup is refused, and nothing is left', () => {
  const ABOUT = JSON.stringify({
    format: 'satchel-backup/1',
    made: 1,
    repository: 2,
    person: 'a'.repeat(64),
    device: 'b'.repeat(64),
    name: 'Ana',
    card: 'satchel1:',
  });
  const KEYS = JSON.stringify({ recipients: [{ key: 'AGE-SECRET-KEY-1X', from: 0 }] });
  const FRONT: Members = [
    ['backup.json', ABOUT],
    ['keys/recipients.json', KEYS],
  ];
  type Members = [name: string, content: string][];

  test('what has both first members and nothing else is one', async () => {
    const { directory } = await restored(await sealedTar(FRONT));
    expect(readFormer(directory)).toBeUndefined();
  });

  test.each<[string, Members, string]>([
    ['nothing', [], 'bad-tar'],
    ['another first member', [['HEAD', ''], ...FRONT], 'bad-tar'],
    ['no keys', [['backup.json', ABOUT]], 'bad-tar'],
    ['keys twice', [...FRONT, ['keys/recipients.json', KEYS]], 'bad-tar'],
    ['a way out', [...FRONT, ['../out', 'x']], 'bad-tar'],
    ['a hook', [...FRONT, ['hooks/post-import', '#!/bin/sh']], 'bad-tar'],
    ['secret keys', [...FRONT, ['keys/secrets.json', '{}']], 'bad-tar'],
    ['an identity', [...FRONT, ['refs/self.json', '{}']], 'bad-tar'],
    ['a file twice', [...FRONT, ['HEAD', ''], ['HEAD', '']], 'io'],
    ['no JSON', [['backup.json', '{'], ...FRONT.slice(1)], 'bad-tar'],
    ['a newer version', [['backup.json', ABOUT.replace('backup/1', 'backup/2')], ...FRONT.slice(1)], 'newer-version'],
    ['a newer repository', [['backup.json', ABOUT.replace('"repository":2', '"repository":3')]], 'newer-version'],
    [
      'keys that are none',
      [
        ['backup.json', ABOUT],
        ['keys/recipients.json', '{"recipients":[]}'],
      ],
      'bad-tar',
    ],
  ])('%s', async (_what, members, code) => {
    await expectRefused(await sealedTar(members), code);
  });

  test('whatever is cut off, or has another bit', async () => {
    const file = await sealedTar([...FRONT, ['objects/packs/000001.pack', 'x'.repeat(200_000)]]);
    const chance = new Chance(seedOf('BACKUP_SEED'));
    for (let n = 0; n < 12; n++) {
      const at = header.bytes.length + chance.below(file.length - header.bytes.length);
      await expectRefused(file.subarray(0, at), /^bad-(bundle|tar)$/);
      const turned = Buffer.from(file);
      turned[at] = (turned[at] ?? 0) ^ (1 << chance.below(8));
      await expectRefused(turned, 'bad-bundle');
    }
  });

  async function sealedTar(members: Members): Promise<Buffer> {
    const tar = pack();
    for (const [name, content] of members) tar.entry({ name }, content);
    tar.finalize();
    const pieces: Buffer[] = [];
    for await (const piece of tar) pieces.push(piece as Buffer);
    const sealed = [header.bytes];
    for await (const piece of sealPieces(inTurn(pieces), header.fileKey, NONCE)) sealed.push(piece);
    return Buffer.concat(sealed);
  }

  async function expectRefused(file: Buffer, code: string | RegExp): Promise<void> {
    const directory = scratchDirectory();
    const error = await restored(file, directory).catch((one) => one);
    expect(error).toMatchObject({ code: typeof code === 'string' ? code : expect.stringMatching(code) });
    expect(fs.readdirSync(directory).filter((name) => name !== 'the.backup')).toEqual([]);
  }
});

async function* inTurn(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

/** One of the things that a device does. */
async function act(ana: Replica, ben: Replica, chance: Chance): Promise<void> {
  const what = chance.below(4);
  if (what < 2) await ana.post('t', `text ${chance.below(1_000)} ${'x'.repeat(chance.below(60_000))}`);
  else if (what === 2) await ben.post('t', `from Ben ${chance.below(1_000)}`);
  else {
    const file = await bundleFrom(ben, scratchDirectory());
    if (file !== undefined) ana.import(file);
  }
}

/** How far each log is held, and with which id. */
function heldBy(repository: Repository): unknown {
  return [...repository.logs()].map(({ log, id }) => [log, repository.held(log), id]).sort();
}

async function collected(snapshot: Snapshot, between?: () => Promise<void>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of sealedBackup(snapshot, header, NONCE)) {
    pieces.push(Buffer.from(piece));
    await between?.();
  }
  snapshot.close();
  return Buffer.concat(pieces);
}

function opened(file: Buffer): Buffer {
  const pieces: Buffer[] = [];
  openPayload(sourceOf(file), { headerEnd: header.bytes.length, fileKey: header.fileKey }, (one) => pieces.push(one));
  return Buffer.concat(pieces);
}

async function restored(file: Buffer, directory = scratchDirectory()) {
  const name = path.join(directory, 'the.backup');
  fs.writeFileSync(name, file);
  const source = openFile(name);
  const world = { now: () => 1_800_000_000_000, random: (size: number) => Buffer.alloc(size, 9) };
  try {
    const place = { headerEnd: header.bytes.length, fileKey: header.fileKey };
    await restoreBackup(source, place, { directory, world, lockTimeoutMs: 100 });
  } finally {
    source.close();
  }
  const repository = Repository.open(directory, { interpreter: createInterpreter(), world, lockTimeoutMs: 100 });
  const findings = [...checkRepository(repository, { all: true })];
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { repository, directory };
}
