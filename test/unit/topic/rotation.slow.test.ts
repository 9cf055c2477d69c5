// Two friends seal to each other for years: their keys come and go, files come late, and each opens for as long as was promised.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDate } from '../../../src/cli/terminal/time.js';
import { SatchelError } from '../../../src/format/error.js';
import { readSealedHeader } from '../../../src/format/sealed/header.js';
import { sourceOf } from '../../../src/format/source.js';
import { recipientOf } from '../../../src/identity/age.js';
import { decodeCard } from '../../../src/identity/card.js';
import { readContacts } from '../../../src/identity/contacts.js';
import { readDevices } from '../../../src/identity/devices.js';
import { fileKeysOf } from '../../../src/identity/file-keys.js';
import { keyProblems } from '../../../src/identity/key-halves.js';
import { Keyring } from '../../../src/identity/keyring.js';
import { readSecrets } from '../../../src/identity/keys.js';
import { readUses } from '../../../src/identity/recipient-uses.js';
import { newRecipient } from '../../../src/identity/rotation.js';
import { readSelf } from '../../../src/identity/self.js';
import { storedCardBytes } from '../../../src/identity/stored-card.js';
import { visitDrive } from '../../../src/sync/drive/visit.js';
import { exportBundle } from '../../../src/sync/export/export.js';
import { sealsFor } from '../../../src/sync/export/seal.js';
import { givenFile } from '../../../src/sync/import/given-files.js';
import { importFiles } from '../../../src/sync/import/import-files.js';
import { unsealGiven } from '../../../src/sync/import/unseal-given.js';
import { oldKeyOf } from '../../../src/sync/known/sealed-to.js';
import { activeContacts } from '../../../src/sync/session.js';
import { authorIn } from '../../../src/topic/writing/author.js';
import type { Author } from '../../../src/topic/writing/own-log.js';
import { Chance } from '../../testkit/chance.js';
import { runHere } from '../../testkit/command.js';
import { dropDevice } from '../../testkit/dropped-device.js';
import { knownKey, openersOf } from '../../testkit/open-sealed.js';
import { pair as pairDevice } from '../../testkit/paired.js';
import type { Replica } from '../../testkit/replica.js';
import { makeFriends } from '../../testkit/replicas.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { seedOf } from '../../testkit/seed.js';
import { makeStick } from '../../testkit/stick.js';

const DAY = 86_400_000;
const DAYS = 90;
const KEEP = 400;

/** What the contacts' clocks say, ms; undefined where nobody knows them. */
type OthersClock = () => number | undefined;

/** Who renews its key, and hears why it could not; the others' clocks are as its own if nothing is said. */
function rotating(
  replica: Replica,
  failures: string[] = [],
  othersClock: OthersClock = () => replica.now,
): Promise<Author> {
  const rotation = {
    days: DAYS,
    keepDays: KEEP,
    now: () => replica.now,
    othersClock: async () => othersClock(),
    onFailure: ({ code }: SatchelError) => void failures.push(code),
  };
  const keyring = new Keyring(replica.directory, undefined);
  return authorIn(replica.directory, keyring, { stateDirectory: replica.stateDirectory, rotation });
}

async function sealedBy(from: Replica, author?: Author): Promise<Buffer> {
  const [seal] = sealsFor(
    from.session,
    activeContacts(from.session).map(({ person }) => person),
  ).seals;
  const file = path.join(scratchDirectory(), 'sealed');
  await exportBundle(from.session, author ?? (await rotating(from)), { full: true, seal }, () => file);
  return fs.readFileSync(file);
}

async function opens(replica: Replica, sealed: Buffer): Promise<boolean> {
  const keys = fileKeysOf(new Keyring(replica.directory, undefined), () => replica.now);
  return (await keys(readSealedHeader(sourceOf(sealed)))) !== undefined;
}

const keysOf = async ({ directory }: Replica) => (await readSecrets(directory, undefined)).recipients;

async function cardFits({ directory }: Replica): Promise<boolean> {
  const [{ key }] = (await readSecrets(directory, undefined)).recipients;
  return decodeCard(storedCardBytes(readSelf(directory).card)).recipient.equals(await recipientOf(key));
}

async function pair(): Promise<[Replica, Replica]> {
  const [ana, ben] = (await makeFriends(scratchDirectory(), ['Ana', 'Ben'], 't')) as [Replica, Replica];
  await ana.post('t', 'hello');
  return [ana, ben];
}

