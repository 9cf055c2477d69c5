// Adding one bundle to a drive with what the people served lack and it does not hold yet (spec/drive.md, "A visit",
// "Space").

import type { Digest, TopicId } from '../../format/ids.js';
import type { Author } from '../../topic/writing/own-log.js';
import { type Exported, type ExportReport, exportBundle, planExport } from '../export/export.js';
import type { ExportOptions, VeiledChoice } from '../export/options.js';
import type { Seal } from '../export/seal.js';
import type { Written } from '../export/written.js';
import type { OpenFile } from '../import/source.js';
import type { Recipient } from '../known/recipients.js';
import type { Session } from '../session.js';
import { type Consolidation, dueConsolidation } from './consolidate.js';
import type { Drive } from './drive.js';
import { chunksElsewhere, type VerifiedBundle } from './holdings.js';
import { LyingFor } from './lying-for.js';
import { type OwnBundle, ownBundle, ownSealed } from './own-bundle.js';
import { assertDigest, readBack } from './read-back.js';
import { saidThere } from './said-there.js';
import { freeSpace } from './space.js';

/** When a drive is full sooner than it said, so much less is tried, */
const LESS = 0.7;
/** and no less than this. */
const LEAST_BYTES = 16_384;
/** Digits of a bundle's digest in its name. */
const NAME_DIGITS = 24;
/** Digits of a device key that tell whose an unfinished file is. */
const STEM_DIGITS = 16;

/** Where to add, and what. */
export interface Addition {
  readonly session: Session;
  readonly drive: Drive;
  /** What was verified on it and lies there for these people. */
  readonly bundles: readonly VerifiedBundle[];
  readonly topics: readonly TopicId[];
  /** Which veiled logs may go along. */
  readonly veiled: VeiledChoice;
  /** Empty: for whoever finds it. */
  readonly recipients: readonly Recipient[];
  /** Who has to hold what lies there before it may go. */
  readonly waitedFor: readonly Recipient[];
  /** Topics whose own bundles are no matter of this one. */
  readonly apart: ReadonlySet<TopicId>;
  /** Whom the bundle is sealed for; absent: it is open. */
  readonly seal?: Seal | undefined;
  readonly uncompressed: boolean | undefined;
  readonly maxBytes: number | undefined;
  /** Small bundles of ours may be brought together. */
  readonly mayConsolidate: boolean;
  /** What goes is said here, where nobody answers. */
  readonly exactly?: ExportOptions['exactly'];
  /** Told the name of a bundle right before it lies there. */
  readonly placing?: ((name: string) => void) | undefined;
  /** Told as soon as something is written to the drive. */
  readonly touch: () => void;
  /** Told right before a bundle of so many bytes is written. */
  readonly writing?: ((bytes: number) => void) | undefined;
  /** Told of the bundle that lies there now. */
  readonly placed: (name: string, own: OwnBundle) => void;
  /** Runs what notes that it went, when it has. */
  readonly whenGone: (note: () => Promise<void>) => Promise<void>;
}

/** What the next bundle for these people would hold. */
export function planAddition(addition: Addition): ExportReport {
  return planExport(addition.session, optionsFor(addition, addition.bundles));
}

/**
 * Writes the bundle, if there is reason for one.
 * @throws SatchelError `io`, `no-space`, `busy`
 */
export function addBundle(addition: Addition, author: Author): Promise<Exported> {
  const options = optionsFor(addition, addition.bundles);
  const consolidation = consolidationFor(addition);
  return exportFitting(addition, author, consolidation ? consolidating(addition, consolidation) : options);
}

/** What our own unfinished bundles on a drive are called. */
export function draftStem({ self }: Session): string {
  return self.device.slice(0, STEM_DIGITS);
}

/** A drive that does not tell its free space, or not rightly, is tried with less until something fits. */
async function exportFitting(addition: Addition, author: Author, options: ExportOptions): Promise<Exported> {
  let fullAt = 0;
  const noteFull = (bytes: number): void => {
    fullAt = bytes;
  };
  try {
    const place = (write: (fd: number) => Written) => placeBundle(addition, write, noteFull);
    return await exportBundle(addition.session, author, options, () => ({ place, whenGone: addition.whenGone }));
  } catch (error) {
    const less = Math.floor(fullAt * LESS);
    if (less < LEAST_BYTES) throw error;
    return exportFitting(addition, author, { ...options, maxBytes: less });
  }
}

function optionsFor(addition: Addition, onDrive: readonly VerifiedBundle[]): ExportOptions {
  const { session, drive, uncompressed, topics, veiled, recipients: to } = addition;
  const lying = new LyingFor(session, onDrive);
  const elsewhere = chunksElsewhere(session.repository.layout, drive.id);
  const holdings: ExportOptions['drive'] = {
    id: drive.id,
    holds: (log, recipient) => lying.for(recipient).ranges.get(log) ?? [],
    chunks: {
      holdsFor: (recipient) => lying.for(recipient).chunks,
      isElsewhere: (digest) => elsewhere().has(digest),
    },
  };
  const { seal, exactly, writing } = addition;
  return { to, uncompressed, topics, veiled, seal, drive: holdings, maxBytes: roomFor(addition), exactly, writing };
}

/** When many small bundles of ours have gathered, the new one takes over what is needed of them, if all of it fits. */
function consolidationFor(addition: Addition): Consolidation | undefined {
  if (!addition.mayConsolidate) return undefined;
  const { session, drive, bundles } = addition;
  const next = { ...addition, sealedFor: addition.seal?.for };
  const due = dueConsolidation(session, bundles, next, saidThere(session.repository, drive, bundles));
  if (!due) return undefined;
  const { left } = planExport(addition.session, consolidating(addition, due));
  return left === 0 ? due : undefined;
}

function consolidating(addition: Addition, { superseded, also }: Consolidation): ExportOptions {
  const others = addition.bundles.filter(({ name }) => ![...superseded].some((bundle) => bundle.name === name));
  return { ...optionsFor(addition, others), also };
}

/** Writes the new bundle; its name comes from its content, so no two visitors ever want the same one for two files. */
function placeBundle(
  { session, drive, seal, touch, placing, placed }: Addition,
  write: (fd: number) => Written,
  noteFull: (bytes: number) => void,
): { file: string; bytes: number } {
  let result: Written = { bytes: 0 };
  let own: OwnBundle | undefined;
  touch();
  const name = drive.medium.place({
    draft: draftStem(session),
    write(fd) {
      result = write(fd);
    },
    check(written) {
      own = compared(written, result, seal);
      placing?.(nameOf(own.digest));
      return nameOf(own.digest);
    },
    time: () => result.sealed?.time,
    isFull: noteFull,
  });
  if (own) placed(name, own);
  return { file: drive.medium.pathOf(name), bytes: result.bytes };
}

/** What is to be remembered of the file, which is what was written. @throws SatchelError `io` when it is anything else */
function compared(written: OpenFile, { bytes, sealed }: Written, seal: Seal | undefined): OwnBundle {
  if (!sealed || !seal) return ownBundle(written, readBack(written, bytes));
  assertDigest(written, bytes, sealed.digest);
  return ownSealed(written, sealed, seal);
}

/** Bytes that may be written; undefined when neither the user nor the drive sets a limit. */
function roomFor({ drive, maxBytes }: Addition): number | undefined {
  const limits = [freeSpace(drive.medium), maxBytes].filter((one) => one !== undefined);
  return limits.length > 0 ? Math.min(...limits) : undefined;
}

function nameOf(digest: Digest): string {
  return `${digest.slice(0, NAME_DIGITS)}.satchel`;
}
