// What was read lately from the end of a conversation is at hand the next time, and is never believed over the packs.
import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type LogId, readId } from '../../../../src/format/ids.js';
import { decodeSegment } from '../../../../src/format/log/segment.js';
import { createRepository, sealRepository } from '../../../../src/repository/create.js';
import { RECENT_MAX, recentEntries, recentFile } from '../../../../src/repository/index/recent-entries.js';
import type { Repository } from '../../../../src/repository/repository.js';
import { openBare } from '../../../testkit/bare-repository.js';
import { forkedLogs } from '../../../testkit/cast.js';
import { expectReadsAlike, readEnd } from '../../../testkit/read-again.js';
import { Replica } from '../../../testkit/replica.js';
import { errorsIn, makeFriends } from '../../../testkit/replicas.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { flip, wireKey } from '../../../testkit/wire.js';
import { runOf, segment, type WireLog } from '../../../testkit/wire-segment.js';

const TOPIC = 'garden';
const CHECKSUM_AT = 8;
const ENTRIES_AT = 12;

/** Two who answer each other's older messages; what Bob holds came in several bundles. */
async function answering(): Promise<Replica> {
  const directory = scratchDirectory();
  const [ana, bob] = (await makeFriends(directory, ['ana', 'bob'], TOPIC)) as [Replica, Replica];
  for (let i = 0; i < 6; i++) {
    const [from, to] = i % 2 === 0 ? [ana, bob] : [bob, ana];
    const { entry, clock } = from.messages(TOPIC)[0] ?? {};
    const reply = entry && clock !== undefined ? { log: entry.log, seq: entry.seq, id: entry.id, clock } : undefined;
    await from.post(TOPIC, ...['one', 'two', 'three'].map((word) => ({ body: `${word} ${i}`, reply })));
    const file = path.join(directory, `${i}.satchel`);
    if ((await from.export(file)).file !== null) to.import(file);
  }
  return bob;
}

function fileOf({ repository }: Replica): string {
  return recentFile(repository.layout.index);
}

/** All that is kept, as text. */
function keptTexts(replica: Replica): string {
  return fs.readFileSync(fileOf(replica), 'latin1');
}

describe('the end of a conversation', () => {
  it('is read again, with what it quotes, without opening a segment', async () => {
    const bob = await answering();
    const { shown, decoded } = readEnd(bob, TOPIC);
    expect(shown.join('\n')).toContain('↳ ana: one 0');
    expect(decoded).toBeGreaterThan(3);
    expect(readEnd(bob, TOPIC)).toEqual({ shown, decoded: 0 });
    await bob.post(TOPIC, 'and so on');
    expect(readEnd(bob, TOPIC).decoded).toBe(1);
    expect(expectReadsAlike(bob, TOPIC).again).toBe(0);
  });

  it('is not kept by whoever looks for something, or reads much', async () => {
    const bob = await answering();
    readEnd(bob, TOPIC, 1_000);
    expect(fs.existsSync(fileOf(bob))).toBe(false);
  });

  it('is kept within bounds, whatever was said', async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    for (let i = 0; i < 8; i++) await ana.post(TOPIC, `${i}`.repeat(50_000), `short ${i}`);
    expectReadsAlike(ana, TOPIC);
    readEnd(ana, TOPIC, 20);
    const { size } = fs.statSync(fileOf(ana));
    expect(size).toBeGreaterThan(RECENT_MAX / 2);
    expect(size).toBeLessThanOrEqual(RECENT_MAX);
    // what found no room is not written anew each time
    const { ino } = fs.statSync(fileOf(ana));
    expect(readEnd(ana, TOPIC, 20).decoded).toBeGreaterThan(0);
    expect(fs.statSync(fileOf(ana)).ino).toBe(ino);
  });

  it('is the same when what was kept has rotten or was cut off, and is kept anew', async () => {
    const bob = await answering();
    const { shown } = readEnd(bob, TOPIC);
    const bytes = fs.readFileSync(fileOf(bob));
    for (let at = 0; at < bytes.length; at += 97) {
      for (const damaged of [flip(bytes, at), bytes.subarray(0, at), Buffer.concat([bytes, bytes.subarray(0, at)])]) {
        fs.writeFileSync(fileOf(bob), damaged);
        expect(readEnd(bob, TOPIC).shown).toEqual(shown);
        expect(readEnd(bob, TOPIC).decoded).toBe(0);
      }
    }
  });

  it('is read beside a writer, and kept another time', async () => {
    const bob = await answering();
    bob.repository.locked(() => expect(readEnd(bob, TOPIC).decoded).toBeGreaterThan(0));
    expect(fs.existsSync(fileOf(bob))).toBe(false);
  });
});

