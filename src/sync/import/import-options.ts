// How to import (spec/bundle.md, "Import").
import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { BundleVisitor } from '../../format/bundle/verify.js';
import type { Digest } from '../../format/ids.js';
import type { Behind } from '../../repository/index/behind.js';

/** How to import. */
export interface ImportOptions {
  /** Change nothing, only say what would change. */
  readonly dryRun?: boolean | undefined;
  /** Take every whole segment of a damaged file, each judged alone. */
  readonly salvage?: boolean | undefined;
  /** For the journal, as is the id of the drive that it lies on. */
  readonly file: string;
  readonly drive?: string | undefined;
  readonly digest: Digest;
  /** Of what was sealed the public half of the own key that it was sealed to, hex. */
  readonly sealedTo?: string | undefined;
  /**
   * Told of every segment that is verified and lacks no payload without a cause, of logs that are wanted or held here.
   * Then known segments are verified too.
   */
  readonly verified?: ((record: ContentsRecord) => void) | undefined;
  /**
   * Told, while the bundle is taken, of what segments of logs of the own person hold behind a freeze: it is not kept. What is
   * here of it already is not told.
   */
  readonly behind?: ((behind: Behind) => void) | undefined;
  /** Told of every chunk and chunk list that matches its hash. */
  readonly verifiedChunk?: BundleVisitor['blob'];
}

/** What of them concerns the entries. */
export type RunOptions = Pick<ImportOptions, 'dryRun' | 'verified' | 'behind'>;
