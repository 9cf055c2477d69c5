// Import: a bundle from anywhere is copied, verified to the last byte, and what we want of it becomes one commit; chunks of
// attachments are stored behind that, when it is known which are wanted (spec/bundle.md, "Import").

import type { Manifest } from '../../format/bundle/manifest.js';
import { blobDigest } from '../../format/bundle/members.js';
import { type Bundle, openBundle } from '../../format/bundle/reader.js';
import { verifyChunks } from '../../format/bundle/verify.js';
import type { DeviceKey, LogId, TopicId } from '../../format/ids.js';
import type { ByteSource } from '../../format/source.js';
import type { Card } from '../../identity/card.js';
import { devicesOf } from '../../identity/relations.js';
import type { Commit } from '../../repository/commit.js';
import { appendEvent } from '../../repository/journal.js';
import { blobReferences } from '../../repository/store/blob-refs.js';
import { beforeImport, countArrived } from '../../topic/reading/counts.js';
import { type TakenBlobs, takeBlobs } from '../blobs/intake.js';
import { eventFile, eventRanges } from '../event-fields.js';
import { noteUnstated } from '../known/pending-statements.js';
import { noteReader } from '../known/sealed-readers.js';
import { noteSealedTo } from '../known/sealed-to.js';
import { forgetStatements, keepStatement } from '../known/statements.js';
import { isWantedOn } from '../known/veiled.js';
import type { Session } from '../session.js';
import { countExpired } from './expired.js';
import { cardsOf, makerCard } from './import-cards.js';
import type { ImportOptions } from './import-options.js';
import type { EntriesTaken, ImportReport } from './import-report.js';
import { ImportRun, type SentPieces } from './import-run.js';

/**
 * Takes what is wanted of a bundle: entries as one durable commit under the repository's lock, and then, without it, chunks
 * of attachments. A bundle whose chunks take long to store keeps no other command waiting.
 * @throws SatchelError for a bundle that is not whole or not authentic: then nothing has changed; `busy`
 */
export function importBundle(session: Session, source: ByteSource, options: ImportOptions): ImportReport {
  const run = new ImportRun(session, options);
  const bundle = options.salvage ? undefined : openVerified(source, options);
  const taken = session.repository.locked(() => takeEntries(session, run, bundle ?? source, options));
  const offered = bundle?.members ?? taken.members ?? [];
  const dry = { dryRun: options.dryRun, alsoWanted: run.references };
  const blobs = takeBlobs(session, { source }, offered, dry);
  const report = reportOf(run, taken, blobs);
  if (!options.dryRun) session.repository.locked(() => noteDone(session, report, { blobs, offered, run, options }));
  return report;
}

/** What became of pieces that were sent one by one. */
export interface SentImport {
  readonly report: EntriesTaken;
  readonly messages: number;
  /** What brought something new. */
  readonly taken: ImportRun['taken'];
  /** Logs of which something was left that nobody here takes. */
  readonly left: ImportRun['left'];
  /** Of the authors. */
  readonly cards: readonly Card[];
}

/**
 * Takes what is wanted of segments and proofs that a device sent, as one durable commit under the repository's lock.
 * @throws SatchelError `busy`, `io`, `no-space`, `damaged`: then nothing has changed
 */
export function importSent(session: Session, pieces: SentPieces): SentImport {
  const { repository } = session;
  const run = new ImportRun(session, {});
  return repository.locked(() => {
    const before = beforeImport(repository);
    const report = repository.commit((commit) => run.takeSent(commit, pieces));
    const cards = cardsOf(undefined, run.introductions.found.values());
    return { report, messages: countArrived(repository, before), taken: run.taken, left: run.left, cards };
  });
}

interface SalvagedEntries extends EntriesTaken {
  /** Of a damaged bundle those that are whole. */
  readonly members?: Bundle['members'];
}

interface Committed extends SalvagedEntries {
  readonly messages: number;
  readonly expired: number;
}

/** The bundle, chunks compared with their hashes: what is rotten is found before anything is taken. */
function openVerified(source: ByteSource, options: ImportOptions): Bundle {
  const bundle = openBundle(source);
  verifyChunks(bundle, options.verifiedChunk ? { blob: options.verifiedChunk } : {});
  return bundle;
}

function takeEntries(session: Session, run: ImportRun, from: Bundle | ByteSource, options: ImportOptions): Committed {
  const { repository } = session;
  const { dryRun } = options;
  const before = beforeImport(repository);
  const take = (commit: Commit): SalvagedEntries =>
    'manifest' in from ? run.take(commit, from) : run.takeSalvaged(commit, from);
  if (dryRun)
    return { ...attemptDry(() => repository.commit((commit) => endDry(take(commit)))), messages: 0, expired: 0 };
  const taken = repository.commit(take);
  const messages = countArrived(repository, before);
  if (taken.manifest) {
    noteReader(session, taken.manifest);
    noteSealedTo(session, taken.manifest, options.sealedTo);
  }
  keepWord(session, run, taken.manifest, options);
  return { ...taken, messages, expired: countExpired(repository, before.commit) };
}

