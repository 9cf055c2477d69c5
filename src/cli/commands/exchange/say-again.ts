// After an import: what the own logs say elsewhere, behind a freeze, is written again, if the secret keys are at hand
// (spec/message.md, "Written again").
import type { Session } from '../../../sync/session.js';
import { mayBeDue, type WrittenAgain, writeAgain } from '../../../topic/writing/write-again.js';
import type { Context } from '../../command/context.js';
import { noteRenewed } from '../../report/renewed.js';
import { plural } from '../../terminal/size.js';
import { openAuthor } from '../conversation/author.js';
import { areKeysAtHand } from '../topics/topic-keys.js';

/**
 * Writes it, and says so, and of new logs unless the user was told. Nobody is asked for a passphrase for it: then the next
 * export does.
 */
export async function sayAgain(context: Context, { repository, self }: Session, isTold: boolean): Promise<void> {
  if (!mayBeDue(repository, self.person)) return;
  if (!(await areKeysAtHand(context))) {
    context.note('some of your messages are to be written again in your new log: the next export or sync does it');
    return;
  }
  const author = await openAuthor(context);
  const done = await repository.lockedAsync(() => writeAgain(repository, author));
  noteRenewed(context, done.renewed && !isTold);
  noteWrittenAgain(context, done);
}

function noteWrittenAgain(context: Context, { messages }: Pick<WrittenAgain, 'messages'>): void {
  if (messages === 0) return;
  const them = messages === 1 ? 'it' : 'them';
  context.note(
    `${plural(messages, 'message')} of yours from another past of your log, written again: the next export takes ${them} to everybody`,
  );
}
