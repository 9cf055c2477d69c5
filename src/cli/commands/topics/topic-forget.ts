// satchel topic forget: drops what an open topic said before a time from this disk alone (spec/cli.md, "topic forget").
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import { type ForgottenMessage, forgetBefore, loneBefore } from '../../../sync/forget.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { openSession, type Session } from '../../../sync/session.js';
import { findTopic, type Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { noteForgotten } from '../../report/forgotten.js';
import { plural } from '../../terminal/size.js';
import { parseSpan } from '../../terminal/span.js';
import { takeBack } from '../conversation/take-back.js';
import { currentTopic, topicLabel } from './topic-change.js';

/** Forgets what is older, and says what was kept because nobody else is known to have it. */
export async function run(context: Context, args: Args<'topic forget'>): Promise<number> {
  const before = context.world.now() - spanOf(args.older);
  const session = openSession(await context.repository());
  const topic = topicMeant(session, args.topic);
  const retracted = await takeBack(context, session, args.force ? loneBefore(session, topic.topic, before) : []);
  const { messages, kept, payloadsDropped, chunksRemoved } = forgetBefore(session, topic.topic, before, args);
  const { label: name, topic: topicId } = topic;
  if (context.json) {
    const counts = { messages: messages.length, kept: kept.length, retracted: retracted.size };
    context.printJson({ name, topicId, before, ...counts, payloadsDropped, chunksRemoved });
  } else {
    context.print(`forgot ${plural(messages.length, 'message')} in ${topicLabel(topic)}${whereElse(messages)}`);
    if (retracted.size > 0)
      context.note(
        `${plural(retracted.size, 'message or the like', 'messages and the like')} of yours that nobody had: retracted, so that nobody waits for them`,
      );
    if (messages.length > 0) noteForgotten(context);
    if (kept.length > 0)
      context.note(
        `${plural(kept.length, 'message')} of yours stayed, because nobody is known to have it: sync first, or --force`,
      );
  }
  return kept.length > 0 ? EXIT_OF_CODE.refused : 0;
}

/** Whether others keep them, as far as is known. */
function whereElse(messages: readonly ForgottenMessage[]): string {
  if (messages.length === 0) return '';
  const alone = messages.filter(({ isElsewhere }) => !isElsewhere).length;
  if (alone === 0) return '; others keep theirs';
  return alone === messages.length ? '; nobody else is known to have any' : `; nobody else is known to have ${alone}`;
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
