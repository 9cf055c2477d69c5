// Sealed exports: whom they are for, what is in them, what their size says, and where they find room.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { openBundle } from '../../../../src/format/bundle/reader.js';
import { verifyBundle } from '../../../../src/format/bundle/verify.js';
import type { PersonId } from '../../../../src/format/ids.js';
import { BUNDLE_MAX } from '../../../../src/format/limits.js';
import { readSealedHeader, sealedHeaderSize } from '../../../../src/format/sealed/header.js';
import { paddedSize } from '../../../../src/format/sealed/padding.js';
import { contentSize, openPayload } from '../../../../src/format/sealed/payload.js';
import { sourceOf } from '../../../../src/format/source.js';
import { readContacts, writeContacts } from '../../../../src/identity/contacts.js';
import { fileKeysOf } from '../../../../src/identity/file-keys.js';
import { Keyring } from '../../../../src/identity/keyring.js';
import { readSelf } from '../../../../src/identity/self.js';
import { exportBundle, planExport } from '../../../../src/sync/export/export.js';
import type { ExportTarget } from '../../../../src/sync/export/export-target.js';
import type { ExportOptions } from '../../../../src/sync/export/options.js';
import { roomIn, type Seal, sealedSize, sealsFor } from '../../../../src/sync/export/seal.js';
import type { Written } from '../../../../src/sync/export/written.js';
import { activeContacts } from '../../../../src/sync/session.js';
import { ageOpened, needAge } from '../../../testkit/age-cli.js';
import { trying } from '../../../testkit/effort.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { withRecipient } from '../../../testkit/sealed-for.js';

const MEMBERS = ['manifest.json', 'manifest.sig', 'contents', 'frontier', 'segments', 'padding', ''];

let directory: string;
let ana: Replica;
let bob: Replica;
let carl: Replica;

beforeEach(async () => {
  directory = scratchDirectory();
  ana = await Replica.create('ana', directory);
  bob = await Replica.create('bob', directory);
  carl = await Replica.create('carl', directory);
  ana.meet(bob).meet(carl);
  await ana.post('garden', 'the gate is open');
});

const personOf = (one: Replica): PersonId => readSelf(one.directory).person;
const fileOf = (name: string): string => path.join(directory, name);

function theSeal(replica: Replica = ana): Seal {
  const { seals } = sealsFor(
    replica.session,
    activeContacts(replica.session).map(({ person }) => person),
  );
  const [seal] = seals;
  if (!seal || seals.length > 1) throw new Error(`${seals.length} seals`);
  return seal;
}

async function exported(options: Partial<ExportOptions> = {}, target: ExportTarget = fileOf('sealed')) {
  return (await exportBundle(ana.session, await ana.author(), { seal: theSeal(), ...options }, () => target)).report;
}

/** What a replica's keys make of a sealed file; undefined when they do not open it. */
async function openedBy(replica: Replica, sealed: Buffer): Promise<Buffer | undefined> {
  const source = sourceOf(sealed);
  const header = readSealedHeader(source);
  const found = await fileKeysOf(new Keyring(replica.directory, undefined), () => replica.now)(header);
  if (!found) return undefined;
  const pieces: Buffer[] = [];
  openPayload(source, { headerEnd: header.bytes.length, fileKey: found.fileKey }, (content) =>
    pieces.push(Buffer.from(content)),
  );
  return Buffer.concat(pieces);
}

