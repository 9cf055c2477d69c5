// Importing several files: each bundle is a commit of its own, and a bad one does not stop the others
// (spec/bundle.md, "Import").

import type { Manifest } from '../../format/bundle/manifest.js';
import { openManifest } from '../../format/bundle/reader.js';
import { type ErrorCode, SatchelError } from '../../format/error.js';
import { type DeviceKey, type Digest, shortId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { decidedOwner, isKnown } from '../../identity/relations.js';
import { keepAside, setAside } from '../../repository/store/quarantine.js';
import { NO_BLOBS } from '../blobs/intake.js';
import { eventFile } from '../event-fields.js';
import type { Session } from '../session.js';
import { cardsIn, type GivenFile, givenFile, STDIN } from './given-files.js';
import { importBundle } from './import.js';
import { mayHaveMore, mergedReport } from './import-again.js';
import { makerCard } from './import-cards.js';
import type { ImportOptions } from './import-options.js';
import type { ImportReport } from './import-report.js';
import { type ImportedBundle, importedBundles } from './imported.js';
import type { SpooledFile } from './source.js';

/** What became of one file. */
export type FileOutcome = (TakenBundle | FoundCards | FailedFile | FileAside) & Came;

interface Came {
  /** It was sealed. */
  readonly isSealed?: boolean;
  /** The archive that the file lies in, as it was given. */
  readonly archive?: string;
}

/** A bundle that was taken, as far as it is wanted. */
export interface TakenBundle {
  readonly kind: 'bundle';
  readonly file: string;
  /** The key that signed it. */
  readonly by: DeviceKey | undefined;
  readonly report: ImportReport;
  /** Messages among its new entries; 0 in a dry run. */
  readonly messages: number;
  /** Why it was not taken as a whole, but part by part. */
  readonly damage: SatchelError | undefined;
}

/** A file with cards, which nobody accepts by importing. */
interface FoundCards {
  readonly kind: 'cards';
  readonly file: string;
  readonly cards: readonly Card[];
}

/** A stranger's bundle that its user is to decide about. */
export interface FileAside {
  readonly kind: 'aside';
  readonly file: string;
  readonly digest: Digest;
  readonly by: DeviceKey;
  /** The card that came along with it, if it is the maker's. */
  readonly cards: readonly Card[];
}

/** A file of which nothing was taken. */
export interface FailedFile {
  readonly kind: 'failed';
  readonly file: string;
  readonly error: SatchelError;
}

/** How to import. */
export interface ImportFilesOptions {
  readonly dryRun?: boolean | undefined;
  /** Take what is whole of a damaged bundle. */
  readonly salvage?: boolean | undefined;
  /** Keep bundles of people who are no contacts aside, for their user to decide. */
  readonly quarantine?: boolean | undefined;
  /** Called before each file, with its bytes. */
  readonly begin?: ((file: string, bytes: number) => void) | undefined;
}

/** These concern the repository: no other file would fare better. */
const FATAL: readonly ErrorCode[] = ['busy', 'damaged', 'internal', 'no-repository', 'no-identity', 'locked'];

/**
 * Takes the files one after the other, and again those with entries that nothing placed, while others bring news.
 * @throws SatchelError `busy` and whatever else makes the repository unusable; what was taken before stays
 */
export function importFiles(
  session: Session,
  files: readonly (string | GivenFile)[],
  options: ImportFilesOptions = {},
): readonly FileOutcome[] {
  const importer = new Importer(session, options);
  const given = files.map((file) => (typeof file === 'string' ? givenFile(file) : file));
  const outcomes = given.map((file) => importer.take(file));
  let hasNews = !options.dryRun && outcomes.length > 1 && outcomes.some(broughtNews);
  while (hasNews) {
    hasNews = false;
    for (const [i, first] of outcomes.entries()) {
      const again = isWorthAgain(first) ? importer.take(given[i] as GivenFile) : undefined;
      if (first.kind !== 'bundle' || again?.kind !== 'bundle') continue;
      hasNews ||= broughtNews(again);
      outcomes[i] = merged(first, again);
    }
  }
  return outcomes;
}

/** Takes those again in which something was left, after the user decided; the outcomes together. */
export function importLeft(
  session: Session,
  files: readonly GivenFile[],
  outcomes: readonly FileOutcome[],
  options: ImportFilesOptions,
): readonly FileOutcome[] {
  const importer = new Importer(session, options);
  return outcomes.map((first, i) => {
    const given = files[i];
    if (!given || first.kind !== 'bundle' || !isLeftOf(first) || first.file === STDIN) return first;
    const again = importer.take(given);
    return again.kind === 'bundle' ? merged(first, again) : first;
  });
}

/** Whether something was left of it that a decision, or what was learned since, may let in. */
function isLeftOf({ report }: TakenBundle): boolean {
  return report.skipped > 0 || report.passedBy > 0;
}

/** Whether the file is damaged or a forgery, and not merely out of reach. */
function isDamage(error: SatchelError): boolean {
  return error.exit === 20 || error.exit === 21;
}

class Importer {
  readonly #session: Session;
  readonly #options: ImportFilesOptions;
  #imported: ReadonlyMap<Digest, ImportedBundle> | undefined;

  constructor(session: Session, options: ImportFilesOptions) {
    this.#session = session;
    this.#options = options;
  }

  take(given: GivenFile): FileOutcome {
    const outcome = this.#attempt(given);
    const { archive, isSealed } = given;
    return { ...outcome, ...(archive !== undefined && { archive }), ...(isSealed && { isSealed }) };
  }

  #attempt(given: GivenFile): FileOutcome {
    const { file } = given;
    this.#options.begin?.(file, given.size());
    try {
      return this.#withCopy(given.spool, (source) => this.#takeSpooled(file, source));
    } catch (error) {
      if (!(error instanceof SatchelError) || FATAL.includes(error.code)) throw error;
      const salvage = this.#options.salvage && isDamage(error) ? given.salvage : undefined;
      const salvaged = salvage && this.#withCopy(salvage, (source) => this.#salvage(file, source, error));
      return salvaged ?? { kind: 'failed', file, error };
    }
  }

  #withCopy<T>(spool: (directory: string) => SpooledFile, work: (source: SpooledFile) => T): T {
    const source = spool(this.#session.repository.layout.tmp);
    try {
      return work(source);
    } finally {
      source.close();
    }
  }

  #takeSpooled(file: string, source: SpooledFile): FileOutcome {
    const cards = cardsIn(source);
    if (cards) return { kind: 'cards', file, cards };
    const known = this.#knownBundle(source.digest);
    if (known) return { kind: 'bundle', file, by: known.by, report: nothingNew(known), messages: 0, damage: undefined };
    const stranger = this.#options.quarantine ? this.#strangersManifest(source) : undefined;
    if (stranger) return this.#keepAside(file, source, stranger);
    try {
      return this.#takeBundle(file, source, {});
    } catch (error) {
      if (!(error instanceof SatchelError) || !isDamage(error)) throw error;
      const salvaged = this.#options.salvage ? this.#salvage(file, source, error) : undefined;
      if (!salvaged && !this.#options.dryRun) this.#setAside(file, source, error);
      if (salvaged) return salvaged;
      throw error;
    }
  }

  #takeBundle(file: string, source: SpooledFile, options: Partial<ImportOptions>): TakenBundle {
    const all = { dryRun: this.#options.dryRun, ...options, file, digest: source.digest, sealedTo: source.sealedTo };
    const report = importBundle(this.#session, source, all);
    return { kind: 'bundle', file, by: report.manifest?.key, report, messages: report.messages, damage: undefined };
  }

  #salvage(file: string, source: SpooledFile, damage: SatchelError): TakenBundle | undefined {
    const taken = this.#takeBundle(file, source, { salvage: true });
    const { fresh, known, skipped, blobs } = taken.report;
    const found = fresh + known + skipped + blobs.fresh + blobs.known + blobs.skipped;
    return found > 0 ? { ...taken, damage } : undefined;
  }

  /** The manifest of a bundle that neither we nor a contact made; undefined when it cannot be read: then it is damaged. */
  #strangersManifest(source: SpooledFile): Manifest | undefined {
    try {
      const { manifest } = openManifest(source);
      return isKnown(this.#session, decidedOwner(this.#session, manifest.key)) ? undefined : manifest;
    } catch (error) {
      if (error instanceof SatchelError) return undefined;
      throw error;
    }
  }

  #keepAside(file: string, source: SpooledFile, manifest: Manifest): FileAside {
    const { repository } = this.#session;
    const cards = makerCard(manifest);
    const who = cards[0] ? `~${cards[0].name}` : `device ${shortId(manifest.key)}`;
    const message = `made by ${who}, who is no contact`;
    const reason = { digest: source.content, file: eventFile(file), code: 'stranger', message } as const;
    if (!this.#options.dryRun) {
      repository.locked(() => keepAside(repository.layout, source, { ...reason, at: repository.world.now() }));
    }
    return { kind: 'aside', file, digest: source.content, by: manifest.key, cards };
  }

  #setAside(file: string, source: SpooledFile, { code, message }: SatchelError): void {
    const { repository } = this.#session;
    const reason = { digest: source.content, file: eventFile(file), code, message, at: repository.world.now() };
    repository.locked(() => setAside(repository.layout, source, reason));
  }

  #knownBundle(digest: Digest): ImportedBundle | undefined {
    this.#imported ??= importedBundles(this.#session.repository.layout);
    return this.#imported.get(digest);
  }
}

function nothingNew({ entries }: ImportedBundle): ImportReport {
  const none = { refused: [], gaps: [], changed: [], introductions: [], cards: [], stated: [], forked: [] };
  const counts = { fresh: 0, known: entries, skipped: 0, unplaced: 0, passedBy: 0, messages: 0, expired: 0 };
  return { manifest: undefined, ...counts, ...none, blobs: NO_BLOBS };
}

function broughtNews(outcome: FileOutcome): boolean {
  return outcome.kind === 'bundle' && outcome.report.fresh + outcome.report.blobs.fresh > 0;
}

/** Whether the file may bring more once another has brought something. */
function isWorthAgain(outcome: FileOutcome): boolean {
  if (outcome.kind !== 'bundle' || outcome.file === STDIN || outcome.damage) return false;
  return mayHaveMore(outcome.report) || outcome.report.blobs.skipped > 0;
}

function merged(first: TakenBundle, again: TakenBundle): TakenBundle {
  return { ...again, report: mergedReport(first.report, again.report), messages: first.messages + again.messages };
}
