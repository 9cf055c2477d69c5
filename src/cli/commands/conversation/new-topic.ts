// Before a topic is begun by its name: it may have been mistyped, and anyone who knows the name can join (spec/cli.md, "post").
import { SatchelError } from '../../../format/error.js';
import { nearLabel } from '../../../topic/near-label.js';
import type { Topic, Topics } from '../../../topic/topics.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import { escapeLine } from '../../terminal/escape.js';

/**
 * The topic of that name, should it really be meant, or the joined one that it was mistyped for. A terminal is asked.
 * @throws SatchelError `not-found` when neither is wanted, or nobody can be asked which of both
 */
export async function confirmNew(context: Context, { topics }: Topics, wanted: Topic): Promise<Topic> {
  const joined = topics.filter((topic) => topic.joined);
  const near = joined.find(({ label }) => label === nearLabel(wanted.label, joined));
  if (!context.canAsk()) {
    if (!near) return wanted;
    throw unknown(context, wanted, near);
  }
  if (near && (await confirm(context, `You are in no topic "${show(wanted)}". Post to "${show(near)}"?`))) return near;
  const question = `Begin the topic "${show(wanted)}", which is open to anyone who knows this name?`;
  if (await confirm(context, question)) return wanted;
  throw unknown(context, wanted, near);
}

function show({ label }: Topic): string {
  return escapeLine(label);
}

function unknown({ directory, env }: Context, wanted: Topic, near: Topic | undefined): SatchelError {
  const command = (rest: string): string => nextCommand(directory, rest, env);
  const begin = `to begin it: ${command(`topic join ${quoteWord(wanted.label)}`)}`;
  const there = near && `to post to "${near.label}": ${command(`post -t ${quoteWord(near.label)}`)}`;
  return new SatchelError('not-found', `you are in no topic "${wanted.label}"`, {
    hint: there ? `${there}; ${begin}` : begin,
  });
}
