// Bundles as fixtures: some as real files in fixtures/bundles, each with a sidecar, and all others in
// fixtures/bundle.json, told as edits of one of those files.
import { type Compact, compact } from './compact.js';
import { applyEdits, type Edit, editsOf } from './edits.js';
import { formatJson } from './json.js';
import { type Vector, vectorFile } from './vector.js';
import type { BundleMeaning, BundleVector } from './vectors-bundle.js';
import { fileVectors } from './vectors-bundle-file.js';
import { goodBundleVectors } from './vectors-bundle-good.js';
import { manifestVectors } from './vectors-bundle-manifest.js';
import { memberVectors } from './vectors-bundle-member.js';
import { segmentBundleVectors } from './vectors-bundle-segment.js';
import { tarVectors } from './vectors-bundle-tar.js';

/** A bundle in a fixture. */
export interface BundleFixture extends Vector, Partial<BundleMeaning> {
  /** The bundle's file in fixtures/bundles, when it is one. */
  readonly file?: string;
  /** The bundle's bytes, or the file of another that the edits make it out of. */
  readonly bytes?: Compact;
  readonly from?: string;
  readonly edits?: readonly Edit[];
  readonly code: string;
  /** Exit status of a command that was given this bundle only. */
  readonly exit: number;
  /** Where in it the segments begin that are whole: what is still to be had from it. */
  readonly salvage: readonly number[];
}

/** Name and content of each file below fixtures/. */
export function bundleFiles(): ReadonlyMap<string, Buffer> {
  const vectors = bundleVectors();
  const files = new Map<string, Buffer>();
  for (const vector of vectors.filter(isFile)) {
    const file = `${vector.name}.satchel`;
    files.set(`bundles/${file}`, vector.bytes);
    files.set(`bundles/${vector.name}.json`, Buffer.from(formatJson(fixtureOf(vector, { file }))));
  }
  const bases = vectors.filter(({ name }) => BASES.includes(name));
  const told = vectors.filter((vector) => !isFile(vector)).map((vector) => fixtureOf(vector, tellBytes(vector, bases)));
  files.set('bundle.json', Buffer.from(formatJson(vectorFile(COMMENT, { bundles: told }))));
  return files;
}

/** Every bundle. */
function bundleVectors(): BundleVector[] {
  return [
    ...goodBundleVectors(),
    ...fileVectors(),
    ...tarVectors(),
    ...manifestVectors(),
    ...memberVectors(),
    ...segmentBundleVectors(),
  ];
}

function isFile({ name, bytes }: BundleVector): boolean {
  return bytes.length <= FILE_MAX && FILES.test(name);
}

function fixtureOf(
  vector: BundleVector,
  where: Pick<BundleFixture, 'file' | 'bytes' | 'from' | 'edits'>,
): BundleFixture {
  const { name, comment, code, holds } = vector;
  return { name, comment, ...where, code, exit: EXITS[code] ?? 1, ...holds, salvage: salvageOf(vector) };
}

/** The shortest way to tell it. */
function tellBytes(
  { name, bytes }: BundleVector,
  bases: readonly BundleVector[],
): Pick<BundleFixture, 'bytes' | 'from' | 'edits'> {
  const ways = [
    { bytes: compact(bytes) },
    ...(bytes.length > EDIT_MAX ? [] : bases.map((base) => editsFrom(base, bytes))),
  ];
  const [best] = ways.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length);
  if (best) return best;
  throw new Error(`no way to tell ${name}`);
}

function editsFrom(base: BundleVector, bytes: Buffer): { from: string; edits: readonly Edit[] } {
  const edits = editsOf(base.bytes, bytes);
  if (!applyEdits(base.bytes, edits).equals(bytes)) throw new Error(`edits of ${base.name} do not lead there`);
  return { from: `${base.name}.satchel`, edits };
}

/** Finds the segments by their bytes alone, wherever they stand. */
function salvageOf({ bytes, segments }: BundleVector): number[] {
  return [...new Set(segments)].flatMap((segment) => placesOf(bytes, segment.bytes)).sort((a, b) => a - b);
}

function placesOf(file: Buffer, segment: Buffer): number[] {
  const places: number[] = [];
  for (let at = file.indexOf(segment); at >= 0; at = file.indexOf(segment, at + 1)) places.push(at);
  return places;
}

/** Longer ones are told, whatever their name. */
const FILE_MAX = 15_000;

/** Longer ones are not compared with others. */
const EDIT_MAX = 100_000;

/** The bundles that are files: those that others are told from, and one or a few of every kind. */
const FILES = new RegExp(
  `^(${[
    'good-(small|full|empty|frontier-only|want|proofs-only|blob-only|padding-only|after-a-gap)',
    'good-(brotli|dropped|two-pasts|card|one-time-key|unknown-field|segment-in-a-blob)',
    'foreign-(empty-file|text|age|gzip|other-tar)',
    'cut-(in-segment|by-one|in-manifest|behind-signature)',
    'longer-by-(one|a-segment)',
    'rotten-(manifest|serial|segment|contents)',
    'tar-(type-symlink-out|type-directory-with-size|pax-path-before-segments|member-twice|fill-segments-last)',
    'manifest-(format-2|key-twice-two-values|raw-less)',
    'signature-(other-key|small-order)',
    'contents-(other-id|offset-overlap)',
    'padding-not-zero',
    'segment-(version-2|codec-2|bomb|signature|moved-log|two-bad-logs)',
  ].join('|')})$`,
);

/** The bundles that others are told as edits of. */
const BASES = [
  'good-small',
  'good-full',
  'good-empty',
  'good-blob-only',
  'good-padding-only',
  'good-frontier-only',
  'segment-version-2',
];

/** The exit status that goes with each code word (spec/cli.md, "Exit codes"). */
const EXITS: Readonly<Record<string, number>> = {
  ok: 0,
  refused: 3,
  'newer-version': 13,
  'bad-tar': 20,
  'bad-manifest': 20,
  'bad-member': 20,
  'bad-bundle': 20,
  'over-limit': 20,
  'not-authentic': 21,
};

const COMMENT =
  'Bundles (spec/bundle.md) besides those in bundles/. bytes is hex, or a list of pieces: hex, or {repeat, times}. ' +
  'edits of the file "from" are [offset, bytes removed, bytes inserted], by ascending offset in that file. ' +
  'code is "ok", "refused" when the bundle is sound and something in it is not, or the code word of the refusal. ' +
  'salvage has the offsets of whole segments. Made by test/testkit/generate.ts.';
