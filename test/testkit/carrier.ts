// Somebody who passes on what others wrote, and changes it on the way as far as that can be done without their keys.
import fs from 'node:fs';
import { openBundle, readSegments } from '../../src/format/bundle/reader.js';
import { decodeSegment, type Segment } from '../../src/format/log/segment.js';
import { cutSegment, encodeSegment, endOfRun, type Run } from '../../src/format/log/segment-build.js';
import { sourceOf } from '../../src/format/source.js';
import { type BundleExtras, type MadeSegment, makeBundle } from './make.js';

/** The segments of a bundle. */
export function segmentsIn(file: string): Segment[] {
  const bundle = openBundle(sourceOf(fs.readFileSync(file)));
  return [...readSegments(bundle)].map(({ bytes }) => decodeSegment(bytes));
}

/** All of a segment, to be changed. */
export function runIn(segment: Segment): Run {
  return cutSegment(segment, segment.first, segment.first + segment.count);
}

/** Writes a bundle of these runs, signed by a key that nobody knows. */
export function writeCarried(file: string, runs: readonly Run[], extras: BundleExtras = {}): string {
  fs.writeFileSync(file, makeBundle(runs.map(madeOf), extras));
  return file;
}

function madeOf(run: Run): MadeSegment {
  const bytes = encodeSegment(run);
  const { log, first, count, raw } = run;
  const record = { log, first, end: first + count, id: endOfRun(run), offset: 0, length: bytes.length };
  return { bytes, record, rawLength: raw.length };
}
