// A message to some people alone: their private conversation, begun if there is none (spec/cli.md, "post").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import type { Contact } from '../../../identity/contacts.js';
import type { Session } from '../../../sync/session.js';
import { directLabel } from '../../../topic/private/direct.js';
import { newTopic, readTopics, type Topic, topicOfId, withTopic, writeTopics } from '../../../topic/topics.js';
import type { Author } from '../../../topic/writing/own-log.js';
import { openDirect } from '../../../topic/writing/private-topic.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { recipientsOf } from '../exchange/recipient.js';

/**
 * The contacts that `--to` names.
 * @throws SatchelError `usage` beside options that say otherwise where it goes, `not-found`, `ambiguous`
 */
export function peopleMeant(context: Context, session: Session, args: Args<'post'>): readonly Contact[] {
  const other = args.topic !== undefined ? '-t' : args.reply !== undefined ? '--reply' : undefined;
  if (other !== undefined) {
    throw new SatchelError('usage', `--to and ${other} say two things about where it goes`, {
      hint: 'leave one of them out',
    });
  }
  return recipientsOf(context, session, args.to);
}

/** The topic that is private between us and these people, joined from now on. */
export async function topicWith(
  context: Context,
  session: Session,
  author: Author,
  people: readonly Contact[],
): Promise<Topic> {
  const { repository } = session;
  const { topic, isNew, twin } = await repository.lockedAsync(async () => {
    const begun = await openDirect(
      repository,
      author,
      people.map(({ person }) => person),
    );
    const topics = readTopics(repository.directory);
    const known = topicOfId(topics, begun.topic);
    const made = { ...(known ?? newTopic(begun.topic, directLabel(begun.policy, session), 'private')), joined: true };
    const after = withTopic(topics, made);
    if (!known?.joined) writeTopics(repository.directory, { ...after, current: topics.current ?? begun.topic });
    const twin = topics.topics.find((one) => one.joined && one.label === made.label && one.topic !== made.topic);
    return { topic: made, isNew: !known, twin };
  });
  if (isNew) context.note(`started a private conversation with ${escapeLine(topic.label)}`);
  if (isNew && twin) noteTwin(context, topic, twin);
  return topic;
}

/** A label alone is ambiguous from now on. */
function noteTwin(context: Context, { topic, label }: Topic, twin: Topic): void {
  const read = (id: Topic['topic']): string => nextCommand(context.directory, `read -t ${shortId(id)}`, context.env);
  context.note(
    `careful: another topic is called "${escapeLine(label)}", too; name them by id, this one ${read(topic)}, the other ${read(twin.topic)}`,
  );
}
