// What a recipient is not known to hold, log by log (spec/bundle.md, "What an export holds").
import type { DeviceKey, LogId, PersonId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import type { LackedBlobs } from '../blobs/lacked.js';
import type { Subject } from './subjects.js';

/** Entries of one log that a recipient is not known to hold. */
export interface PendingLog {
  readonly log: LogId;
  readonly ranges: readonly Range[];
}

/** What a recipient is told of one subject. */
export interface Said {
  /** Messages of others that the statement covers, in topics without acknowledgements. */
  readonly messages: number;
  /** What we lack of attachments that it knows of, as one number (blobs/own-wants.ts). */
  readonly wantsMark: number;
}

/** What one recipient lacks. */
export interface Pending {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly logs: readonly PendingLog[];
  /** The same with what lies on the drive already: that was sent too. */
  readonly withDrive: readonly PendingLog[];
  /** Logs whose proof of a contradiction goes along. */
  readonly proofs: readonly LogId[];
  /** What it lacks of attachments. */
  readonly blobs: LackedBlobs;
  /** What the bundle says besides entries, by what it is about. */
  readonly said: ReadonlyMap<Subject, Said>;
  /** There is a reason for a bundle besides attachments. */
  readonly isDue: boolean;
}
