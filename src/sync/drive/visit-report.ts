// What a visit to a drive did, as a value (spec/cli.md, "sync").

import type { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import type { Contact } from '../../identity/contacts.js';
import type { Author } from '../../topic/writing/own-log.js';
import type { ExportReport } from '../export/export.js';
import type { Seals } from '../export/seal.js';
import type { Settled } from '../import/settled.js';
import type { StrangersExport } from './additions.js';
import type { Drive } from './drive.js';
import type { OneWayReport } from './one-way-tidy.js';
import type { ScannedFile } from './take.js';
import type { Removable } from './tidy.js';

/** What a visit did. */
export interface VisitReport {
  readonly drive: Drive;
  readonly isFirst: boolean;
  /** The topics this visit was about, as far as it added anything. */
  readonly topics: readonly TopicId[];
  readonly scanned: readonly ScannedFile[];
  /** What came of keys of private topics. */
  readonly settled: Settled;
  /** Sealed files that were left because nobody could be asked for the passphrase. */
  readonly waiting: number;
  /** Sealed files there that no key here opens. */
  readonly notForUs: number;
  /** What was written; in a dry run, what would be. Undefined when nothing was to be written at all. */
  readonly exported: ExportReport | undefined;
  /** What was written for strangers, or would be: a bundle for each topic shared with any. */
  readonly forStrangers: readonly StrangersExport[];
  /** What was added is sealed, for contacts alone. */
  readonly isSealed: boolean;
  /** For whom it is sealed, and which contacts had to be left out; undefined when nothing was to be sealed. */
  readonly seals: Seals | undefined;
  /** People listed for whom nothing is written, since they are no contacts and what is added is sealed. */
  readonly unserved: readonly Card[];
  /** The user lets this drive be written to. */
  readonly isApproved: boolean;
  /** Nothing was to be written, since the user does not. */
  readonly isReadOnly: boolean;
  /** People listed who are no contacts, and can read what was added for contacts: it lies there in the clear. */
  readonly readers: readonly Card[];
  /** Of a destination that never answers: what of it is new, and what was written again. */
  readonly oneWay: OneWayReport | undefined;
  /** Bundles that were removed; in a dry run, that may go now. */
  readonly removed: readonly Removable[];
  /** Cards on the drive of people who are no contacts. */
  readonly strangers: readonly Card[];
  /** Of these, those who were not there before. */
  readonly met: readonly Card[];
  /** Contacts that are known by what lay there to have used their recovery words. */
  readonly recovered: readonly Contact[];
  /** Whether anything on the drive was changed. */
  readonly touched: boolean;
  /** Time was up before all was done. */
  readonly isCut: boolean;
  /** What ended the visit early. What is reported beside it is done and stays. */
  readonly failure: SatchelError | undefined;
  /** The author as it is afterwards, if it was needed. */
  readonly author: Author | undefined;
  /** The repository was found to be restored or copied, and its logs were given up. */
  readonly renewed: boolean;
}
