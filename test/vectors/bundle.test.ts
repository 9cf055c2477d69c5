// Every bundle of `fixtures/bundles/` and `fixtures/bundle.json`: verified, and salvaged whatever came of it.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packBundle } from '../../src/format/bundle/layout.js';
import { openBundle, readSegmentAt, readSegments } from '../../src/format/bundle/reader.js';
import { salvageBundle } from '../../src/format/bundle/salvage.js';
import { type BundleSummary, verifyBundle } from '../../src/format/bundle/verify.js';
import { EXIT_OF_CODE, SatchelError } from '../../src/format/error.js';
import { decodeSegment, peekSegment } from '../../src/format/log/segment.js';
import { type ByteSource, sourceOf } from '../../src/format/source.js';
import type { BundleFixture } from '../testkit/bundle-files.js';
import { expand } from '../testkit/compact.js';
import { applyEdits } from '../testkit/edits.js';
import { FIXTURES, openFixture, testEach } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import { splitSource } from '../testkit/split-source.js';
import { SIGNER } from '../testkit/wire-bundle.js';

const DIRECTORY = new URL('bundles/', FIXTURES);
const names = readdirSync(DIRECTORY);
const files = names.filter((name) => name.endsWith('.json')).map(sidecar);
const fixture = openFixture('bundle.json');
const ran = new Set<string>();
/** Larger ones are not read byte by byte. */
const BYTEWISE_MAX = 20_000;

describe.each([
  ['whole', (bytes: Buffer) => sourceOf(bytes)],
  ['in pieces', (bytes: Buffer) => splitSource(bytes, 509)],
  ['byte by byte', (bytes: Buffer) => splitSource(bytes, bytes.length > BYTEWISE_MAX ? 4096 : 1)],
])('%s', (_how, toSource) => {
  testEach(files, (vector) => {
    ran.add(`${vector.name}.json`).add(vector.file ?? '');
    expectAnswer(toSource(bytesOf(vector)), vector);
  });
  fixture.each<BundleFixture>('bundles', (vector) => expectAnswer(toSource(bytesOf(vector)), vector));
});

fixture.expectAllRun();

test('every file of bundles/ was run', () => {
  expect(names.filter((name) => !ran.has(name))).toEqual([]);
  expect(names.length).toBe(2 * files.length);
});

test('no name is both a file and told', () => {
  const told = new Set(fixture.list('bundles').map(({ name }) => name));
  expect(files.filter(({ name, file }) => told.has(name) || file !== `${name}.satchel`)).toEqual([]);
});

const plain = files.filter(
  ({ name, code }) => code === 'ok' && !['good-unknown-field', 'good-one-time-key'].includes(name),
);
test.each(plain)('$name is packed as it was', (vector) => {
  const bytes = bytesOf(vector);
  const { manifest, members } = openBundle(sourceOf(bytes));
  const parts = members.map(({ name, offset, size }) => ({ name, bytes: bytes.subarray(offset, offset + size) }));
  expect(Buffer.concat([...packBundle(manifest, parts, SIGNER.seed)]).equals(bytes)).toBe(true);
});

test.each(files.filter(({ code }) => code === 'ok'))('$name has its segments where its contents say', (vector) => {
  const bundle = openBundle(sourceOf(bytesOf(vector)));
  for (const { record, bytes } of readSegments(bundle)) {
    expect(readSegmentAt(bundle, record).equals(bytes)).toBe(true);
    expect(peekSegment(bytes).length).toBe(record.length);
  }
  const size = bundle.members.find(({ name }) => name === 'segments')?.size ?? 0;
  for (const place of [
    { offset: size - 200, length: 201 },
    { offset: size, length: 1 },
    { offset: 0, length: 2 ** 31 },
  ]) {
    expect(outcomeOf(() => readSegmentAt(bundle, place))).toBe('bad-member');
  }
});

function sidecar(name: string): BundleFixture {
  return JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8')) as BundleFixture;
}

function fileBytes(name: string): Buffer {
  return readFileSync(new URL(name, DIRECTORY));
}

function bytesOf({ name, file, bytes, from, edits }: BundleFixture): Buffer {
  if (file) return fileBytes(file);
  if (bytes !== undefined) return expand(bytes);
  if (from && edits) return applyEdits(fileBytes(from), edits);
  throw new Error(`${name} has no bytes`);
}

function expectAnswer(source: ByteSource, vector: BundleFixture): void {
  const { code, exit, summary } = answerOf(source);
  expect({ code, exit }, vector.comment).toEqual({ code: vector.code, exit: vector.exit });
  if (summary) expectSummary(summary, vector);
  if (['bad-tar', 'bad-manifest', 'bad-bundle', 'not-authentic'].includes(code)) {
    expect(code === 'bad-manifest' || !isOpened(source), 'opening finds it').toBe(true);
  }
  expectSalvage(source, vector);
}

function answerOf(source: ByteSource): { code: string; exit: number; summary?: BundleSummary } {
  try {
    const summary = verifyBundle(source);
    if (summary.refused.length === 0) return { code: 'ok', exit: 0, summary };
    return { code: 'refused', exit: EXIT_OF_CODE.refused, summary };
  } catch (error) {
    if (error instanceof SatchelError) return { code: error.code, exit: error.exit };
    throw error;
  }
}

function isOpened(source: ByteSource): boolean {
  try {
    openBundle(source);
    return true;
  } catch {
    return false;
  }
}

function expectSummary(summary: BundleSummary, vector: BundleFixture): void {
  const { members, logs, entries, refused, segments } = summary;
  const found = {
    members: members.map(({ name }) => name),
    logs,
    entries,
    refused: refused.map(({ log, code }) => ({ log, code })),
  };
  const { members: listed, logs: ranges, entries: count, refused: refusals } = vector;
  expect(found, vector.comment).toEqual({ members: listed, logs: ranges, entries: count, refused: refusals });
  expect(segments).toBeLessThanOrEqual(summary.manifest.segments);
}

/** Salvage finds what is whole, nothing else and nothing twice, and what it finds are segments. */
function expectSalvage(source: ByteSource, vector: BundleFixture): void {
  const found = [...salvageBundle(source).segments()];
  expect(
    found.map(({ offset }) => offset),
    `salvage of ${vector.name}`,
  ).toEqual(vector.salvage);
  for (const { bytes, offset } of found) expect(bytes.equals(source.read(offset, bytes.length))).toBe(true);
  if (vector.code === 'ok') for (const { bytes } of found) decodeSegment(bytes);
}
