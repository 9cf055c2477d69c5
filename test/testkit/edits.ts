// A file told as edits of another: most wrong bundles are a right one with few bytes changed.
import { type Compact, compact, expand } from './compact.js';

/** At this offset of the base, so many bytes give way to others. */
export type Edit = readonly [at: number, remove: number, insert: Compact];

/** So many equal bytes show that both go on alike. */
const PROBE = 20;
/** Larger differences are told as one. */
const REACH = 4096;

/** Edits, by ascending offset, that make `target` out of `base`. */
export function editsOf(base: Buffer, target: Buffer): Edit[] {
  const edits: Edit[] = [];
  for (let b = 0, t = 0; ; ) {
    const same = commonLength(base, b, target, t);
    b += same;
    t += same;
    if (b === base.length && t === target.length) return edits;
    const [remove, insert] = nextMeeting(base, b, target, t);
    edits.push([b, remove, compact(target.subarray(t, t + insert))]);
    b += remove;
    t += insert;
  }
}

/** What the edits make out of `base`. */
export function applyEdits(base: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let kept = 0;
  for (const [at, remove, insert] of edits) {
    parts.push(base.subarray(kept, at), expand(insert));
    kept = at + remove;
  }
  return Buffer.concat([...parts, base.subarray(kept)]);
}

function commonLength(base: Buffer, b: number, target: Buffer, t: number): number {
  const most = Math.min(base.length - b, target.length - t);
  for (let i = 0; i < most; i++) if (base[b + i] !== target[t + i]) return i;
  return most;
}

/** How many bytes to pass over in either, so that as few as possible are told. */
function nextMeeting(base: Buffer, b: number, target: Buffer, t: number): [remove: number, insert: number] {
  let best: [number, number] = [base.length - b, target.length - t];
  const costOf = ([remove, insert]: [number, number]) => insert + remove / 16;
  const reach = Math.min(REACH, target.length - t - PROBE);
  for (let insert = 0; insert <= reach && insert < costOf(best); insert++) {
    const probe = target.subarray(t + insert, t + insert + PROBE);
    for (const at of meetings(base, b, b + insert, probe)) {
      if (costOf([at - b, insert]) < costOf(best)) best = [at - b, insert];
    }
  }
  return best;
}

/** Where the probe stands in the base: at the same distance, which zeros must, or anywhere further on. */
function meetings(base: Buffer, from: number, same: number, probe: Buffer): number[] {
  const places = base.subarray(same, same + PROBE).equals(probe) ? [same] : [];
  const found = probe.every((byte) => byte === 0) ? -1 : base.indexOf(probe, from);
  return found < 0 ? places : [...places, found];
}
