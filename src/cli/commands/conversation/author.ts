// The author behind a command that writes: identity, unlocked keys, and where the notes of what was written are kept.
import { shortId, type TopicId } from '../../../format/ids.js';
import { stateCopyDirectory, stateDirectory } from '../../../repository/notes/note-places.js';
import { readTopics, topicOfId } from '../../../topic/topics.js';
import { authorIn } from '../../../topic/writing/author.js';
import type { Author } from '../../../topic/writing/own-log.js';
import type { Context } from '../../command/context.js';
import { noteDisbelief } from '../../report/renewed.js';
import { escapeLine } from '../../terminal/escape.js';

/**
 * The author of the context's repository; asks for the passphrase if there is one.
 * @throws SatchelError `no-identity`, `locked`, `wrong-passphrase`, `damaged`
 */
export async function openAuthor(context: Context): Promise<Author> {
  const { directory, env, world } = context;
  const config = await context.config();
  return authorIn(directory, await context.keyring(), {
    stateDirectory: stateDirectory(env),
    stateCopy: stateCopyDirectory(env),
    onDisbelief: (until) => noteDisbelief(context, until),
    onPassedOver: (topic, { message }) =>
      context.note(
        `not all receipts and keys that are due in ${labelOf(directory, topic)} were written: ${escapeLine(message)}`,
      ),
    onDevicesStated: (topic, hasChanged) => {
      const changed = hasChanged ? ', which changes who is in it' : '';
      context.note(
        `in ${labelOf(directory, topic)} your former devices are heard no more${changed}: see "satchel topic members"`,
      );
    },
    rotation: {
      days: config['recipient.days'],
      keepDays: config['recipient.keep'],
      now: () => world.now(),
      othersClock: () => othersClock(context),
      onFailure: ({ message }) => context.note(`no new key for others to seal to was made: ${escapeLine(message)}`),
    },
  });
}

function labelOf(directory: string, topic: TopicId): string {
  return `"${escapeLine(topicOfId(readTopics(directory), topic)?.label ?? shortId(topic))}"`;
}

async function othersClock(context: Context): Promise<number | undefined> {
  const [{ openSession }, { othersMedian }] = await Promise.all([
    import('../../../sync/session.js'),
    import('../../../sync/own-clock.js'),
  ]);
  return othersMedian(openSession(await context.repository()));
}
