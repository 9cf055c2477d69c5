// satchel topic switch: another current topic (spec/cli.md, "Topics").
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopics, joinedTopic, reportTopic, topicLabel } from './topic-change.js';

/** Makes a joined topic the current one. */
export async function run(context: Context, args: Args<'topic switch'>): Promise<void> {
  const topic = await changeTopics(context, (session) => {
    const value = joinedTopic(session, args.topic);
    return { topics: { ...session.topics, current: value.topic }, value };
  });
  reportTopic(context, topic, `${topicLabel(topic)} is the current topic.`);
}
