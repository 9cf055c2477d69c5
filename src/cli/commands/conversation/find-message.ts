// The message that a user names by the first digits of its id (spec/cli.md, "Ids").
import { SatchelError } from '../../../format/error.js';
import { type EntryId, shortId } from '../../../format/ids.js';
import { type EntryPlace, findEntries, PREFIX_MIN } from '../../../repository/index/find.js';
import { isUnplaced } from '../../../repository/index/summary.js';
import type { Repository } from '../../../repository/repository.js';

/** Candidates named when a prefix is ambiguous. */
const CANDIDATES_MAX = 5;

/**
 * The one held entry whose id begins so.
 * @throws SatchelError `usage` for what is no beginning of an id, `not-found`, `ambiguous` with the candidates, `io` when it is
 *   not found and the disk could not be read everywhere
 */
export function findMessage(repository: Repository, wanted: string): EntryPlace {
  const prefix = parsePrefix(wanted);
  const [first, ...others] = findEntries(repository, prefix, CANDIDATES_MAX + 1);
  if (first && others.length === 0) {
    assertPlaced(repository, first);
    return first;
  }
  if (!first) {
    // it may stand where the disk could not be read
    const [unread] = repository.packs.badSpots;
    if (unread) throw unread;
    throw new SatchelError('not-found', `no message ${wanted} is held here`, {
      hint: '"satchel read" shows the ids; what others wrote has to be imported first',
    });
  }
  throw ambiguous(wanted, [first, ...others]);
}

/** What is carried for others is no message that anybody here could be told of. */
function assertPlaced(repository: Repository, { log, id }: EntryPlace): void {
  if (!isUnplaced(repository.log(log))) return;
  throw new SatchelError('not-found', `${shortId(id)} is of a private topic of others, and only carried here`, {
    hint: 'only members of that topic can read it; "satchel status" says how much of this is carried',
  });
}

/**
 * The digits of an id's beginning.
 * @throws SatchelError `usage`
 */
export function parsePrefix(wanted: string): EntryId {
  const prefix = wanted.toLowerCase();
  if (/^[0-9a-f]*$/.test(prefix) && prefix.length >= PREFIX_MIN && prefix.length <= 64) return prefix as EntryId;
  throw new SatchelError('usage', `"${wanted}" is no message id`, {
    hint: `give at least the first ${PREFIX_MIN} of its digits (0-9, a-f), as "satchel read" shows them`,
  });
}

function ambiguous(wanted: string, found: readonly EntryPlace[]): SatchelError {
  const digits = 1 + Math.max(...found.slice(1).map(({ id }, at) => commonDigits(id, found[at]?.id ?? '')));
  const listed = found.slice(0, CANDIDATES_MAX).map(({ id }) => id.slice(0, Math.max(digits, shortId(id).length)));
  const more = found.length > CANDIDATES_MAX ? ' and more' : '';
  return new SatchelError('ambiguous', `${wanted} could be ${listed.join(', ')}${more}`, { hint: 'give more digits' });
}

function commonDigits(a: string, b: string): number {
  let same = 0;
  while (same < a.length && a[same] === b[same]) same++;
  return same;
}
