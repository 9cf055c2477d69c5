// Before a topic is begun by its name: it may have been mistyped, and anyone who knows the name can join (spec/cli.md, "post").
import { SatchelError } from '../../../format/error.js';
import { nearLabel } from '../../../topic/near-label.js';
import type { Topic, Topics } from '../../../topic/topics.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { nextCommand, quoteWord } from '../../command/next.js';
import { escapeLine } from '../../terminal/escape.js';

/**
 * The topic to join: that one, or on a terminal the joined one that it was mistyped for. A terminal is asked before one is begun.
 * @throws SatchelError `not-found` when neither is wanted
 */
export async function confirmJoined(context: Context, { topics }: Topics, wanted: Topic): Promise<Topic> {
  const isKnown = topics.some(({ topic }) => topic === wanted.topic);
  if (!context.canAsk() || isKnown || wanted.kind !== 'rendezvous') return wanted;
  const near = nearJoined(topics, wanted);
  if (near && (await meansNear(context, wanted, near))) return near;
  if (await confirmBegun(context, wanted)) return wanted;
  throw notBegun(context, wanted, near);
}

/**
 * Makes sure that a topic is to be created beside a joined one whose label is close to its own, if a terminal can be asked.
 * @throws SatchelError `usage` when not
 */
export async function confirmCreated(context: Context, { topics }: Topics, label: string): Promise<void> {
  const near = context.canAsk() ? nearJoined(topics, { label }) : undefined;
  if (!near) return;
  if (await confirm(context, `You are in "${show(near)}" already. Create "${escapeLine(label)}" beside it?`)) return;
  throw new SatchelError('usage', `"${label}" was not created`, {
    hint: nextCommand(context.directory, `topic switch ${quoteWord(near.label)}`, context.env),
  });
}

function nearJoined(topics: readonly Topic[], { label: wanted }: Pick<Topic, 'label'>): Topic | undefined {
  const joined = topics.filter((topic) => topic.joined);
  return joined.find(({ label }) => label === nearLabel(wanted, joined));
}

function meansNear(context: Context, wanted: Topic, near: Topic): Promise<boolean> {
  return confirm(context, `You are in "${show(near)}" already. Is that what "${show(wanted)}" means?`);
}

function confirmBegun(context: Context, wanted: Topic): Promise<boolean> {
  return confirm(context, `Begin the topic "${show(wanted)}", which is open to anyone who knows this name?`);
}

/**
 * The topic of that name, should it really be meant, or the joined one that it was mistyped for. A terminal is asked.
 * @throws SatchelError `not-found` when neither is wanted, or nobody can be asked which of both
 */
export async function confirmNew(context: Context, { topics }: Topics, wanted: Topic): Promise<Topic> {
  const near = nearJoined(topics, wanted);
  if (!context.canAsk()) {
    if (!near) return wanted;
    throw unknown(context, wanted, near);
  }
  if (near && (await confirm(context, `You are in no topic "${show(wanted)}". Post to "${show(near)}"?`))) return near;
  if (await confirmBegun(context, wanted)) return wanted;
  throw unknown(context, wanted, near);
}

function show({ label }: Topic): string {
  return escapeLine(label);
}

/** Whoever was asked has the command already: the hint names another one. */
function notBegun({ directory, env }: Context, { label }: Topic, near: Topic | undefined): SatchelError {
  const other = near
    ? `to go on in "${near.label}": ${nextCommand(directory, `topic switch ${quoteWord(near.label)}`, env)}`
    : `topics that are here: ${nextCommand(directory, 'topic list', env)}`;
  return new SatchelError('not-found', `the topic "${label}" was not begun`, { hint: other });
}

function unknown({ directory, env }: Context, wanted: Topic, near: Topic | undefined): SatchelError {
  const command = (rest: string): string => nextCommand(directory, rest, env);
  const begin = `to begin it: ${command(`topic join ${quoteWord(wanted.label)}`)}`;
  const there = near && `to post to "${near.label}": ${command(`post -t ${quoteWord(near.label)}`)}`;
  return new SatchelError('not-found', `you are in no topic "${wanted.label}"`, {
    hint: there ? `${there}; ${begin}` : begin,
  });
}
