// What an import did, as programs read it, and the exit status it leads to (spec/cli.md, "import").

import { EXIT_OF_CODE } from '../../format/error.js';
import type { DeviceKey, PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import type { Contact } from '../../identity/contacts.js';
import { acceptedContact, decidedOwner } from '../../identity/relations.js';
import { subtractRanges } from '../../repository/index/held.js';
import type { BlobCounts } from '../../sync/blobs/intake.js';
import type { FailedFile, FileAside, FileOutcome, TakenBundle } from '../../sync/import/import-files.js';
import type { GapReport } from '../../sync/import/import-report.js';
import { type Invitation, NOTHING_SETTLED, type Settled } from '../../sync/import/settled.js';
import type { Session } from '../../sync/session.js';

/** An import that is done. */
export interface ImportDone {
  /** The user's decisions as they are afterwards. */
  readonly session: Session;
  readonly outcomes: readonly FileOutcome[];
  /** Number of the last commit before it. */
  readonly before: number;
  readonly dryRun: boolean;
  /** Cards of people who were met for the first time, where bundles are not the only things with cards. */
  readonly met?: readonly Card[];
  /** The command that takes what was left, once more is decided. */
  readonly again?: string;
  /** The command that brings answers back; absent: `export`. */
  readonly carry?: string;
  /** What keys of private topics opened. */
  readonly settled?: Settled;
  /** Contacts that are known by now to have used their recovery words. */
  readonly recovered?: readonly Contact[];
}

/** Who signed a bundle, as far as known. */
export interface Maker {
  readonly kind: 'self' | 'contact' | 'stranger';
  readonly person: PersonId;
  readonly name: string;
}

const NOTHING_TAKEN = { new: 0, known: 0, skipped: 0 } as const;
const NO_BLOBS = { ...NOTHING_TAKEN, bytes: 0 } as const;
const REFUSED = EXIT_OF_CODE.refused;
const DAMAGED = EXIT_OF_CODE['bad-bundle'];
const NOT_AUTHENTIC = 21;

/** Who signed a bundle: ourselves, a contact under its petname, or a stranger under the name it chose. */
export function makerOf(session: Session, by: DeviceKey | undefined, cards: readonly Card[]): Maker | undefined {
  const { self } = session;
  const owner = decidedOwner(session, by);
  if (owner === self.person) return { kind: 'self', person: self.person, name: self.name };
  const contact = acceptedContact(session, owner);
  if (contact) return { kind: 'contact', person: contact.person, name: contact.petname };
  const card = cards.find(({ device }) => device === by);
  return card && { kind: 'stranger', person: card.person, name: card.name };
}

/** The one document; counts are entries, `refused` counts logs and files. */
export function importJson({
  session,
  outcomes,
  dryRun,
  recovered = [],
  settled,
}: ImportDone): Record<string, unknown> {
  const bundles = outcomes.filter((outcome) => outcome.kind !== 'cards');
  const taken = bundles.flatMap((bundle) => (bundle.kind === 'bundle' ? bundle.report : []));
  const failed = bundles.filter(({ kind }) => kind === 'failed').length;
  return {
    bundles: bundles.map((bundle) => ({ ...bundleJson(session, bundle), ...cameHow(bundle) })),
    new: sum(taken.map((report) => report.fresh)),
    known: sum(taken.map((report) => report.known)),
    skipped: sum(taken.map((report) => report.skipped)),
    refused: sum(taken.map((report) => report.refused.length)) + failed,
    expired: sum(taken.map((report) => report.expired)),
    blobs: blobsJson(taken.map(({ blobs }) => blobs)),
    cards: outcomes.flatMap((outcome) => (outcome.kind === 'cards' ? cardsJson(session, outcome) : [])),
    recovered: recovered.map(({ person, petname }) => ({ person, name: petname })),
    ...settledJson(settled),
    dryRun,
  };
}

/** Private topics that keys brought, or took us out of. */
export function settledJson({ invitations, removals, begun }: Settled = NOTHING_SETTLED) {
  const asked = ({ topic, label, by }: Invitation) => ({ topic: label, topicId: topic, by });
  return {
    invitations: invitations.map(asked),
    removals: removals.map(asked),
    begun: begun.map(({ topic, label }) => ({ topic: label, topicId: topic })),
  };
}

/**
 * 0 when everything wanted was taken; 3 when something was refused, a whole bundle was not wanted, or some of several
 * files failed; what they failed of when all did.
 */
export function exitOf(outcomes: readonly FileOutcome[]): number {
  const failed = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? outcome.error.exit : []));
  if (failed.length > 0 && failed.length === outcomes.length) return exitOfAll(failed);
  return failed.length > 0 || outcomes.some(isLeftOut) ? REFUSED : 0;
}

