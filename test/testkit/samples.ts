// Two logs and bundles of them, small enough to be broken at every byte.
import { encodeFrontier } from '../../src/format/bundle/frontier.js';
import { encodeWants } from '../../src/format/bundle/wants.js';
import { type Digest, NO_ENTRY } from '../../src/format/ids.js';
import { encodeProof } from '../../src/format/log/proof.js';
import {
  type BundleExtras,
  type MadeLog,
  type MadeSegment,
  makeBundle,
  makeHead,
  makeLog,
  makeSegments,
} from './make.js';

/** Ten entries. */
export const ADA: MadeLog = makeLog(
  'ada',
  Array.from({ length: 10 }, (_, i) => `ada says ${i}`),
);

/** Two entries. */
export const BOB: MadeLog = makeLog('bob', ['bob says hello', 'bob says bye']);

/** Four segments of Ada and two of Bob. */
export const SEGMENTS: readonly MadeSegment[] = [...makeSegments(ADA, 3), ...makeSegments(BOB, 1)];

/** A frontier with a range, a gap, a log that is closed for good and one that is known and empty. */
export const FRONTIER: Buffer = encodeFrontier(
  new Map([
    [
      ADA.log,
      [
        { from: 0, end: 4, id: ADA.ids[4] ?? NO_ENTRY },
        { from: 6, end: 10, id: ADA.ids[10] ?? NO_ENTRY },
      ],
    ],
    [BOB.log, [{ from: 2, end: Number.POSITIVE_INFINITY, id: NO_ENTRY }]],
    [makeLog('empty', []).log, []],
  ]),
);

/** A blob of which three chunks are lacked, one of which all is, and more. */
export const WANTS: Buffer = encodeWants({
  blobs: new Map([
    [
      'a1'.repeat(32) as Digest,
      [
        { from: 0, end: 2 },
        { from: 7, end: 8 },
      ],
    ],
    ['b2'.repeat(32) as Digest, []],
  ]),
  isCut: true,
});

/** Mallory's two pasts: they agree on one entry, and one has a second entry on the way to its head. */
export const PROOF: Buffer = proofOf(makeLog('mallory', ['a', 'left', 'more']), makeLog('mallory', ['a', 'right']));

/** One of everything. */
export const EXTRAS: BundleExtras = {
  frontier: FRONTIER,
  wants: WANTS,
  proofs: PROOF,
  blobs: [Buffer.from('first chunk'), Buffer.alloc(512, 'second chunk')],
  padding: 700,
};

/** The smallest bundle with every kind of member. */
export function smallBundle(): Buffer {
  return makeBundle(SEGMENTS.slice(3, 5), { ...EXTRAS, blobs: [Buffer.from('chunk')], padding: 30 });
}

/** A bundle with every kind of member, and several segments and chunks. */
export function fullBundle(): Buffer {
  return makeBundle(SEGMENTS, EXTRAS);
}

function proofOf(left: MadeLog, right: MadeLog): Buffer {
  return encodeProof({ log: left.log, length: 2, branches: [branchOf(left), branchOf(right)] });
}

function branchOf(made: MadeLog) {
  const links = made.entries.slice(2);
  const { signature } = makeHead(made, made.entries.length);
  return { id: made.ids[2] ?? NO_ENTRY, links, signature };
}