describe('a sealed export', () => {
  it('is opened by those it is for and by ourselves, by nobody else, and is a whole bundle for them', async () => {
    const eve = await Replica.create('eve', directory);
    const report = await exported();
    const sealed = fs.readFileSync(fileOf('sealed'));
    expect(readSealedHeader(sourceOf(sealed)).recipients).toBe(3);
    expect(await openedBy(eve, sealed)).toBeUndefined();
    for (const one of [ana, bob, carl]) {
      const content = await openedBy(one, sealed);
      expect(content?.length).toBe(paddedSize(content?.length ?? 0));
      const { manifest } = verifyBundle(sourceOf(content ?? Buffer.alloc(0)));
      expect(manifest).toMatchObject({ for: [bob, carl].map(personOf), sealed: 1, card: ana.card });
      expect(manifest.members.at(-1)?.name).toBe('padding');
    }
    expect(report).toMatchObject({ bytes: sealed.length, sealedFor: [bob, carl].map(personOf) });
    fs.writeFileSync(fileOf('opened'), (await openedBy(bob, sealed)) ?? '');
    bob.meet(ana).join('garden').import(fileOf('opened'));
    expect(bob.texts('garden')).toEqual(['the gate is open']);
  });

  it('is opened by the age program, and tar lists what is in it', async (context) => {
    needAge(context);
    await exported();
    const { recipients } = await new Keyring(bob.directory, undefined).read();
    const key = recipients[0]?.key ?? '';
    const opened = ageOpened(fs.readFileSync(fileOf('sealed')), key, directory);
    const listed = spawnSync('tar', ['t'], { input: opened, encoding: 'utf8' });
    expect(listed).toMatchObject({ status: 0, stderr: '' });
    expect(listed.stdout.split('\n')).toEqual(MEMBERS);
  });

  it('has one size for very different conversations, and the time of its day', async () => {
    ana.now = Date.UTC(2026, 2, 3, 4, 5, 6);
    const short = await exported();
    await ana.post('garden', ...Array.from({ length: 20 }, (_, i) => `and something longer, by ${i} words`));
    const long = await exported({ full: true }, fileOf('long'));
    expect([short.messages, long.messages]).toEqual([1, 21]);
    expect(long.bytes).toBe(short.bytes);
    expect(fs.statSync(fileOf('long')).mtimeMs).toBe(Date.UTC(2026, 2, 3));
  });

  it('never has a byte of its key or header in common with another one', async () => {
    const seal = theSeal();
    await exported({ seal });
    await exported({ seal, full: true }, fileOf('again'));
    const [first, second] = ['sealed', 'again'].map((name) => fs.readFileSync(fileOf(name)).subarray(22, 2_000));
    for (let at = 0; at + 16 < 200; at += 16)
      expect(second?.includes(first?.subarray(at + 40, at + 56) ?? '')).toBe(false);
  });

  it('tells its target the digest of what has to lie there, and shows it the bundle in it', async () => {
    let told: (Written & { segments: number }) | undefined;
    const place = (write: (fd: number) => Written) => {
      const file = fileOf('placed');
      const fd = fs.openSync(file, 'wx+');
      const written = write(fd);
      fs.closeSync(fd);
      if (written.sealed) told = { ...written, segments: openBundle(written.sealed.plain).manifest.segments };
      return { file, bytes: written.bytes };
    };
    await exported({}, { place });
    const bytes = fs.readFileSync(fileOf('placed'));
    expect(told).toMatchObject({ bytes: bytes.length, segments: 2 });
    expect(told?.sealed?.digest).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('leaves nothing in tmp, also when it can not be written', async () => {
    await expect(exported({}, fileOf('no/such/place'))).rejects.toThrow('no such file or directory');
    expect(fs.readdirSync(ana.repository.layout.tmp)).toEqual([]);
  });

  it('is planned with the size that it gets', async () => {
    await ana.export(fileOf('acknowledged'), { full: true });
    const { bytes } = planExport(ana.session, { seal: theSeal(), full: true });
    expect((await exported({ full: true })).bytes).toBe(bytes);
  });

  it('takes no more bytes than it was given, and wastes few', async () => {
    const texts = Array.from({ length: 700 }, (_, i) => createHash('sha512').update(`${i}`).digest('base64'));
    while (texts.length > 0) await ana.post('garden', ...texts.splice(0, 20));
    for (const maxBytes of [16_384, 20_000, 34_000, 40_000]) {
      const report = await exported({ maxBytes, full: true }, fileOf(`${maxBytes}`));
      expect(report.bytes).toBeLessThanOrEqual(maxBytes);
      expect(report.file === null).toBe(maxBytes === 16_384);
      if (report.file !== null) expect(report.left).toBeGreaterThan(0);
    }
  });
});

describe('seals', () => {
  it('leave out whom nothing can be sealed to, and say so', () => {
    const contacts = readContacts(ana.directory);
    const [first, second] = [...contacts.values()];
    if (!first || !second) throw new Error('no contacts');
    const broken = { ...first, card: withRecipient(first.card, Buffer.alloc(32)) };
    writeContacts(ana.directory, new Map([broken, second].map((one) => [one.person, one])));
    const { seals, unsealable } = sealsFor(ana.session, [first.person, second.person]);
    expect(unsealable).toEqual([first.person]);
    expect(seals.map((seal) => [seal.for, seal.keys.length])).toEqual([[[second.person], 2]]);
  });

  it('are several for more people than one header has room for, and none for nobody', async () => {
    expect(sealsFor(ana.session, [])).toEqual({ seals: [], unsealable: [], unready: [] });
    const { contacts, self } = ana.session;
    const [known] = [...contacts.values()];
    if (!known) throw new Error('no contact');
    const many = Array.from({ length: 300 }, (_, i) => {
      const person = createHash('sha256').update(`${i}`).digest('hex') as PersonId;
      const card = withRecipient(known.card, createHash('sha256').update(`key ${i}`).digest());
      return { ...known, person, card };
    });
    const session = { ...ana.session, contacts: new Map(many.map((one) => [one.person, one])) };
    const { seals } = sealsFor(session, [...many.map(({ person }) => person), self.person]);
    expect(seals.map(({ keys }) => keys.length)).toEqual([128, 128, 47]);
    expect(seals.flatMap((seal) => seal.for)).toEqual(many.map(({ person }) => person));
  });

  it('know the size of their file, and what finds room in it', () => {
    const keys = (count: number): Seal => ({ for: [], keys: Array.from({ length: count }, () => Buffer.alloc(32)) });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 128 }),
        fc.integer({ min: 40_000, max: BUNDLE_MAX - 1 }),
        (count, bytes) => {
          const room = roomIn(keys(count), bytes);
          expect(sealedSize(keys(count), paddedSize(room))).toBeLessThanOrEqual(bytes);
          const header = sealedHeaderSize(count);
          const size = sealedSize(keys(count), room) - header;
          expect(contentSize({ size: size + header, read: () => Buffer.alloc(0) }, header)).toBe(room);
        },
      ),
      trying(1_000),
    );
  });
});
