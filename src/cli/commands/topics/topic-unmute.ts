// satchel topic unmute: a topic is counted as unread again (spec/cli.md, "Topics").
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopic } from './topic-change.js';

/** Unmutes the topic, here only. */
export async function run(context: Context, args: Args<'topic unmute'>): Promise<void> {
  await changeTopic(
    context,
    args.topic,
    (topic) => ({ ...topic, muted: false }),
    (label) => `${label} is counted as unread again.`,
  );
}
