// satchel topic create: a topic with a random id (spec/cli.md, "Topics").
import { SatchelError } from '../../../format/error.js';
import { readId, type TopicId } from '../../../format/ids.js';
import { joinTopic } from '../../../topic/membership.js';
import { assertLabel } from '../../../topic/rendezvous.js';
import { newTopic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopics, reportTopic, topicLabel } from './topic-change.js';

/** Creates and joins it; it becomes the current one. */
export async function run(context: Context, args: Args<'topic create'>): Promise<void> {
  assertLabel(args.label);
  const created = await changeTopics(context, ({ topics }) => {
    const twin = topics.topics.find(({ label, joined }) => joined && label === args.label);
    if (twin) {
      const hint = 'choose another label, or leave that one first';
      throw new SatchelError('usage', `you are in a topic called ${topicLabel(twin)} already`, { hint });
    }
    const id = readId<TopicId>(context.world.random(32));
    const value = { ...newTopic(id, args.label, 'created'), joined: true };
    return { topics: joinTopic(topics, value), value };
  });
  reportTopic(context, created, `Created ${topicLabel(created)}; it is the current topic.`);
  context.note(
    'Contacts can join it once they got a message of yours in it; bundles are readable by whoever finds them.',
  );
  context.note(`Next: ${nextCommand(context.directory, 'post Hello', context.env)}`);
}
