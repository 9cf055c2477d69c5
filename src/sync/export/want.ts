// A bundle with nothing but what we hold and what we lack (spec/bundle.md, "Frontier", "Wants"): whoever imports it and then
// exports answers it.

import { READS_SEALED } from '../../format/bundle/manifest.js';
import type { LogId, PersonId } from '../../format/ids.js';
import { type ChunkList, chunkCount } from '../../format/log/blob.js';
import { nextSerial } from '../../identity/self.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import { isVeiledLog } from '../../repository/index/summary.js';
import { appendEvent } from '../../repository/journal.js';
import { withOwnCard } from '../../topic/writing/own-card.js';
import type { Author } from '../../topic/writing/own-log.js';
import { checkNotes } from '../../topic/writing/renew.js';
import { noteCardSent } from '../../topic/writing/rotation.js';
import { ownWants } from '../blobs/own-wants.js';
import { toldWants, type WantedBlob } from '../blobs/wanted.js';
import { eventFile } from '../event-fields.js';
import type { Session } from '../session.js';
import { type ExportTarget, writeTo } from './export-target.js';
import { ownFrontier } from './own-frontier.js';
import { publishPerson } from './publish.js';
import type { Seal } from './seal.js';
import { openSealing } from './sealing.js';

/** What was written. */
export interface WantReport {
  readonly file: string;
  readonly bytes: number;
  /** Whom the file is sealed for; undefined when it is open. */
  readonly sealedFor?: readonly PersonId[] | undefined;
  /** Logs of which it says what is held. */
  readonly logs: number;
  /** What is lacked of attachments: blobs, their chunks, and the bytes of those. */
  readonly missing: { readonly blobs: number; readonly chunks: number; readonly bytes: number };
}

/**
 * Writes the bundle to the target for its serial.
 * @throws SatchelError `busy`, `io`, `no-space`; a named file is there as a whole or not at all
 */
export function writeWant(
  session: Session,
  author: Author,
  targetFor: (serial: number) => ExportTarget,
  seal?: Seal,
): Promise<{ readonly report: WantReport; readonly renewed: boolean }> {
  const { repository } = session;
  return repository.lockedAsync(async () => {
    const { author: checked, renewed } = await checkNotes(repository, author);
    const current = await publishPerson(repository, await withOwnCard(repository, checked));
    const wanted = toldWants(session);
    const parts = partsOf({ ...session, self: current.self }, wanted, nextSerial(repository.directory), seal);
    const { serial, created } = parts.draft;
    const sealing = seal && (await openSealing(session, seal));
    const { file, bytes, digest } = writeTo(targetFor(serial), parts, current.secrets.device, sealing);
    noteCardSent(repository, storedCardBytes(current.self.card));
    const sealed = seal && { for: seal.for, sealed: true, digest };
    appendEvent(repository.layout, { at: created, type: 'want', file: eventFile(file), serial, ...sealed }, 'exports');
    const report = { file, bytes, sealedFor: seal?.for, logs: parts.frontier.size, missing: missingOf(wanted) };
    return { report, renewed };
  });
}

function partsOf(session: Session, wanted: readonly WantedBlob[], serial: number, seal: Seal | undefined) {
  const { device: key, epoch, card } = session.self;
  const isTold = (log: LogId): boolean => seal !== undefined || !isVeiledLog(session.repository.log(log));
  // wants are read by what is said to be held
  const logs = wanted.flatMap(({ references }) => references.map(({ log }) => log));
  return {
    draft: {
      key,
      epoch,
      serial,
      created: session.repository.world.now(),
      for: seal?.for ?? [],
      card,
      sealed: READS_SEALED,
    },
    // what anybody may find says nothing of private topics
    frontier: ownFrontier(session, logs.filter(isTold), isTold),
    wants: ownWants(wanted.filter(({ references }) => references.some(({ log }) => isTold(log)))),
    proofs: [],
    pieces: [],
    blobs: [],
  };
}

function missingOf(wanted: readonly WantedBlob[]): WantReport['missing'] {
  const chunks = wanted.map(missingChunks);
  const bytes = wanted.map(missingBytes);
  return { blobs: wanted.length, chunks: sum(chunks), bytes: sum(bytes) };
}

function missingChunks({ size, missing, list }: WantedBlob): number {
  return list ? sum(missing.map(({ from, end }) => end - from)) : chunkCount(size);
}

function missingBytes({ size, missing, list }: WantedBlob): number {
  return list ? sum(missing.flatMap(({ from, end }) => sizesOf(list, from, end))) : size;
}

function sizesOf(list: ChunkList, from: number, end: number): number[] {
  return Array.from({ length: end - from }, (_, i) => list.chunkSize(from + i));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
