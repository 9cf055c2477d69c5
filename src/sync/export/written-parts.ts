// What lies in the files that one export has written so far, when it is split into several (spec/bundle.md, "Several files").
import type { Digest, LogId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { RangeSet } from '../../repository/index/range-set.js';
import type { PartHoldings } from './options.js';
import { isNewBeside } from './repeated.js';
import type { BundleParts } from './write-bundle.js';

/** The files of one export, as far as they are written. */
export class WrittenParts implements PartHoldings {
  readonly #ranges = new Map<LogId, RangeSet>();
  readonly #digests = new Set<Digest>();
  readonly chunks: PartHoldings['chunks'] = { holdsFor: () => this.#digests, isElsewhere: () => false };

  /** Ranges of the log that lie in them; ascending. */
  holds(log: LogId): readonly Range[] {
    return this.#ranges.get(log)?.ranges ?? [];
  }

  /** Notes what a further one holds; false when all of it lay in the others. */
  add({ pieces, blobs }: Pick<BundleParts, 'pieces' | 'blobs'>): boolean {
    const isNew = pieces.some(isNewBeside(this)) || blobs.some(({ digest }) => !this.#digests.has(digest));
    for (const { record } of pieces) {
      const ranges = this.#ranges.get(record.log) ?? new RangeSet();
      ranges.add([{ from: record.first, end: record.end }]);
      this.#ranges.set(record.log, ranges);
    }
    for (const { digest } of blobs) this.#digests.add(digest);
    return isNew;
  }
}
