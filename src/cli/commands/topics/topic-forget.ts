// satchel topic forget: drops what an open topic said before a time from this disk alone (spec/cli.md, "topic forget").
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import { forgetBefore } from '../../../sync/forget.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { openSession, type Session } from '../../../sync/session.js';
import { findTopic, type Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { noteForgotten } from '../../report/forgotten.js';
import { plural } from '../../terminal/size.js';
import { parseSpan } from '../../terminal/span.js';
import { currentTopic, topicLabel } from './topic-change.js';

/** Forgets what is older, and says what was kept because nobody else is known to have it. */
export async function run(context: Context, args: Args<'topic forget'>): Promise<number> {
  const before = context.world.now() - spanOf(args.older);
  const session = openSession(await context.repository());
  const topic = topicMeant(session, args.topic);
  const { messages, kept, payloadsDropped, chunksRemoved } = forgetBefore(session, topic.topic, before, args);
  const { label: name, topic: topicId } = topic;
  if (context.json) {
    const counts = { messages: messages.length, kept: kept.length, payloadsDropped, chunksRemoved };
    context.printJson({ name, topicId, before, ...counts });
  } else {
    context.print(`forgot ${plural(messages.length, 'message')} in ${topicLabel(topic)}; others keep theirs`);
    if (messages.length > 0) noteForgotten(context);
    if (kept.length > 0)
      context.note(
        `${plural(kept.length, 'message')} of yours stayed, because nobody is known to have it: sync first, or --force`,
      );
  }
  return kept.length > 0 ? EXIT_OF_CODE.refused : 0;
}

function spanOf(older: string | undefined): number {
  const span = older === undefined ? undefined : parseSpan(older);
  if (span !== undefined) return span;
  const found = older === undefined ? '--older is missing' : `--older is "${older}", expected a time`;
  throw new SatchelError('usage', found, { hint: 'such as --older 30d, or 52w' });
}

function topicMeant(session: Session, name: string | undefined): Topic {
  return name === undefined ? currentTopic(session.topics) : findTopic(withSeenTopics(session), name);
}
