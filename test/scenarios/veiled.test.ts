// Veiled logs with somebody who has no key (spec/veiled.md, "Carrying"): taken, carried, said and passed on.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeFrontier, type FrontierRange } from '../../src/format/bundle/frontier.js';
import { openBundle, readContents, readFrontier } from '../../src/format/bundle/reader.js';
import { type LogId, NO_ENTRY } from '../../src/format/ids.js';
import { VEILED_LOGS_MAX } from '../../src/format/limits.js';
import { checkRepository } from '../../src/repository/check.js';
import { toldWants } from '../../src/sync/blobs/wanted.js';
import { sealsFor } from '../../src/sync/export/seal.js';
import { writeWant } from '../../src/sync/export/want.js';
import { VeiledQuota } from '../../src/sync/import/veiled-quota.js';
import { knownKey, openAny } from '../testkit/open-sealed.js';
import { Replica } from '../testkit/replica.js';
import { carryAll, meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { VeiledLog, writeVeiled } from '../testkit/veiled-log.js';
import { join, sha256, u8, u64 } from '../testkit/wire.js';
import { cborBytes, cborInt, cborList } from '../testkit/wire-cbor.js';

let directory: string;
let ana: Replica;
let ben: Replica;
let carl: Replica;
let eve: Replica;
let log: VeiledLog;

beforeEach(async () => {
  directory = memoryDirectory();
  const people = await Promise.all(['ana', 'ben', 'carl', 'eve'].map((name) => Replica.create(name, directory)));
  [ana, ben, carl, eve] = people as [Replica, Replica, Replica, Replica];
  meetAll([ana, ben, carl]);
  for (const one of people) knownKey(one.directory);
  log = new VeiledLog().message('one').event().message('two').ack().message('three');
});

const at = (name: string): string => path.join(directory, name);

/** Sealed for all contacts. */
async function sealed(from: Replica, name: string): Promise<string> {
  const people = [ana, ben, carl].filter((one) => one !== from).map((one) => one.session.self.person);
  const [seal] = sealsFor(from.session, people).seals;
  const { file } = await from.export(at(name), { seal });
  return file ?? '';
}

/** What is in a bundle, sealed or not. */
function inside(file: string): { logs: Set<LogId>; frontier: ReadonlyMap<LogId, readonly FrontierRange[]> } {
  const bundle = openBundle(openAny(file));
  return {
    logs: new Set([...readContents(bundle)].map((record) => record.log)),
    frontier: readFrontier(bundle) ?? new Map(),
  };
}

/** A file as somebody gets it who can open it. */
function opened(file: string): string {
  const source = openAny(file);
  fs.writeFileSync(`${file}.open`, source.read(0, source.size));
  return `${file}.open`;
}

/** Says that somebody holds so much of the log, and wants the rest. */
async function ask(who: Replica, whom: Replica, ranges: readonly FrontierRange[] = []): Promise<void> {
  const frontier = encodeFrontier(new Map([[log.id, ranges]]));
  whom.import(await writeVeiled(at(`ask-${fs.readdirSync(directory).length}`), [], { by: who, frontier }));
}

describe('an import', () => {
  it('takes them from contacts, and counts nothing as a message or as left', async () => {
    const report = carl.import(await writeVeiled(at('a'), log.segments(), { by: ana }));
    expect(report).toMatchObject({ fresh: 6, messages: 0, skipped: 0, unplaced: 0, passedBy: 0, refused: [] });
    expect([...carl.repository.unplacedLogs()]).toMatchObject([{ log: log.id, entries: 6, messages: 4, events: 1 }]);
    expect([...checkRepository(carl.repository, { all: true })]).toEqual([]);
  });

  it('leaves those of strangers without a word, unless everything is carried', async () => {
    const file = await writeVeiled(at('a'), log.segments(), { by: eve });
    expect(carl.import(file)).toMatchObject({ fresh: 0, skipped: 0, unplaced: 0, passedBy: 6, refused: [] });
    expect([...carl.repository.unplacedLogs()]).toEqual([]);
    carryAll(carl, true);
    expect(carl.import(file)).toMatchObject({ fresh: 6, passedBy: 0 });
  });

  it('takes what is sealed without its introduction, too, and that when it comes', async () => {
    const tail = await writeVeiled(at('tail'), log.segments(1), { by: ana });
    expect(carl.import(tail)).toMatchObject({ fresh: 5, messages: 0, skipped: 0, unplaced: 0, passedBy: 0 });
    expect([...carl.repository.unplacedLogs()]).toMatchObject([{ log: log.id, veiled: false, sealed: true }]);
    const [introduction] = log.segments(0, 1);
    carl.import(await writeVeiled(at('first'), [introduction as Buffer], { by: ana }));
    expect([...carl.repository.unplacedLogs()]).toMatchObject([{ log: log.id, veiled: true, entries: 6 }]);
  });

  it('leaves what finds no room without a word, and goes on with what does', async () => {
    carl.quotas = { stranger: 0, strangers: 0, carry: 0, veiled: 2_000 };
    const small = new VeiledLog().message('small');
    const big = new VeiledLog();
    for (let i = 0; i < 50; i++) big.message(`text ${i}`);
    const file = await writeVeiled(at('a'), [...big.segments(), ...small.segments()], { by: ana });
    const report = carl.import(file);
    // the introduction of the large one still finds room
    expect(report).toMatchObject({ fresh: 3, skipped: 0, passedBy: 50, refused: [] });
    carl.quotas = { stranger: 0, strangers: 0, carry: 0, veiled: 1_000_000 };
    expect(carl.import(file)).toMatchObject({ fresh: 50, passedBy: 0 });
  });

  it('closes a gap without any key', async () => {
    carl.import(await writeVeiled(at('a'), log.segments(0, 2), { by: ana }));
    expect(carl.import(await writeVeiled(at('b'), log.segments(4), { by: ana })).gaps).toMatchObject([
      { from: 2, to: 4 },
    ]);
    expect(carl.import(await writeVeiled(at('c'), log.segments(1, 5), { by: ben }))).toMatchObject({
      fresh: 2,
      gaps: [],
    });
    expect(carl.repository.held(log.id)).toMatchObject([{ from: 0, end: 6 }]);
    carl.collect();
    expect(carl.repository.held(log.id)).toMatchObject([{ from: 0, end: 6, id: log.idAt(5) }]);
  });

  it('believes a retraction, and finds a contradiction, as in any log', async () => {
    log.retract(3);
    carl.import(await writeVeiled(at('a'), log.segments(), { by: ana }));
    carl.collect();
    expect(carl.repository.entry(log.id, 3)?.payload).toBeUndefined();
    expect(carl.repository.held(log.id)).toMatchObject([{ from: 0, end: 7 }]);
    const other = new VeiledLog({ seed: log.key.seed }).message('another past');
    const report = carl.import(await writeVeiled(at('b'), other.segments(), { by: ana }));
    expect(report.refused).toMatchObject([{ code: 'contradiction' }]);
    expect(carl.repository.frozen.get(log.id)).toBe(1);
  });
});

describe('an attachment of one', () => {
  it('is kept by what the metadata names, passed on, and asked for by nobody who only carries it', async () => {
    const chunk = Buffer.from('nobody here can read this');
    const list = join(u8(3), u64(chunk.length), sha256(chunk));
    const blobs = cborList([cborList([cborBytes(sha256(list)), cborInt(chunk.length)])]);
    log.message('with a file', { meta: [[2, blobs]] });
    const file = await writeVeiled(at('a'), log.segments(), { by: ana, blobs: [list] });
    expect(carl.import(file).blobs).toMatchObject({ fresh: 1 });
    expect(toldWants(carl.session)).toEqual([]);
    const rest = await writeVeiled(at('b'), log.segments(), { by: ana, blobs: [chunk] });
    expect(carl.import(rest).blobs).toMatchObject({ fresh: 1 });
    await ask(ben, carl);
    expect(ben.import(opened(await sealed(carl, 'c')))).toMatchObject({ fresh: 7, blobs: { fresh: 2 } });
  });
});

it('of so many new ones something is taken with one import, and no more', () => {
  const quota = new VeiledQuota(carl.session);
  const ids = Array.from({ length: VEILED_LOGS_MAX + 1 }, (_, i) => sha256(`log ${i}`).toString('hex') as LogId);
  expect(ids.map((id) => quota.admits(id, 128)).lastIndexOf(true)).toBe(VEILED_LOGS_MAX - 1);
  expect(quota.admits(ids[0] as LogId, 128)).toBe(true);
});

describe('a bundle', () => {
  beforeEach(() => {
    log.give(carl);
  });

  it('says of what is only carried that no more is wanted, unless everything is carried', async () => {
    await carl.post('walk', 'hello');
    const held = { from: 0, end: 6, id: log.idAt(5) };
    expect(inside(await sealed(carl, 'a')).frontier.get(log.id)).toEqual([
      held,
      { from: 6, end: Number.POSITIVE_INFINITY, id: NO_ENTRY },
    ]);
    carryAll(carl, true);
    await carl.post('walk', 'again');
    expect(inside(await sealed(carl, 'b')).frontier.get(log.id)).toEqual([held]);
  });

  it('takes them to whoever named them and wants more, and to nobody else', async () => {
    expect(await sealed(carl, 'a')).toBe('');
    await ask(ana, carl);
    const file = await sealed(carl, 'b');
    expect(inside(file).logs).toEqual(new Set([log.id]));
    expect(ana.import(opened(file))).toMatchObject({ fresh: 6 });
    // she has it now, and says so
    await ask(ana, carl, [{ from: 0, end: 6, id: log.idAt(5) }]);
    expect(await sealed(carl, 'c')).toBe('');
    log.message('four').give(carl, 6);
    await ask(ben, carl, [{ from: 3, end: Number.POSITIVE_INFINITY, id: NO_ENTRY }]);
    const { seals } = sealsFor(carl.session, [ben.session.self.person]);
    const to = [{ person: ben.session.self.person, device: ben.session.self.device }];
    expect((await carl.export(at('d'), { seal: seals[0], to })).file).toBeNull();
    expect(inside(await sealed(carl, 'e')).logs).toEqual(new Set([log.id]));
  });

  it('holds and says nothing of them when anybody can read it', async () => {
    await ask(ana, carl);
    await carl.post('walk', 'hello');
    for (const full of [false, true]) {
      const { file } = await carl.export(at(`open-${full}`), { full });
      const { logs, frontier } = inside(file ?? '');
      expect(logs.has(log.id)).toBe(false);
      expect(frontier.size).toBeGreaterThan(0);
      expect(frontier.has(log.id)).toBe(false);
      expect(fs.readFileSync(file ?? '').includes(log.key.id)).toBe(false);
    }
    await writeWant(carl.session, await carl.author(), () => at('want'));
    expect(fs.readFileSync(at('want')).includes(log.key.id)).toBe(false);
  });

  it('with everything in it goes by what was asked for, too', async () => {
    await carl.post('walk', 'hello');
    const { seals } = sealsFor(carl.session, [ana.session.self.person, ben.session.self.person]);
    const { file } = await carl.export(at('full'), { full: true, seal: seals[0] });
    expect(inside(file ?? '').logs.has(log.id)).toBe(false);
  });
});
