// satchel topic join: a topic seen from contacts, or a rendezvous (spec/cli.md, "Topics").
import { nameKey } from '../../../identity/names.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { joinTopic } from '../../../topic/membership.js';
import { type Topic, topicOfId } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { plural } from '../../terminal/size.js';
import { changeTopics, meantTopic, reportTopic, topicLabel } from './topic-change.js';

/** Joins it; it becomes the current one. */
export async function run(context: Context, args: Args<'topic join'>): Promise<void> {
  const repository = await context.repository();
  const { topic, was, alike } = await changeTopics(context, (session) => {
    const found = meantTopic(session, args.name);
    const was = topicOfId(session.topics, found.topic)?.joined === true;
    const value = { topic: { ...found, joined: true }, was, alike: alikeTo(found, withSeenTopics(session).topics) };
    return { topics: joinTopic(session.topics, found), value };
  });
  const verb = was ? 'Already in' : 'Joined';
  reportTopic(context, topic, `${verb} ${topicLabel(topic)}; it is the current topic.`);
  if (was) return;
  const held = repository.logsOfTopic(topic.topic).reduce((sum, { messages }) => sum + messages, 0);
  if (alike) noteAlike(context, alike);
  tell(context, topic, held);
}

/** One whose name differs only in the case of letters or in spaces: most likely that one was meant. */
function alikeTo(found: Topic, known: readonly Topic[]): Topic | undefined {
  return known.find(
    ({ topic, label }) => topic !== found.topic && nameKey(label.trim()) === nameKey(found.label.trim()),
  );
}

function noteAlike(context: Context, alike: Topic): void {
  const join = nextCommand(context.directory, `topic join ${quoteWord(alike.label)}`, context.env);
  context.note(`careful: ${topicLabel(alike)} is another topic; to join that: ${join}`);
}

function tell(context: Context, { kind }: Topic, messages: number): void {
  const command = (rest: string): string => nextCommand(context.directory, rest, context.env);
  if (kind === 'rendezvous') {
    context.note('It is open to anyone who knows the name; bundles are readable by whoever finds them.');
  }
  if (messages > 0) {
    context.note("Strangers' messages in it were left out so far: to get them, import the same bundles again.");
  }
  context.note(`Next: ${messages > 0 ? `${command('read')} (${plural(messages, 'message')})` : command('post Hello')}`);
}
