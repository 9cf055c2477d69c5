// Taking the same bundle again because another one brought what it lacked (spec/bundle.md, "Import").

import type { BlobCounts } from '../blobs/intake.js';
import type { ImportReport } from './import-report.js';

/** Entries of logs that another file may introduce, or stripped ones whose retraction it may bring. */
export function mayHaveMore(report: ImportReport): boolean {
  return report.unplaced > 0 || report.refused.some(({ code }) => code === 'stripped');
}

/** Both times together: what was new at first was known the second time. */
export function mergedReport(first: ImportReport, again: ImportReport): ImportReport {
  return {
    ...again,
    fresh: first.fresh + again.fresh,
    known: again.known - first.fresh,
    messages: first.messages + again.messages,
    expired: first.expired + again.expired,
    gaps: [...first.gaps.filter(({ log }) => !again.changed.includes(log)), ...again.gaps],
    changed: [...new Set([...first.changed, ...again.changed])],
    forked: [...new Set([...first.forked, ...again.forked])],
    blobs: mergedBlobs(first.blobs, again.blobs),
  };
}

function mergedBlobs(first: BlobCounts, again: BlobCounts): BlobCounts {
  const fresh = first.fresh + again.fresh;
  return { ...again, fresh, freshBytes: first.freshBytes + again.freshBytes, known: again.known - first.fresh };
}