function later(days: number, ...replicas: Replica[]): void {
  for (const replica of replicas) replica.now += days * DAY;
}

describe('a key that others seal to', () => {
  test('is renewed with the first bundle after its days, on the card that goes with it', async () => {
    const [ana] = await pair();
    await sealedBy(ana);
    const [{ key }] = await keysOf(ana);
    const before = readSelf(ana.directory).card;
    later(DAYS - 1, ana);
    await sealedBy(ana);
    expect(readSelf(ana.directory).card).toBe(before);
    later(1, ana);
    await sealedBy(ana);
    const keys = await keysOf(ana);
    expect(keys.map((one) => one.key)).toEqual([expect.not.stringContaining(key), key]);
    expect(await cardFits(ana)).toBe(true);
    expect(decodeCard(storedCardBytes(readSelf(ana.directory).card)).serial).toBeGreaterThan(
      decodeCard(storedCardBytes(before)).serial,
    );
    expect(await keyProblems(readSelf(ana.directory), await readSecrets(ana.directory, undefined))).toEqual([]);
  });

  test('stays where the new one cannot be kept, and its user is told', async () => {
    const [ana] = await pair();
    const failures: string[] = [];
    const author = await rotating(ana, failures);
    later(DAYS, ana);
    const save = (): Promise<never> => Promise.reject(new SatchelError('io', 'the disk is read-only'));
    expect(await opens(ana, await sealedBy(ana, { ...author, save }))).toBe(true);
    expect(failures).toEqual(['io']);
    expect(await keysOf(ana)).toHaveLength(1);
    expect(await cardFits(ana)).toBe(true);
  });

  test('that was made, and whose card was not, gets it with the next bundle', async () => {
    const [ana] = await pair();
    const add = await newRecipient((size) => Buffer.alloc(size, 4), { now: ana.now, removed: [] });
    await new Keyring(ana.directory, undefined).update(add);
    expect(await keyProblems(readSelf(ana.directory), await readSecrets(ana.directory, undefined))).toEqual([]);
    expect(await cardFits(ana)).toBe(false);
    await sealedBy(ana);
    expect(await cardFits(ana)).toBe(true);
    expect(await keysOf(ana)).toHaveLength(2);
  });

  test('is noted when it opens something, once a day', async () => {
    const [ana, ben] = await pair();
    const file = await sealedBy(ana);
    const [recipient = ''] = await Promise.all(
      (await keysOf(ben)).map(async ({ key }) => (await recipientOf(key)).toString('hex')),
    );
    expect(await opens(ben, file)).toBe(true);
    const first = ben.now;
    expect(readUses(ben.directory).get(recipient)).toEqual({ opened: first });
    ben.now += DAY / 2;
    await opens(ben, file);
    expect(readUses(ben.directory).get(recipient)).toEqual({ opened: first });
    ben.now += DAY / 2;
    await opens(ben, file);
    expect(readUses(ben.directory).get(recipient)).toEqual({ opened: first + DAY });
  });

  test('opens what comes late, for as long as it is kept, and goes at last', async () => {
    const seed = seedOf('ROTATION_SEED');
    const chance = new Chance(seed);
    const [ana, ben] = await pair();
    const waiting: { readonly file: Buffer; readonly made: number }[] = [];
    const gone = new Set<string>();
    for (let step = 0; step < 40; step++) {
      later(10 + chance.below(60), ana, ben);
      await ana.post('t', `text ${step}`);
      waiting.push({ file: await sealedBy(ana), made: ana.now });
      // Ben's card comes with his bundles, and his keys are written whenever he begins a log
      const before = await keysOf(ben);
      await ben.post('t', `heard ${step}`);
      await sealedBy(ben);
      await (await rotating(ben)).save((secrets) => secrets);
      const kept = new Set((await keysOf(ben)).map(({ key }) => key));
      for (const { key } of before) if (!kept.has(key)) gone.add(key);
      ana.meet(ben);
      while (waiting[0] && ben.now - waiting[0].made >= KEEP * DAY) waiting.shift();
      const next = waiting[0];
      if (next && chance.happens(0.5)) {
        waiting.shift();
        expect(await opens(ben, next.file), `ROTATION_SEED=${seed}, ${(ben.now - next.made) / DAY} days late`).toBe(
          true,
        );
      }
    }
    expect((await keysOf(ben)).length).toBeLessThanOrEqual(8);
    expect(gone.size).toBeGreaterThan(2);
  });
});

