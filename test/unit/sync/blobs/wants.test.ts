// What we say that we lack, and what others are taken to lack by what they said (spec/bundle.md, "Wants").
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../src/format/bundle/manifest.js';
import { encodeWants, type Wants } from '../../../../src/format/bundle/wants.js';
import type { Digest, EntryId } from '../../../../src/format/ids.js';
import { CHUNK_MAX, WANTS_MAX } from '../../../../src/format/limits.js';
import { chunkListSize, decodeChunkList } from '../../../../src/format/log/blob.js';
import { type BlobReference, blobReferences } from '../../../../src/repository/store/blob-refs.js';
import { ALL, type Lacked, lackedBy } from '../../../../src/sync/blobs/lacked.js';
import { ownWants } from '../../../../src/sync/blobs/own-wants.js';
import type { WantedBlob } from '../../../../src/sync/blobs/wanted.js';
import { keepStatement } from '../../../../src/sync/known/statements.js';
import { attach, chunksOf } from '../../../testkit/attach.js';
import type { Replica } from '../../../testkit/replica.js';
import { makeFriends } from '../../../testkit/replicas.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

describe('what we lack', () => {
  it('is told as far as it fits, with the mark that there is more', () => {
    const many = Array.from({ length: 3_000 }, (_, i) => blobOf(i, []));
    const wants = ownWants(many);
    expect(wants.isCut).toBe(true);
    expect([...wants.blobs.keys()]).toEqual(many.slice(0, wants.blobs.size).map(({ root }) => root));
    const size = encodeWants(wants).length;
    expect(size).toBeLessThanOrEqual(WANTS_MAX);
    expect(size).toBeGreaterThan(WANTS_MAX - 100);
  });

  it('is told coarsely when it has many holes: too much rather than too little', () => {
    const holes = Array.from({ length: 1_000 }, (_, i) => ({ from: 2 * i, end: 2 * i + 1 }));
    const [told = []] = [...ownWants([blobOf(1, holes)]).blobs.values()];
    expect(told).toHaveLength(256);
    for (const { from } of holes) expect(told.some((range) => range.from <= from && from < range.end)).toBe(true);
    expect(told.at(-1)?.end).toBe(holes.at(-1)?.end);
  });
});

describe('what somebody lacks', () => {
  async function aliceAndBob(): Promise<{ alice: Replica; lacks: () => Lacked; says: Says; root: Digest }> {
    const [alice, bob] = (await makeFriends(scratchDirectory(), ['alice', 'bob'], 't')) as [Replica, Replica];
    const root = await attach(alice, 't', 'see this', chunksOf('a', 4));
    const references = [...blobReferences(alice.repository)] as [BlobReference];
    let serial = 0;
    const says: Says = (isHeld, wants) => {
      const [{ log, seq }] = references;
      const ranges = [{ from: 0, end: seq + 1, id: '1'.repeat(64) as EntryId }];
      const made = { key: bob.session.self.device, epoch: 'e', serial: ++serial, created: 0 } as Manifest;
      keepStatement(alice.repository, made, { frontier: new Map(isHeld ? [[log, ranges]] : []), wants });
    };
    return { alice, root, says, lacks: () => lackedBy(alice.repository, bob.session.self)(root, references) };
  }

  it('is all while nothing is known, and nothing once it holds the entry and names no lack', async () => {
    const { lacks, says } = await aliceAndBob();
    expect(lacks()).toBe(ALL);
    says(false, wantsOf([]));
    expect(lacks()).toBe(ALL);
    says(true, undefined);
    expect(lacks()).toBeUndefined();
  });

  it('is what it names: chunks, or all of it', async () => {
    const { lacks, says, root } = await aliceAndBob();
    says(true, wantsOf([[root, [{ from: 1, end: 3 }]]]));
    expect(lacks()).toEqual([{ from: 1, end: 3 }]);
    says(true, wantsOf([[root, []]]));
    expect(lacks()).toBe(ALL);
  });

  it('is not known of what found no room in its words', async () => {
    const { lacks, says } = await aliceAndBob();
    says(true, wantsOf([], true));
    expect(lacks()).toBe(ALL);
  });
});

type Says = (isHeld: boolean, wants: Wants | undefined) => void;

function wantsOf(blobs: [Digest, { from: number; end: number }[]][], isCut = false): Wants {
  return { blobs: new Map(blobs), isCut };
}

function blobOf(i: number, missing: WantedBlob['missing']): WantedBlob {
  const size = 3_000 * CHUNK_MAX;
  const bytes = Buffer.alloc(chunkListSize(size), 3);
  bytes.writeBigUInt64BE(BigInt(size), 1);
  return {
    root: (i + 1).toString(16).padStart(64, '0') as Digest,
    size,
    missing,
    list: decodeChunkList(bytes),
    references: [],
  };
}
