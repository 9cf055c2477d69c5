// satchel topic mute: a topic is not counted as unread (spec/cli.md, "Topics").
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopic } from './topic-change.js';

/** Mutes the topic, here only. */
export async function run(context: Context, args: Args<'topic mute'>): Promise<void> {
  await changeTopic(
    context,
    args.topic,
    (topic) => ({ ...topic, muted: true }),
    (label) => `${label} is not counted as unread any more.`,
  );
}