describe('after a clock that stood far in the future', () => {
  test('a key that it made is renewed as soon as the contacts say what time it is', async () => {
    const [ana] = await pair();
    const today = ana.now;
    const sealWith = async (othersClock: OthersClock): Promise<number> => {
      await sealedBy(ana, await rotating(ana, [], othersClock));
      return (await keysOf(ana)).length;
    };
    later(10_000, ana);
    expect(await sealWith(() => today)).toBe(2);
    ana.now = today;
    expect(await sealWith(() => undefined)).toBe(2);
    expect(await sealWith(() => today)).toBe(3);
    expect(await keysOf(ana)).toMatchObject([{ from: today }, { from: today + 10_000 * DAY }, {}]);
    expect(await sealWith(() => today)).toBe(3);
  });

  test('a key that opened something then counts as used today', async () => {
    const [ana, ben] = await pair();
    const file = await sealedBy(ana);
    const [{ key }] = await keysOf(ben);
    const usedOn = async (): Promise<number | undefined> =>
      readUses(ben.directory).get((await recipientOf(key)).toString('hex'))?.opened;
    later(DAYS, ben);
    await sealedBy(ben);
    const today = ben.now;
    later(10_000, ben);
    expect(await opens(ben, file)).toBe(true);
    ben.now = today;
    const saveWith = async (othersClock: OthersClock): Promise<void> => {
      await (await rotating(ben, [], othersClock)).save((secrets) => secrets);
    };
    await saveWith(() => undefined);
    expect(await usedOn()).toBe(today + 10_000 * DAY);
    await saveWith(() => today);
    expect(await usedOn()).toBe(today);
  });
});

describe('who seals to an old key', () => {
  test("is told to the key's owner by what it wrote since the new one was sent, until it has heard of that", async () => {
    const [ana, ben] = await pair();
    const stick = makeStick(path.join(scratchDirectory(), 'stick'), 1);
    const toldOf = (): unknown => oldKeyOf(ana.session, ben.session.self.person);
    const first = ana.now;
    await visit(stick, ana, ben, ana);
    later(DAYS, ana, ben);
    await visit(stick, ana);
    // what Ben wrote before could not be for the new key
    expect([(await keysOf(ana)).length, toldOf()]).toEqual([2, undefined]);
    later(1, ana, ben);
    const late = await exportedBy(ben);
    later(1, ana, ben);
    await take(ana, await exportedBy(ben));
    expect(toldOf()).toEqual({ sent: first });
    const { stdout } = await runHere(['status'], { ...statusOf(ana), people: 'pipe' });
    expect(stdout).toContain(`Ben still seals to your key of ${formatDate(first)}`);
    const json = JSON.parse((await runHere(['status'], statusOf(ana))).stdout);
    expect(json.contacts).toMatchObject([{ name: 'Ben', oldKey: { sent: first } }]);
    later(1, ana, ben);
    await visit(stick, ben);
    await take(ana, await exportedBy(ben));
    expect(toldOf()).toBeUndefined();
    // what was made before and comes last says nothing new
    await take(ana, late);
    expect(toldOf()).toBeUndefined();
  });
});

