// satchel topic carry: what is taken along for others (spec/cli.md, "Topics").
import { SatchelError } from '../../../format/error.js';
import { type Topic, withTopic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopics, currentTopic, meantTopic, reportTopic, topicLabel } from './topic-change.js';

/** Sets it for one topic, or for all that are not joined. */
export async function run(context: Context, args: Args<'topic carry'>): Promise<void> {
  const { mode, topic } = args;
  if (mode === 'on' || mode === 'off') return carryOne(context, topic, mode === 'on');
  if (topic === undefined) return carryAll(context, mode === 'all');
  throw new SatchelError('usage', `"topic carry ${mode}" is about every topic, found "${topic}"`, {
    hint: 'use "on" or "off" for one topic',
  });
}

async function carryOne(context: Context, name: string | undefined, carry: boolean): Promise<void> {
  const topic = await changeTopics(context, (session) => {
    const meant = name === undefined ? currentTopic(session.topics) : meantTopic(session, name);
    const value = { ...meant, carry };
    return { topics: withTopic(session.topics, value), value };
  });
  reportTopic(context, topic, carry ? carriedLine(topic) : `${topicLabel(topic)} is not carried for others.`);
}

function carriedLine(topic: Topic): string {
  const line = `${topicLabel(topic)} is carried for others, within a quota.`;
  return topic.joined ? `${line} You are in it, so it was before too.` : line;
}

async function carryAll(context: Context, isAll: boolean): Promise<void> {
  await changeTopics(context, ({ topics }) => ({ topics: { ...topics, carryAll: isAll }, value: undefined }));
  if (context.json) return context.printJson({ carryAll: isAll });
  context.print(
    isAll
      ? 'Whatever bundles bring is carried for others, within a quota.'
      : 'Only joined topics, topics with "carry on", and contacts are carried.',
  );
}
