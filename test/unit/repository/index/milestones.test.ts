// The index remembers ids within long segments: what is read by them must be what the chain says.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type EntryId, type LogId, NO_ENTRY } from '../../../../src/format/ids.js';
import { decodeSegment, type Segment, walkSegment } from '../../../../src/format/log/segment.js';
import { SegmentWriter, segmentOf } from '../../../../src/format/log/segment-writer.js';
import { sha256Latin1 } from '../../../../src/format/platform.js';
import { publicKeyOf } from '../../../../src/format/signature/signature.js';
import { checkRepository } from '../../../../src/repository/check.js';
import type { Commit } from '../../../../src/repository/commit.js';
import { createRepository, sealRepository } from '../../../../src/repository/create.js';
import { RECORD_SIZE, seal } from '../../../../src/repository/index/record-frame.js';
import type { Repository } from '../../../../src/repository/repository.js';
import { openBare } from '../../../testkit/bare-repository.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const SEED = Buffer.alloc(32, 9);
const LOG = publicKeyOf(SEED).toString('hex') as LogId;
const ENTRIES = 1_000;

let directory: string;
beforeEach(() => {
  directory = scratchDirectory();
  sealRepository(createRepository(directory));
});

function open(): Repository {
  return openBare(directory);
}

/** One segment, too long for one milestone record. */
function write(emit: (segment: Segment, ids: readonly EntryId[]) => void): void {
  const writer = new SegmentWriter({ log: LOG, length: 0, id: NO_ENTRY }, SEED, (run, ids) =>
    emit(segmentOf(run), ids),
  );
  for (let i = 0; i < ENTRIES; i++) {
    const payload = Buffer.from(`${i}`);
    writer.add({ meta: Buffer.alloc(0), payload, payloadLength: payload.length, payloadHash: sha256Latin1(payload) });
  }
  writer.flush();
}

function fill(how: (commit: Commit, segment: Segment, ids: readonly EntryId[]) => void): Repository {
  const repository = open();
  repository.locked(() => repository.commit((commit) => write((segment, ids) => how(commit, segment, ids))));
  return repository;
}

function idsByChain(): EntryId[] {
  const ids: EntryId[] = [];
  write((segment) => walkSegment(segment, (_, __, chain) => ids.push(chain.id)));
  return ids;
}

const take = (commit: Commit, segment: Segment): unknown => commit.take(decodeSegment(segment.bytes));
const append = (commit: Commit, segment: Segment, ids: readonly EntryId[]): void => commit.append(segment, ids);

describe('ids remembered within a segment', () => {
  it.each([
    ['what was taken', take],
    ['what was written here', append],
  ])('are those of the chain, in %s', (_, how) => {
    fill(how).close();
    const chain = idsByChain();
    const every64th = chain.filter((_, i) => (i + 1) % 64 === 0);
    expect(open().runs(LOG)[0]?.milestones).toEqual(every64th);
  });

  it('lead to the id of every entry, whichever is asked for first', () => {
    fill(take).close();
    const chain = idsByChain();
    for (const seq of [ENTRIES - 1, 0, 64, 63, 300, 767, 768]) {
      expect(open().entry(LOG, seq)?.id).toBe(chain[seq]);
      expect(open().entry(LOG, seq)?.previous).toBe(chain[seq - 1] ?? NO_ENTRY);
    }
    expect([...open().entries(LOG)].map(({ id }) => id)).toEqual(chain);
  });

  it('are found again when the index was lost', () => {
    fill(append).close();
    const before = open().runs(LOG)[0]?.milestones;
    fs.rmSync(path.join(directory, '.satchel', 'index'), { recursive: true });
    expect(open().runs(LOG)[0]?.milestones).toEqual(before);
    expect(before).toHaveLength(15);
  });

  it('are compared with the chain by a full check', () => {
    fill(take).close();
    const check = (): string[] => [...checkRepository(open(), { all: true })].map(({ code }) => code);
    expect(check()).toEqual([]);
    lieAboutTheFirst();
    expect(check()).toEqual(['index']);
  });
});

/** Changes one remembered id, with a check word that matches. */
function lieAboutTheFirst(): void {
  const file = path.join(directory, '.satchel', 'index', 'runs');
  const bytes = fs.readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
  seal(bytes.subarray(0, RECORD_SIZE));
  fs.writeFileSync(file, bytes);
}
