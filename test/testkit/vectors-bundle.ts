// Bundles as vectors: what they are made of, and what a reader has to say about each (spec/bundle.md). One file and one
// violation each; vectors-bundle-*.ts list them.
import type { ErrorCode } from '../../src/format/error.js';
import { ADA, ADA_LOG, BOB_LOG, introRun } from './cast.js';
import type { Vector } from './vector.js';
import { forkProof } from './vectors-proof.js';
import { sha256 } from './wire.js';
import { type BundleLies, bundle, carried, type WireBundle, type WireSegment } from './wire-bundle.js';
import { card, cardText } from './wire-card.js';
import { runOf } from './wire-segment.js';
import { frontier, wants } from './wire-statement.js';

/** A bundle before it is written to a file. */
export interface BundleVector extends Vector {
  readonly bytes: Buffer;
  /** The code word, `ok`, or `refused` when the bundle is sound and something in it is not. */
  readonly code: 'ok' | 'refused' | ErrorCode;
  /** What is in it when it is sound. */
  readonly holds?: BundleMeaning;
  /** Segments that were put into it and would verify by themselves: those whose bytes are all there are salvaged. */
  readonly segments: readonly WireSegment[];
}

/** What a reader finds in a sound bundle. */
export interface BundleMeaning {
  readonly members: readonly string[];
  /** Verified ranges. */
  readonly logs: readonly { readonly log: string; readonly from: number; readonly to: number }[];
  /** Verified entries. */
  readonly entries: number;
  readonly refused: readonly { readonly log: string; readonly code: ErrorCode }[];
}

export const ADA_INTRO: WireSegment = carried(introRun(ADA_LOG));
export const ADA_MESSAGES: WireSegment = carried(runOf(ADA_LOG, 1));
const BOB_INTRO: WireSegment = carried(introRun(BOB_LOG));
export const BOB_MESSAGES: WireSegment = carried(runOf(BOB_LOG, 1));

/** The chunk of an attachment. */
export const CHUNK: Buffer = Buffer.from('a very small picture');

/** The bundle that most violations start from: two logs' worth of segments. */
export const SMALL: WireBundle = { segments: [ADA_INTRO, ADA_MESSAGES, BOB_INTRO, BOB_MESSAGES] };

/** A bundle with every kind of member. */
export const FULL: WireBundle = {
  ...SMALL,
  frontier: frontier([{ log: ADA_LOG.key.id, ranges: [[0, 6, sha256('any')]] }]),
  wants: wants([{ root: sha256('a blob'), chunks: [[0, 3]] }]),
  proofs: forkProof('forked log', 3),
  blobs: [CHUNK, Buffer.from('another')].sort((a, b) => Buffer.compare(sha256(a), sha256(b))),
  padding: 300,
};

/** The text of Ada's card. */
export const ADA_CARD: string = cardText(card(ADA));

/** A bundle that is refused as a whole. */
export function badBundle(
  name: string,
  comment: string,
  code: ErrorCode,
  lies: BundleLies,
  spec: WireBundle = SMALL,
): BundleVector {
  return badFile(name, comment, code, bundle(spec, lies), spec.segments);
}

/** A file that is refused as a whole. */
export function badFile(
  name: string,
  comment: string,
  code: ErrorCode,
  bytes: Buffer,
  segments: readonly WireSegment[] = [],
): BundleVector {
  return { name, comment, bytes, code, segments };
}

/** A bundle that is sound. */
export function goodBundle(name: string, comment: string, spec: WireBundle, lies: BundleLies = {}): BundleVector {
  const segments = spec.segments ?? [];
  return { name, comment, bytes: bundle(spec, lies), code: 'ok', holds: holdingsOf(spec, segments), segments };
}

/** A bundle of two segments of Ada's and one that is refused by itself; `isWhole` when salvage still yields it. */
export function partlyBad(
  name: string,
  comment: string,
  refused: WireSegment,
  code: ErrorCode,
  { isWhole = false, lies = {} as BundleLies } = {},
): BundleVector {
  const good = [ADA_INTRO, ADA_MESSAGES];
  const spec = { segments: [ADA_INTRO, refused, ADA_MESSAGES] };
  const log = refused.run.key.id.toString('hex');
  const holds = { ...holdingsOf(spec, good), refused: [{ log, code }] };
  const segments = isWhole ? spec.segments : good;
  return { name, comment, bytes: bundle(spec, lies), code: 'refused', holds, segments };
}

/** What an honest bundle holds when these of its segments verify. */
export function holdingsOf(spec: WireBundle, verified: readonly WireSegment[]): BundleMeaning {
  const logs: { log: string; from: number; to: number }[] = [];
  const ranges = verified.map(({ run }) => {
    const from = run.first ?? 0;
    return { log: run.key.id.toString('hex'), from, to: from + run.entries.length };
  });
  for (const range of ranges.sort((a, b) => (a.log === b.log ? a.from - b.from : a.log < b.log ? -1 : 1))) {
    const last = logs.at(-1);
    if (last?.log === range.log && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else logs.push({ ...range });
  }
  const entries = verified.reduce((sum, { run }) => sum + run.entries.length, 0);
  return { members: memberNames(spec), logs, entries, refused: [] };
}

function memberNames(spec: WireBundle): string[] {
  const has = (name: string, bytes: { length: number } | undefined) => (bytes?.length ? [name] : []);
  return [
    ...has('contents', spec.segments),
    ...has('frontier', spec.frontier),
    ...has('wants', spec.wants),
    ...has('proofs', spec.proofs),
    ...has('segments', spec.segments),
    ...(spec.blobs ?? []).map((chunk) => `blobs/${sha256(chunk).toString('hex')}`),
    ...(spec.padding ? ['padding'] : []),
  ];
}
