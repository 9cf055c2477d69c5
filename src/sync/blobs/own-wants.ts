// What we say that we lack of attachments (spec/bundle.md, "Wants").
import { hash } from 'node:crypto';
import { encodeWants, type Wants, wantSize } from '../../format/bundle/wants.js';
import type { Digest } from '../../format/ids.js';
import { WANTS_MAX } from '../../format/limits.js';
import type { Range } from '../../format/log/meta.js';
import type { Knowledge } from '../known/knowledge.js';
import type { WantedBlob } from './wanted.js';

/** Ranges told of one blob, at most. To name more chunks than are lacked is always safe. */
const RANGES_MAX = 256;
/** Digits of a digest that a number holds exactly. */
const MARK_DIGITS = 12;

/** As much of it as fits, what is wanted most first. */
export function ownWants(wanted: Iterable<WantedBlob>): Wants {
  const blobs = new Map<Digest, readonly Range[]>();
  let left = WANTS_MAX - wantSize(0);
  for (const { root, missing } of wanted) {
    const ranges = coarse(missing);
    left -= wantSize(ranges.length);
    if (left < 0) return { blobs, isCut: true };
    blobs.set(root, ranges);
  }
  return { blobs, isCut: false };
}

/**
 * Tells one state of what we lack of blobs that a person knows of from another; 0 when that is nothing. It is worth a
 * bundle to say so when this has changed: the person goes on sending otherwise.
 */
export function wantsMark(wanted: readonly WantedBlob[], knowledge: Knowledge): number {
  const known = wanted.filter(({ references }) =>
    references.some(
      ({ log, seq }) =>
        knowledge.asksFor(log) && knowledge.spares(log).some(({ from, end }) => from <= seq && seq < end),
    ),
  );
  if (known.length === 0) return 0;
  const told = encodeWants(ownWants(known));
  return Number.parseInt(hash('sha256', told).slice(0, MARK_DIGITS), 16);
}

/** The last of the ranges takes in all that would be too many. */
function coarse(missing: readonly Range[]): readonly Range[] {
  if (missing.length <= RANGES_MAX) return missing;
  const told = missing.slice(0, RANGES_MAX);
  const last = told.pop();
  const end = missing[missing.length - 1]?.end;
  return last && end !== undefined ? [...told, { from: last.from, end }] : told;
}
