// How a drive is visited (spec/drive.md, "A visit"; spec/cli.md, "sync").
import type { TopicId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import type { FileKeys } from '../../identity/file-keys.js';
import type { Author } from '../../topic/writing/own-log.js';
import type { Decide } from '../import/decide.js';
import type { Settled } from '../import/settled.js';
import type { Recipient } from '../known/recipients.js';
import type { Session } from '../session.js';
import type { Repeat } from './one-way.js';

/** How to visit. */
export interface VisitOptions {
  readonly importOnly?: boolean | undefined;
  readonly exportOnly?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Write nothing to a drive that the user never approved: only take in. */
  readonly ifApproved?: boolean | undefined;
  /** Take nothing in and add nothing: only remove what may go. */
  readonly tidyOnly?: boolean | undefined;
  /** Remove bundles too that were found damaged. */
  readonly damaged?: boolean | undefined;
  /** Remove too what no key here opens and was first seen here so long ago; absent: after 490 days. */
  readonly olderMs?: number | undefined;
  /** Whether what is added is sealed; `unless-open`: but on an open drive. Absent: never. */
  readonly seal?: 'always' | 'unless-open' | 'never' | undefined;
  /** The user says now that what is not sealed may be put there: remembered of a drive whose marker says that it is open. */
  readonly saysOpen?: boolean | undefined;
  readonly uncompressed?: boolean | undefined;
  readonly maxBytes?: number | undefined;
  /** Only for these people; they are listed on the drive. */
  readonly to?: readonly { readonly recipient: Recipient; readonly card: Card }[] | undefined;
  /** Only these topics; absent: those that travel on this drive. */
  readonly topics?: readonly TopicId[] | undefined;
  /** The destination never answers: nothing is taken in, and so much is written again. */
  readonly oneWay?: Repeat | undefined;
  /** A person not heard of for so long is not waited for while others are; absent or 0: everybody is. */
  readonly silentDays?: number | undefined;
  /** Finds the keys of sealed files; absent: they wait. */
  readonly keys?: FileKeys | undefined;
  /** Takes in keys of private topics, and places veiled logs, once something was taken in; absent: no keys are at hand. */
  readonly settle?: ((session: Session, since: number) => Promise<Settled | undefined>) | undefined;
  /** Asks the user about whom and what was met, before anything is added; absent: nobody can be asked. */
  readonly decide?: Decide | undefined;
  /** True ends the visit early, in good order. */
  readonly isOver?: (() => boolean) | undefined;
  /** Told the name of each file that is about to be taken in, and its bytes. */
  readonly begin?: ((name: string, bytes: number) => void) | undefined;
  /** Told right before a bundle of so many bytes is written: from then on the medium is not to be taken out. */
  readonly writing?: ((bytes: number) => void) | undefined;
  readonly lockTimeoutMs: number;
}

/** An author, or how to get one: a visit that writes nothing needs no secret keys. */
export type AuthorSource = Author | (() => Promise<Author>);
