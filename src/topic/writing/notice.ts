// Whether a repository was restored from a backup or copied, as far as its notes and the ages of files tell (spec/repository.md,
// "Restored and copied repositories").
import type { Repository } from '../../repository/repository.js';
import { disbelievedUntil, isOver, type KnownNotes, writeKnownNotes } from './known-notes.js';
import { type Author, readRetired } from './own-log.js';
import { canNote, isOtherFile, missingBy, type OwnNotes } from './own-notes.js';
import { type Missing, type RenewalCause, readRenewal } from './renewal.js';

/** Why the logs are not to be written any more. */
export interface Accusation {
  readonly cause: RenewalCause;
  readonly missing: readonly Missing[];
}

/** What accuses the repository; undefined when nothing does. Only under its lock. @throws SatchelError `io` */
export function accusationOf(notes: OwnNotes, repository: Repository, author: Author): Accusation | undefined {
  const begun = readRenewal(repository.layout);
  if (begun?.epoch === author.self.epoch) return begun;
  const lost = lostTo(repository, author, begun?.at ?? Number.NEGATIVE_INFINITY);
  if (lost) return { cause: 'damaged', missing: lost };
  const retired = readRetired(repository.layout);
  const own = [...author.secrets.logs.keys()];
  if (own.some((log) => retired.has(log))) return { cause: 'forked', missing: [] };
  const missing = missingBy(notes, repository, author);
  if (missing.length > 0) return { cause: 'restored', missing };
  if (!notes.note && !notes.old) return own.length > 0 && canNote(author) ? { cause: 'no-note', missing } : undefined;
  return isBelievedCopy(notes, repository, author) ? { cause: 'copied', missing } : undefined;
}

/**
 * What was lost to rot of own logs that are written here, so that others must not believe any more that we hold all of them;
 * undefined when that is nothing. What the disk cannot read may come back: nothing is given up for it, and nothing is
 * written. Where nobody knows what was lost, that was something, unless logs were given up since.
 */
function lostTo(repository: Repository, { secrets }: Author, renewed: number): Missing[] | undefined {
  const own = [...secrets.logs.keys()];
  for (const log of own) {
    const failure = repository.unreadable(log);
    if (failure) throw failure;
  }
  const missing = own.flatMap((log) => {
    const { topic } = repository.log(log) ?? {};
    return repository.lost(log).map(({ from, end }) => ({ log, topic, from, end }));
  });
  const { unknownBytes, at } = repository.damage;
  const isUnknown = unknownBytes > 0 && own.length > 0 && at > renewed;
  return missing.length > 0 || isUnknown ? missing : undefined;
}

/** Birth times alone are believed once; a second time so soon, and without a contradiction, they tell nothing for a while. */
function isBelievedCopy(notes: OwnNotes, repository: Repository, author: Author): boolean {
  const { known } = notes;
  const at = repository.world.now();
  if (disbelievedUntil(known, at) !== undefined || !isOtherFile(notes, repository, author)) return false;
  const contradicted = countContradicted(repository, author);
  const { belief } = known;
  if (!belief || isOver(belief.at, at) || contradicted > belief.contradicted) return true;
  disbelieve({ ...known, offSince: at }, repository, author);
  return false;
}

function disbelieve(known: KnownNotes, { layout, world }: Repository, author: Author): void {
  writeKnownNotes(layout, known);
  const until = disbelievedUntil(known, world.now());
  if (until !== undefined) author.onDisbelief?.(until);
}

/** Logs of this device that somebody else wrote too, as is proven here. */
export function countContradicted(repository: Repository, { self }: Author): number {
  return [...repository.frozen.keys()].filter((log) => repository.log(log)?.device === self.device).length;
}
