// Before anything is written: was this repository restored or copied? Then its logs are given up, once, and new ones begun
// (spec/repository.md, "Restored and copied repositories").
import type { LogId } from '../../format/ids.js';
import { newEpoch, readSelf } from '../../identity/self.js';
import { appendEvent } from '../../repository/journal.js';
import type { Repository } from '../../repository/repository.js';
import { readKnownNotes, writeKnownNotes } from './known-notes.js';
import { accusationOf, countContradicted } from './notice.js';
import { type Author, retireLogs } from './own-log.js';
import { addToNotes, completeNotes, findNotes } from './own-notes.js';
import { type Missing, type Renewal, type RenewalCause, readRenewal, writeRenewal } from './renewal.js';

/** The author, after a restored or copied repository was noticed and its logs were given up. */
export interface Checked {
  readonly author: Author;
  /** Whether logs were given up just now. */
  readonly renewed: boolean;
}

/**
 * Compares the repository with its notes outside; if it was restored or copied, gives up its log keys and begins a new epoch,
 * so that no log is ever written twice. Only under the repository's lock, before anything is appended or signed;
 * the author that comes back is the one on disk.
 */
export async function checkNotes(repository: Repository, opened: Author): Promise<Checked> {
  // it was opened before the lock was taken: what others did since counts, a renewal and new logs above all
  const author: Author = { ...opened, ...(await opened.reread()) };
  const notes = findNotes(repository, author);
  const accusation = accusationOf(notes, repository, author);
  if (!accusation) {
    completeNotes(notes, repository, author);
    return { author, renewed: false };
  }
  const current = await giveUpLogs(repository, author, accusation.cause, accusation.missing);
  return { author: current, renewed: true };
}

/**
 * Forgets every log key and begins a new epoch: the logs go on in new ones that point at them. Whoever is killed in the
 * middle of it completes it with the next check.
 */
export async function giveUpLogs(
  repository: Repository,
  author: Author,
  cause: RenewalCause,
  missing: readonly Missing[] = [],
): Promise<Author> {
  const { directory, layout, world } = repository;
  const at = world.now();
  const unfinished = readRenewal(layout);
  if (unfinished?.epoch !== author.self.epoch)
    writeRenewal(layout, { at, cause, missing, epoch: author.self.epoch, isExported: false });
  if (cause !== 'no-note') forgetNotes(repository, author, { at, cause });
  retireLogs(layout, [...author.secrets.logs.keys()]);
  const secrets = await author.save((old) => ({ ...old, logs: new Map() }));
  newEpoch(directory, (size) => world.random(size));
  appendEvent(layout, { at, type: 'renewed', cause });
  const current = { ...author, self: readSelf(directory), secrets };
  // before the next key is made: a process killed right after its first commit must not look like a copy
  completeNotes(findNotes(repository, current), repository, current);
  return current;
}

/** Notes how far a log is written, after its commit. */
export function noteWritten(repository: Repository, author: Author, log: LogId): void {
  const summary = repository.log(log);
  if (summary) addToNotes(repository, author, { log, length: summary.end, id: summary.id });
}

/**
 * What a copy knows of notes is about those of the original. Not so on a host that has none yet: the notes on others stay
 * those of this repository.
 */
function forgetNotes(repository: Repository, author: Author, { at, cause }: Pick<Renewal, 'at' | 'cause'>): void {
  const { layout } = repository;
  const known = readKnownNotes(layout);
  const believed = { belief: { at, contradicted: countContradicted(repository, author) }, offSince: undefined };
  writeKnownNotes(layout, { ...known, notes: [], ...(cause === 'copied' && believed) });
}