describe('after a device was removed', () => {
  test('its siblings renew their keys with the next bundle, once, and nothing sealed after that is opened by it', async () => {
    const { ana, ben, laptop, phone, stick } = await threeDevices();
    // the phone's backup was restored on the laptop once
    const stolen = path.join(scratchDirectory(), 'stolen');
    fs.cpSync(phone.directory, stolen, { recursive: true });
    const thieves = [laptop.directory, stolen];
    expect(openersAmong(thieves, await sealedBy(ben))).toEqual(thieves);
    await dropDevice(ana, laptop);
    await visit(stick, ana, phone, ana, ben);
    for (const own of [ana, phone]) {
      expect(await keysOf(own), own.name).toMatchObject([{ removed: [laptop.session.self.device] }, {}]);
      expect(await cardFits(own)).toBe(true);
      expect(decodeCard(cardKnownTo(ben, own)).recipient).toEqual(await newestOf(own));
    }
    for (const writer of [ben, ana, phone]) {
      const file = await sealedBy(writer);
      expect(openersAmong(thieves, file), `of ${writer.name}`).toEqual([]);
      for (const own of [ana, phone]) expect(await opens(own, file), `${own.name}, of ${writer.name}`).toBe(true);
    }
    for (const own of [ana, phone]) expect(await keysOf(own), own.name).toHaveLength(2);
  });

  test('a device that is added afterwards keeps its key: none of those had it', async () => {
    const { ana, laptop } = await threeDevices();
    await dropDevice(ana, laptop);
    const tablet = (await pairDevice(ana, 'tablet', scratchDirectory())).join('t');
    await sealedBy(tablet);
    expect(await keysOf(tablet)).toMatchObject([{ removed: [laptop.session.self.device] }]);
    expect(await keysOf(tablet)).toHaveLength(1);
  });

  test('the next removal is another one', async () => {
    const { ana, laptop, phone } = await threeDevices();
    for (const [i, gone] of [laptop, phone].entries()) {
      await dropDevice(ana, gone);
      for (let n = 0; n < 2; n++) await sealedBy(ana);
      expect(await keysOf(ana)).toHaveLength(2 + i);
    }
    const removed = [laptop, phone].map(({ session }) => session.self.device).sort();
    expect(await keysOf(ana)).toMatchObject([{ removed }, {}, {}]);
  });

  test('the new key is among the secret keys before any bundle has it, and none is made where it cannot be', async () => {
    const { ana, laptop } = await threeDevices();
    await dropDevice(ana, laptop);
    const failures: string[] = [];
    const author = await rotating(ana, failures);
    const save = (): Promise<never> => Promise.reject(new SatchelError('io', 'the disk is read-only'));
    await sealedBy(ana, { ...author, save });
    expect([failures, (await keysOf(ana)).length, await cardFits(ana)]).toEqual([['io'], 1, true]);
    // the power is cut behind the keys
    const cut = async (change: Parameters<Author['save']>[0]): Promise<never> => {
      await author.save(change);
      throw new Error('the power was cut');
    };
    await expect(sealedBy(ana, { ...author, save: cut })).rejects.toThrow('the power was cut');
    expect([(await keysOf(ana)).length, await cardFits(ana)]).toEqual([2, false]);
    await sealedBy(ana);
    expect([(await keysOf(ana)).length, await cardFits(ana)]).toEqual([2, true]);
  });
});

/** Ana with laptop and phone, and Ben, who knows all of them. */
async function threeDevices() {
  const [ana, ben] = await pair();
  const directory = scratchDirectory();
  const laptop = (await pairDevice(ana, 'laptop', directory)).join('t');
  const phone = (await pairDevice(ana, 'phone', directory)).join('t');
  const stick = makeStick(path.join(directory, 'stick'), 1);
  const all = [laptop, phone, ana, ben];
  await visit(stick, ...all, ...all);
  return { ana, ben, laptop, phone, stick };
}

/** Each meets the stick, in this order. */
async function visit(stick: string, ...replicas: readonly Replica[]): Promise<void> {
  for (const one of replicas) {
    const options = { lockTimeoutMs: 1_000, seal: 'always', keys: knownKey(one.directory) } as const;
    const { failure } = await visitDrive(one.session, await rotating(one), stick, options);
    expect(failure, one.name).toBeUndefined();
  }
}

async function exportedBy(from: Replica): Promise<string> {
  await from.post('t', `at ${from.now}`);
  const file = path.join(scratchDirectory(), 'given');
  fs.writeFileSync(file, await sealedBy(from));
  return file;
}

/** As `import` does it, with the keys that are there. */
async function take({ directory, session, now }: Replica, file: string): Promise<void> {
  const keys = fileKeysOf(new Keyring(directory, undefined), () => now);
  const { files } = await unsealGiven([givenFile(file)], new Set([file]), keys);
  expect(importFiles(session, files)).toMatchObject([{ kind: 'bundle', isSealed: true }]);
}

function statusOf({ directory, repository }: Replica) {
  return { env: { SATCHEL_DIR: directory }, world: repository.world };
}

/** The directories whose secret keys open it. */
function openersAmong(directories: readonly string[], sealed: Buffer): readonly string[] {
  const file = path.join(scratchDirectory(), 'sealed');
  fs.writeFileSync(file, sealed);
  const openers = openersOf(file, directories);
  return directories.filter((one) => openers.has(one));
}

async function newestOf(replica: Replica): Promise<Buffer> {
  const [{ key }] = await keysOf(replica);
  return recipientOf(key);
}

function cardKnownTo(one: Replica, { session: { self } }: Replica): Buffer {
  const first = readContacts(one.directory).get(self.person);
  if (first?.device === self.device) return storedCardBytes(first.card);
  const further = readDevices(one.directory)
    .get(self.person)
    ?.cards.find(({ device }) => device === self.device);
  return storedCardBytes(further?.card ?? '');
}
