import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EntryId, type LogId, NO_ENTRY } from '../../../src/format/ids.js';
import { type BodyEntry, encodeBody } from '../../../src/format/log/body.js';
import { Chain } from '../../../src/format/log/chain.js';
import { headMessage } from '../../../src/format/log/head.js';
import { decodeSegment, type Segment } from '../../../src/format/log/segment.js';
import { encodeSegment } from '../../../src/format/log/segment-build.js';
import { sha256Latin1 } from '../../../src/format/platform.js';
import { publicKeyOf, sign } from '../../../src/format/signature/signature.js';
import { createRepository, sealRepository } from '../../../src/repository/create.js';
import { plainRun } from '../../../src/repository/index/run-record.js';
import { Repository } from '../../../src/repository/repository.js';
import { NOTHING } from '../../testkit/bare-repository.js';

const SEED = Buffer.alloc(32, 7);
const LOG = publicKeyOf(SEED).toString('hex') as LogId;

let directory: string;
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-'));
  sealRepository(createRepository(directory));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

describe('a repository', () => {
  it('holds what was committed, after reopening too', () => {
    const [one, two] = writeLog(['a', 'b', 'c'], [2]);
    const repository = open();
    repository.locked(() =>
      repository.commit((commit) => expect(commit.take(one)).toMatchObject({ fresh: 2, known: 0 })),
    );
    repository.locked(() =>
      repository.commit((commit) => expect(commit.take(two)).toMatchObject({ fresh: 1, known: 0 })),
    );
    repository.close();
    const again = open();
    expect(payloads(again)).toEqual(['a', 'b', 'c']);
    expect(again.held(LOG)).toEqual([{ from: 0, end: 3, id: again.log(LOG)?.id }]);
    expect(again.lastArrival).toBe(2);
  });

  it('is closed to other users of the machine', () => {
    expect(fs.statSync(path.join(directory, '.satchel')).mode & 0o777).toBe(0o700);
  });

  it('takes nothing twice and shows gaps until they fill', () => {
    const [one, two, three] = writeLog(['a', 'b', 'c'], [1, 2]);
    const repository = open();
    take(repository, three);
    expect([...repository.entries(LOG)].map((entry) => entry.afterGap)).toEqual([true]);
    take(repository, one);
    expect(take(repository, one)).toMatchObject({ fresh: 0, known: 1 });
    take(repository, two);
    expect(payloads(repository)).toEqual(['a', 'b', 'c']);
    expect([...repository.entries(LOG)].map((entry) => entry.afterGap)).toEqual([false, false, false]);
  });

  it('rebuilds the index from the packs alone', () => {
    const repository = open();
    for (const segment of writeLog(['a', 'b', 'c', 'd'], [1, 3])) take(repository, segment);
    const before = repository.runs(LOG);
    repository.close();
    fs.rmSync(path.join(directory, '.satchel', 'index'), { recursive: true });
    expect(open().runs(LOG).map(plainRun)).toEqual(before.map(plainRun));
  });

  it('cuts off a torn tail, wherever the crash came', () => {
    const repository = open();
    const [one, two] = writeLog(['a', 'b'], [1]);
    take(repository, one);
    const pack = repository.packs.file(1);
    const whole = fs.statSync(pack).size;
    take(repository, two);
    repository.close();
    const after = fs.readFileSync(pack);
    const index = path.join(directory, '.satchel', 'index');
    for (let size = whole; size < after.length; size += 7) {
      fs.rmSync(index, { recursive: true, force: true });
      fs.writeFileSync(pack, after.subarray(0, size));
      const torn = open();
      expect(payloads(torn)).toEqual(['a']);
      take(torn, two);
      expect(payloads(torn)).toEqual(['a', 'b']);
      torn.close();
    }
  });

  it('proves and freezes a log that contradicts itself', () => {
    const repository = open();
    const [one, two] = writeLog(['a', 'b', 'c'], [2]);
    const [, , other] = writeLog(['a', 'B', 'C'], [1, 2]);
    take(repository, one);
    take(repository, two);
    expect(take(repository, other)).toMatchObject({ fresh: 0, refusal: { code: 'contradiction' } });
    expect(repository.frozen.get(LOG)).toBe(1);
    expect([...repository.entries(LOG)].map((entry) => entry.frozen)).toEqual([false, true, true]);
  });

  it('does not hold a payload that was stripped, until a whole copy comes', () => {
    const repository = open();
    const [whole] = writeLog(['a', 'b', 'c'], []);
    const [stripped] = writeLog(['a', 'b', 'c'], [], { strip: 1 });
    expect(take(repository, stripped)).toMatchObject({ fresh: 2, unheld: 1 });
    expect(repository.held(LOG).map(({ from, end }) => [from, end])).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(take(repository, whole)).toMatchObject({ fresh: 1, known: 2 });
    expect(payloads(repository)).toEqual(['a', 'b', 'c']);
  });

  it('stays whole over many commits, sorted and unsorted', () => {
    const repository = open();
    const texts = Array.from({ length: 5_000 }, (_, i) => `${i}`);
    const segments = writeLog(texts, texts.map((_, i) => i + 1).slice(0, -1));
    for (let i = 0; i < segments.length; i += 250) {
      repository.locked(() =>
        repository.commit((commit) => segments.slice(i, i + 250).map((segment) => commit.take(segment))),
      );
    }
    repository.close();
    const again = open();
    expect(payloads(again)).toEqual(texts);
    expect(again.arrivedAfter(18).map((run) => run.first)).toEqual(texts.slice(4_500).map(Number));
    expect(again.log(LOG)).toMatchObject({ end: 5_000, entries: 5_000 });
  });
});

function open(): Repository {
  return Repository.open(directory, {
    interpreter: NOTHING,
    world: { now: () => 0, random: Buffer.alloc },
    lockTimeoutMs: 100,
  });
}

function take(repository: Repository, segment: Segment) {
  return repository.locked(() => repository.commit((commit) => commit.take(segment)));
}

function payloads(repository: Repository): string[] {
  return [...repository.entries(LOG)].map((entry) => entry.payload?.toString() ?? '-');
}

function writeLog(
  texts: readonly string[],
  cuts: readonly number[],
  options: { strip?: number } = {},
): [Segment, Segment, Segment, ...Segment[]] {
  const segments: Segment[] = [];
  let previous: EntryId = NO_ENTRY;
  let first = 0;
  for (const end of [...cuts, texts.length]) {
    const entries = texts.slice(first, end).map((text, i) => entryOf(text, first + i === options.strip));
    const chain = new Chain(LOG, previous);
    for (const [i, entry] of entries.entries())
      chain.add(first + i, entry.payloadLength, entry.payloadHash, entry.meta);
    const heads = [{ length: end, signature: sign(SEED, headMessage(LOG, end, chain.id)) }];
    segments.push(
      decodeSegment(encodeSegment({ log: LOG, first, count: end - first, previous, raw: encodeBody(entries), heads })),
    );
    previous = chain.id;
    first = end;
  }
  return segments as [Segment, Segment, Segment, ...Segment[]];
}

function entryOf(text: string, strip: boolean): BodyEntry {
  const payload = Buffer.from(text);
  return {
    meta: Buffer.alloc(0),
    payloadLength: payload.length,
    payloadHash: sha256Latin1(payload),
    payload: strip ? undefined : payload,
  };
}
