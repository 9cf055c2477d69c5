// What an import did, as a value (spec/bundle.md, "Import").
import type { Manifest } from '../../format/bundle/manifest.js';
import type { ErrorCode } from '../../format/error.js';
import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import type { BlobCounts } from '../blobs/intake.js';

/** A log, or part of one, that was not taken although it was wanted. */
export interface RefusedLog {
  readonly log: LogId;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Entries missing before ones that the import brought. */
export interface GapReport {
  readonly log: LogId;
  readonly from: number;
  readonly to: number;
}

/** Whose log in which topic a bundle brought. */
export interface SeenIntroduction {
  readonly log: LogId;
  readonly topic: TopicId;
  readonly label: string;
  readonly person: PersonId;
}

/** What became of the entries of one bundle. Counts are entries. */
export interface EntriesTaken {
  readonly manifest: Manifest | undefined;
  readonly fresh: number;
  readonly known: number;
  /** Left in the file: of logs we do not take, or over a quota. */
  readonly skipped: number;
  /** Of these: of logs whose introduction is not known yet; another bundle may bring it. */
  readonly unplaced: number;
  /** Of veiled logs, left in the file without a word: nobody here could read them, and there was no room, or no reason. */
  readonly passedBy: number;
  readonly refused: readonly RefusedLog[];
  readonly gaps: readonly GapReport[];
  /** Logs that got new entries. */
  readonly changed: readonly LogId[];
  /** Introductions of logs in the bundle, of people whose logs were taken or not. */
  readonly introductions: readonly SeenIntroduction[];
  /** Own logs, written here until now, of which something turned up that was not written here. */
  readonly forked: readonly LogId[];
}

/** What one bundle brought. */
export interface ImportReport extends EntriesTaken {
  /** Messages among the fresh ones; 0 in a dry run. */
  readonly messages: number;
  /** Of these, messages that had expired before they arrived: nobody will see them here. */
  readonly expired: number;
  /** Cards of people in the bundle: of the one who made it and of the authors. */
  readonly cards: readonly Card[];
  /** Chunks and chunk lists of attachments. */
  readonly blobs: BlobCounts;
  /** Logs of which the bundle says what its maker holds. */
  readonly stated: readonly LogId[];
}
