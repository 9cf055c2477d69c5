// What to export, as it is asked for (spec/bundle.md, "What an export holds").
import type { Digest, LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { Recipient } from '../known/recipients.js';
import type { Session } from '../session.js';
import type { PendingLog } from './pending-log.js';
import type { Piece } from './pieces.js';
import type { Seal } from './seal.js';

/** What to export. */
export interface ExportOptions {
  /** For whom; absent: for everybody known. */
  readonly to?: readonly Recipient[] | undefined;
  /** Only these topics; absent: all joined and carried ones, or all for who carries all. */
  readonly topics?: readonly TopicId[] | undefined;
  /** Which veiled logs go along; absent: in an open bundle those of `topics`, in a sealed one also those that are not placed where `topics` is absent. */
  readonly veiled?: VeiledChoice | undefined;
  /** Only what was written since, ms. */
  readonly since?: number | undefined;
  /** Everything, whatever was acknowledged. */
  readonly full?: boolean | undefined;
  readonly uncompressed?: boolean | undefined;
  /**
   * Whom the file is sealed for; absent: it is open. They have to be all of `to`: {@link sealsFor} makes it, and whom it leaves
   * out is to be left out of `to`.
   */
  readonly seal?: Seal | undefined;
  /** It is no file that others could open: it goes to the recipients alone. */
  readonly isConfidential?: boolean | undefined;
  /** A drive that the bundle is to lie on: what it holds already is left out. */
  readonly drive?: DriveHoldings | undefined;
  /** Other files of the same export: what they hold already is left out, but for what each file needs by itself. */
  readonly parts?: PartHoldings | undefined;
  /** What went over the same stream before: it is left out. */
  readonly before?: PartHoldings | undefined;
  /** When there is something to send at all, this goes along, whatever the recipients hold. */
  readonly also?: readonly PendingLog[] | undefined;
  /** What goes is said here, whatever anybody holds; nobody is expected to answer. */
  readonly exactly?: ((session: Session) => ExactExport) | undefined;
  /** The bundle is to take no more bytes than this: the newest conversations first, the rest another time. */
  readonly maxBytes?: number | undefined;
  /** Told right before a bundle of so many bytes is written. */
  readonly writing?: ((bytes: number) => void) | undefined;
}

/** Which veiled logs may be in a bundle. */
export interface VeiledChoice {
  /** The topics that the user named: their logs may be in an open bundle. */
  readonly named: readonly TopicId[];
  /** In a sealed one also those that are not placed. */
  readonly isUnplacedToo: boolean;
}

/** What lies beside a bundle to be. */
export interface Holdings {
  /** Ranges of the log that lie there for the device; ascending. */
  holds(log: LogId, recipient: Recipient): readonly Range[];
  /** Chunks of attachments. */
  readonly chunks: ChunkHoldings;
}

/** What lies on a drive, as verified here. */
export interface DriveHoldings extends Holdings {
  readonly id: string;
}

/** What lies in other files of an export: the same for everybody. */
export interface PartHoldings {
  holds(log: LogId): readonly Range[];
  readonly chunks: { holdsFor(): ReadonlySet<Digest>; isElsewhere(digest: Digest): boolean };
}

/** An export that does not go by what the recipients lack. */
export interface ExactExport {
  readonly logs: readonly PendingLog[];
  /** Of their pieces those that go along and find room in so many bytes, lying back to back. */
  fit(pieces: readonly Piece[], bytes: number): readonly Piece[];
}

/** So many chunks and chunk lists of attachments, and their bytes. */
export interface BlobTally {
  readonly count: number;
  readonly bytes: number;
}

/** What lies on a drive. */
export interface ChunkHoldings {
  /** Those in verified bundles that lie there for the device. */
  holdsFor(recipient: Recipient): ReadonlySet<Digest>;
  /** Whether another drive is remembered to hold it: then others go first. */
  isElsewhere(digest: Digest): boolean;
}
