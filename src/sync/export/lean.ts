// What a bundle says besides what it carries gives way where room is short: however many logs strangers write, however
// often they contradict themselves, there is room for messages (spec/drive.md, "Space").
import { type Frontier, type FrontierRange, frontierLogSize } from '../../format/bundle/frontier.js';
import { type Wants, wantSize, wantsSize } from '../../format/bundle/wants.js';
import type { Digest, LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { BundleParts } from './write-bundle.js';

/** Frontier, wants and proofs take so much of what a bundle may have, each. */
const SHARE = 1 / 8;

/** The same bundle with as much of frontier, wants and proofs as their share allows: what matters most comes first in each. */
export function leanParts(parts: BundleParts, bytes: number): BundleParts {
  const share = Math.max(0, Math.floor(bytes * SHARE));
  return {
    ...parts,
    frontier: leanFrontier(parts.frontier, share),
    wants: leanWants(parts.wants, share),
    proofs: leanProofs(parts.proofs, share),
  };
}

/** To say less than is held is always safe. */
function leanFrontier(frontier: Frontier, share: number): Frontier {
  const kept = new Map<LogId, readonly FrontierRange[]>();
  let left = share;
  for (const [log, ranges] of frontier) {
    left -= frontierLogSize(ranges.length);
    if (left < 0) break;
    kept.set(log, ranges);
  }
  return kept;
}

/** Those that are not named any more are said to be lacked all the same. */
function leanWants(wants: Wants, share: number): Wants {
  if (wantsSize(wants) <= share) return wants;
  const kept = new Map<Digest, readonly Range[]>();
  let left = share - wantSize(0);
  for (const [root, ranges] of wants.blobs) {
    left -= wantSize(ranges.length);
    if (left < 0) break;
    kept.set(root, ranges);
  }
  return { blobs: kept, isCut: true };
}

/** Whoever gets no proof today still cannot be told the other past as if it were the only one. */
function leanProofs(proofs: readonly Buffer[], share: number): readonly Buffer[] {
  let left = share;
  return proofs.filter((proof) => {
    if (proof.length > left) return false;
    left -= proof.length;
    return true;
  });
}
