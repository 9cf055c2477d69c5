// What an open repository joins: packs and chunks of attachments, the index that speaks of the packs, segments read lately,
// proofs of contradictions, and what was lost (spec/repository.md).

import { SatchelError } from '../format/error.js';
import type { LogId } from '../format/ids.js';
import { type Forgotten, readForgotten } from './forgotten.js';
import { Index } from './index/index.js';
import type { RecentEntries } from './index/recent-entries.js';
import type { Layout } from './layout.js';
import { Losses } from './rot/losses.js';
import { noteSuspect } from './rot/suspects.js';
import { BlobStore } from './store/blobs.js';
import { frozenLogs } from './store/forks.js';
import { OPENS_NOTHING, type OpenSealed } from './store/open-segment.js';
import { Packs } from './store/packs.js';
import { placeOf, SegmentCache, type SegmentPlace } from './store/segments.js';

/** Attempts to open an index whose packs are there. */
const REOPEN_MAX = 100;

/** The stores of one repository, open; packs and index are those of one moment. */
export class Stores {
  readonly layout: Layout;
  readonly packs: Packs;
  readonly blobs: BlobStore;
  readonly losses: Losses;
  /** Single entries read lately, once somebody asked for them. */
  recent: RecentEntries | undefined;
  #index: Index;
  readonly #open: OpenSealed;
  #cache: SegmentCache;
  #frozen: ReadonlyMap<LogId, number> | undefined;
  #forgotten: Forgotten | undefined;

  /** @throws SatchelError `io` */
  constructor(layout: Layout, open: OpenSealed = OPENS_NOTHING) {
    this.layout = layout;
    this.#open = open;
    this.packs = new Packs(layout.packs);
    this.blobs = new BlobStore(layout.blobs);
    this.losses = new Losses(layout, this.packs);
    this.#index = this.#openIndex();
    this.#cache = this.#newCache();
  }

  /** The index as it was opened last. */
  get index(): Index {
    return this.#index;
  }

  /** Segments read lately. */
  get cache(): SegmentCache {
    return this.#cache;
  }

  /** For each log that is known to contradict itself: the lowest seq that is in doubt. */
  get frozen(): ReadonlyMap<LogId, number> {
    this.#frozen ??= frozenLogs(this.layout.proofs);
    return this.#frozen;
  }

  /** What was forgotten here. */
  get forgotten(): Forgotten {
    this.#forgotten ??= readForgotten(this.layout);
    return this.#forgotten;
  }

  /** Proofs have come, or something was forgotten, or may have been: both are looked at again. */
  lookAgain(): void {
    this.#frozen = undefined;
    this.#forgotten = undefined;
  }

  /** Forgets what was read and starts from the disk: after the packs were rewritten. */
  reload(): void {
    this.#index.close();
    this.packs.close();
    this.#index = this.#openIndex();
    this.#cache = this.#newCache();
    this.lookAgain();
    this.losses.reload();
  }

  /** Sorts the index's newest part in, when so much has come that it pays. */
  tidyIndex(): void {
    if (!this.#index.wantsSorting || !this.#index.sort()) return;
    this.#index.close();
    this.#index = this.#openIndex();
  }

  /** Goes on with an index that knows nothing. */
  emptyIndex(): void {
    this.#index.close();
    Index.remove(this.layout.index);
    this.#index = new Index(this.layout.index);
  }

  /** Releases every file. */
  close(): void {
    this.#index.close();
    this.packs.close();
  }

  /** The index together with the packs it speaks of: if they are replaced at this moment, it is read again. */
  #openIndex(): Index {
    for (let i = 0; ; i++) {
      const index = new Index(this.layout.index);
      for (const run of this.losses.met) index.takeOut(run);
      if (this.packs.openUpTo(index.covered.pack) || i === REOPEN_MAX) return index;
      index.close();
      this.packs.close();
    }
  }

  #newCache(): SegmentCache {
    return new SegmentCache(this.packs, (place, isFailing) => this.#takeOut(place, isFailing), this.#open);
  }

  /** From now on nothing here speaks of what cannot be read. */
  #takeOut(place: SegmentPlace, isFailing: boolean): void {
    if (!isFailing && this.#isReplaced(place)) throw replaced();
    const runs = this.#index.runs(place.log).filter((run) => placeOf(run) === placeOf(place));
    this.losses.note(runs, isFailing);
    this.#index.takeOut(place);
    // what may be readable tomorrow is not to be taken out of the packs
    if (!isFailing) noteSuspect(this.layout.index, place);
  }

  /** Whether the pack was overwritten because something in it was forgotten meanwhile: what it held lies in another one. */
  #isReplaced({ pack }: SegmentPlace): boolean {
    return this.#index.isStale && !this.packs.list().includes(pack);
  }
}

function replaced(): SatchelError {
  return new SatchelError('busy', 'something was forgotten here meanwhile', { hint: 'run the same command again' });
}
