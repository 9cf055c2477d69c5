// Where the streams of one process meet their repository: one after the other, each only for as long as it reads or
// writes there. Nobody waits for a peer with the lock in its hand (spec/stream.md, "Time").
import type { Repository } from '../../repository/repository.js';
import type { Quotas } from '../../topic/quota.js';
import type { Author } from '../../topic/writing/own-log.js';
import { openSession, type Session } from '../session.js';

/** The repository, for streams. */
export interface Desk {
  readonly repository: Repository;
  /** What was decided, as it is now. */
  session(): Session;
  author(): Promise<Author>;
  /** Does something when nobody else of this process does. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** The same under the repository's lock. */
  locked<T>(work: () => Promise<T>): Promise<T>;
}

/** The desk of a process. */
export function openDesk(
  repository: Repository,
  { author, quotas }: { readonly author: () => Promise<Author>; readonly quotas?: Quotas | undefined },
): Desk {
  let last: Promise<unknown> = Promise.resolve();
  const turn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
  return {
    repository,
    session: () => ({ ...openSession(repository), quotas }),
    author,
    turn,
    locked: (work) => turn(() => repository.lockedAsync(work)),
  };
}
