// Taking back a message: its own log asks every copy to drop the payload (spec/message.md, "Retraction").
import { SatchelError } from '../format/error.js';
import { shortId } from '../format/ids.js';
import type { Repository } from '../repository/repository.js';
import { RETRACT } from './message.js';
import type { Author } from './own-log.js';
import { type PostReport, postLocked } from './post.js';
import { checkToken } from './renew.js';
import type { Target } from './target.js';

/**
 * Appends the retraction of an own message to the log it is in; durable when it returns.
 * @throws SatchelError `refused` when that log is not written here any more, and as `post`
 */
export function retract(repository: Repository, author: Author, target: Target, label: string): Promise<PostReport> {
  return repository.lockedAsync(async () => {
    // Only the log itself can retract, and a repository that was restored goes on in another one.
    const checked = await checkToken(repository, author);
    assertWritten(repository, checked.author, target);
    const meta = { retracts: [{ from: target.seq, end: target.seq + 1 }], housekeeping: true } as const;
    return postLocked(repository, checked.author, { topic: target.topic, label }, [
      { type: RETRACT, meta, log: target.log },
    ]);
  });
}

function assertWritten(repository: Repository, author: Author, { id, log }: Target): void {
  if (author.secrets.logs.has(log) && !repository.frozen.has(log)) return;
  throw new SatchelError('refused', `message ${shortId(id)} is in a log that is not written here any more`, {
    hint: 'it can only be hidden, with "satchel hide", by everybody who holds it',
  });
}