describe('garbage collection', () => {
  it('leaves what is kept at hand', async () => {
    const bob = await answering();
    const { shown } = readEnd(bob, TOPIC);
    const { before, after } = bob.collect();
    expect(after).toBeLessThan(before);
    // of each log only what stands in one run with the last messages now
    expect(readEnd(bob, TOPIC)).toEqual({ shown, decoded: 2 });
    expect(readEnd(bob, TOPIC)).toEqual({ shown, decoded: 0 });
    expect(errorsIn(bob)).toEqual([]);
  });

  it('drops what was taken back', async () => {
    const bob = await answering();
    readEnd(bob, TOPIC);
    const last = bob.messages(TOPIC).at(-1)?.entry;
    const seq = last?.seq ?? 0;
    expect(keptTexts(bob)).toContain('three 5');
    const meta = { retracts: [{ from: seq, end: seq + 1 }], housekeeping: true as const };
    await bob.post(TOPIC, { type: 'retract', body: null, meta });
    expect(bob.collect().payloadsDropped).toBeGreaterThan(0);
    expect(keptTexts(bob)).not.toContain('three 5');
    expect(errorsIn(bob)).toEqual([]);
    expectReadsAlike(bob, TOPIC);
  });

  it('is not undone by a reader that began before', async () => {
    const bob = await answering();
    const reader = bob.open();
    reader.useRecent();
    for (const { log, end } of reader.logs()) reader.entry(log, end - 1);
    expect(bob.collect().after).toBeGreaterThan(0);
    reader.keepRecent();
    expect(fs.existsSync(fileOf(bob))).toBe(false);
  });
});

describe('what is kept', () => {
  it('of one version of a log is nothing to who holds the other', () => {
    const versions = forkedLogs(wireKey('in two versions'), 3, { left: 3, right: 3 });
    const [left, right] = versions.map(holding) as [Repository, Repository];
    const log = readId<LogId>(versions[0].key.id);
    expect(left.entry(log, 4)?.id).not.toBe(right.entry(log, 4)?.id);
    const writer = openBare(left.directory);
    writer.useRecent();
    for (const seq of [1, 2, 3, 4, 5]) writer.entry(log, seq);
    writer.keepRecent();
    fs.copyFileSync(recentFile(left.layout.index), recentFile(right.layout.index));
    const reader = openBare(right.directory);
    reader.useRecent();
    for (const seq of [1, 2, 3, 4, 5]) expect(reader.entry(log, seq)).toMatchObject(plain(right, log, seq));
  });

  it('is compared with the packs by a full check', async () => {
    const bob = await answering();
    readEnd(bob, TOPIC);
    expect(recentEntries(bob.repository.layout.index).length).toBeGreaterThan(6);
    expect(errorsIn(bob)).toEqual([]);
    const bytes = flip(fs.readFileSync(fileOf(bob)), fs.statSync(fileOf(bob)).size - 1);
    bytes.writeUInt32BE(crc32(bytes.subarray(ENTRIES_AT)), CHECKSUM_AT);
    fs.writeFileSync(fileOf(bob), bytes);
    expect(errorsIn(bob).map(({ code }) => code)).toEqual(['index']);
  });
});

function holding(log: WireLog): Repository {
  const directory = scratchDirectory();
  sealRepository(createRepository(directory));
  const repository = openBare(directory);
  repository.locked(() => repository.commit((commit) => commit.take(decodeSegment(segment(runOf(log))))));
  return repository;
}

function plain(repository: Repository, log: LogId, seq: number): object {
  const { id, previous, meta, payload } = repository.entry(log, seq) ?? {};
  return { id, previous, meta, payload };
}
