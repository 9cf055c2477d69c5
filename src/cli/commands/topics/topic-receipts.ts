// satchel topic receipts: whether messages of a topic are acknowledged (spec/cli.md, "Topics").
import type { Receipts } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { changeTopic } from './topic-change.js';

const MEANING: Readonly<Record<Receipts, string>> = {
  on: 'acknowledged',
  off: 'not acknowledged',
  auto: 'acknowledged unless the topic has many logs',
};

/** Sets it for one topic. */
export async function run(context: Context, args: Args<'topic receipts'>): Promise<void> {
  const receipts = args.mode as Receipts;
  await changeTopic(
    context,
    args.topic,
    (topic) => ({ ...topic, receipts }),
    (label) => `Messages in ${label} are ${MEANING[receipts]}.`,
  );
}