function exitOfAll(exits: readonly number[]): number {
  const [first = 0, ...rest] = exits;
  if (rest.every((exit) => exit === first)) return first;
  return exits.every((exit) => exit === DAMAGED || exit === NOT_AUTHENTIC) ? DAMAGED : REFUSED;
}

function isLeftOut(outcome: FileOutcome): boolean {
  if (outcome.kind !== 'bundle') return outcome.kind === 'aside';
  const { refused, fresh, known, skipped, blobs } = outcome.report;
  const taken = fresh + known + blobs.fresh + blobs.known;
  const left = skipped + blobs.skipped;
  return outcome.damage !== undefined || refused.length > 0 || (left > 0 && taken === 0);
}

function bundleJson(session: Session, bundle: Exclude<FileOutcome, { kind: 'cards' }>): Record<string, unknown> {
  if (bundle.kind === 'aside') return asideJson(session, bundle);
  return bundle.kind === 'bundle' ? takenJson(session, bundle) : failedJson(bundle);
}

/** How the file came; `archive` is there only for what lay in one. */
function cameHow({ archive, isSealed = false }: FileOutcome): Readonly<Record<string, unknown>> {
  return { sealed: isSealed, ...(archive !== undefined && { archive }) };
}

/** One bundle that was taken. */
function takenJson(session: Session, { file, by, report, messages, damage }: TakenBundle): Record<string, unknown> {
  const { fresh, known, skipped, refused, gaps } = report;
  const maker = makerOf(session, by, report.cards);
  return {
    file,
    by: by ?? null,
    new: fresh,
    known,
    skipped,
    error: damage ? { code: damage.code, message: damage.message } : null,
    refused: refused.map(({ log, code, message }) => ({ log, code, message })),
    gaps: gaps.flatMap((gap) => stillMissing(session, gap)),
    messages,
    expired: report.expired,
    person: maker?.person ?? null,
    name: maker?.name ?? null,
    blobs: blobsJson([report.blobs]),
  };
}

/** Of a gap what nothing has filled since, and may be filled: behind a freeze nothing is taken. */
function stillMissing({ repository }: Session, { log, from, to }: GapReport): object[] {
  const end = Math.min(to, repository.frozen.get(log) ?? to);
  if (end <= from) return [];
  return subtractRanges([{ from, end }], repository.held(log)).map((rest) => ({ log, from: rest.from, to: rest.end }));
}

/** One bundle that waits for a decision. */
function asideJson(session: Session, { file, by, digest, cards }: FileAside): Record<string, unknown> {
  const maker = makerOf(session, by, cards);
  const names = { person: maker?.person ?? null, name: maker?.name ?? null };
  const none = { error: null, refused: [], gaps: [], messages: 0, expired: 0, blobs: NO_BLOBS };
  return { file, by, ...NOTHING_TAKEN, ...none, ...names, quarantined: digest };
}

/** One bundle of which nothing was taken. */
function failedJson({ file, error: { code, message, hint } }: FailedFile): Record<string, unknown> {
  const error = { code, message, ...(hint !== undefined && { hint }) };
  const taken = { ...NOTHING_TAKEN, error, refused: [], gaps: [], messages: 0, expired: 0, person: null, name: null };
  return { file, by: null, ...taken, blobs: NO_BLOBS };
}

/** Chunks and chunk lists of attachments, and the bytes of the new ones. */
function blobsJson(counts: readonly BlobCounts[]) {
  return {
    new: sum(counts.map((blobs) => blobs.fresh)),
    known: sum(counts.map((blobs) => blobs.known)),
    skipped: sum(counts.map((blobs) => blobs.skipped)),
    bytes: sum(counts.map((blobs) => blobs.freshBytes)),
  };
}

function cardsJson(session: Session, found: Extract<FileOutcome, { kind: 'cards' }>) {
  const { file, cards } = found;
  const isContact = (person: PersonId): boolean => acceptedContact(session, person) !== undefined;
  return cards.map(({ person, name }) => ({
    file,
    person,
    name,
    contact: isContact(person),
    ...(found.archive !== undefined && { archive: found.archive }),
  }));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