/** What the bundle's maker says that it holds and lacks. */
function keepWord(session: Session, run: ImportRun, manifest: Manifest | undefined, options: ImportOptions): void {
  const { repository } = session;
  const { frontier, wants } = run;
  if (!frontier || !manifest || !isOfInterest(session, manifest)) return;
  keepStatement(repository, manifest, { frontier, wants });
  forgetStatements(repository, contactDevices(session));
  // whoever sends what we hold believes that we lack it; a bundle for others, or for all on a drive, says no such thing
  if (isForUs(session, manifest, options)) oweMessages(session, run, manifest.key);
}

/** Messages that the device sent although they are held here, or brought where nobody acknowledges them. */
function oweMessages(session: Session, run: ImportRun, device: DeviceKey): void {
  const { repository } = session;
  if (!contactDevices(session).has(device)) return;
  const messages = run.repeated.filter(
    ({ log, first, end }) =>
      isWantedOn(session, log) && repository.runs(log, first, end).some((held) => held.messages > 0),
  );
  noteUnstated(repository, device, [...new Set(messages.map(({ log }) => log))]);
}

interface Done {
  readonly blobs: TakenBlobs;
  readonly offered: Bundle['members'];
  readonly run: ImportRun;
  readonly options: ImportOptions;
}

/** What held nothing of use leaves no line: a stick full of foreign bundles must not push out what happened here. */
function noteDone(session: Session, report: ImportReport, done: Done): void {
  const { layout, world } = session.repository;
  const { manifest, fresh, known, skipped, refused } = report;
  const { file, drive, digest, salvage } = done.options;
  if (manifest) oweWants(session, manifest, done);
  const blobs = done.blobs.fresh + done.blobs.known;
  if (fresh + known + blobs === 0) return;
  appendEvent(layout, {
    at: world.now(),
    type: 'import',
    file: eventFile(file),
    drive,
    digest,
    by: manifest?.key,
    fresh,
    known,
    skipped,
    refused: refused.length,
    ...(report.passedBy > 0 && { passedBy: report.passedBy }),
    ...(done.offered.some(({ name }) => blobDigest(name)) && { blobs }),
    ...(salvage && { salvage: true }),
    ...(done.run.taken.length > 0 && eventRanges(done.run.taken)),
  });
}

/**
 * Whoever sends chunks has to hear when they are here. Of chunks on a drive it hears by the wants, or with an
 * acknowledgement; only where nobody acknowledges it is owed a word.
 */
function oweWants(session: Session, manifest: Manifest, { blobs, offered, options }: Done): void {
  if (!contactDevices(session).has(manifest.key)) return;
  const { repository, topics } = session;
  const joined = new Set(topics.topics.filter((topic) => topic.joined).map(({ topic }) => topic));
  const isQuiet = (log: LogId): boolean => !joined.has(repository.log(log)?.topic as TopicId);
  if (!isForUs(session, manifest, options)) noteUnstated(repository, manifest.key, blobs.logs.filter(isQuiet));
  else noteUnstated(repository, manifest.key, [...new Set([...blobs.logs, ...logsNaming(session, offered)])]);
}

function logsNaming({ repository }: Session, members: Bundle['members']): LogId[] {
  const digests = new Set(members.flatMap(({ name }) => blobDigest(name) ?? []));
  if (digests.size === 0) return [];
  return [...blobReferences(repository)].flatMap(({ root, log }) => (digests.has(root) ? [log] : []));
}

function reportOf(run: ImportRun, taken: Committed, { fresh, freshBytes, known, skipped }: TakenBlobs): ImportReport {
  const { members: _, ...entries } = taken;
  const cards = cardsOf(taken.manifest, run.introductions.found.values());
  const stated = [...(run.frontier?.keys() ?? [])];
  return { ...entries, cards, stated, blobs: { fresh, freshBytes, known, skipped } };
}

/** Ends a dry run without a commit. */
class DryRun extends Error {
  readonly taken: SalvagedEntries;

  constructor(taken: SalvagedEntries) {
    super('dry run');
    this.taken = taken;
  }
}

function endDry(taken: SalvagedEntries): never {
  throw new DryRun(taken);
}

function attemptDry(work: () => never): SalvagedEntries {
  try {
    return work();
  } catch (error) {
    if (error instanceof DryRun) return error.taken;
    throw error;
  }
}

function isForUs({ self }: Session, manifest: Manifest, { verified }: ImportOptions): boolean {
  return !verified && manifest.for.includes(self.person);
}

/** Of contacts, blocked ones too, whose word is true when the block is taken back; and our own other devices. */
export function contactDevices(session: Session): ReadonlySet<DeviceKey> {
  const people = [...session.contacts.keys(), session.self.person];
  const devices = people.flatMap((person) => devicesOf(session, person));
  return new Set(devices.filter((device) => device !== session.self.device));
}

/** Statements of contacts, and of those who write in topics we know and say who they are; anybody can make as many keys as they like. */
export function isOfInterest(session: Session, manifest: Manifest): boolean {
  if (contactDevices(session).has(manifest.key)) return true;
  const topics = new Set(session.topics.topics.map(({ topic }) => topic));
  const logs = makerCard(manifest).flatMap(({ person }) => session.repository.logsOfPerson(person));
  return logs.some(({ device, topic }) => device === manifest.key && topic && topics.has(topic));
}
