// satchel react: a short sign under a message (spec/cli.md, "react").
import { SatchelError } from '../../../format/error.js';
import { type EntryId, shortId } from '../../../format/ids.js';
import { REACTION_MAX } from '../../../format/limits.js';
import { isReactionText } from '../../../topic/reading/links.js';
import { react } from '../../../topic/writing/edit.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { postedJson } from '../../report/posted-json.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine } from '../../terminal/escape.js';
import { tidy } from '../upkeep/own-tidying.js';
import { openAuthor } from './author.js';
import { messageAbout } from './message-about.js';

/** Appends the reaction, unless it is there already; without an emoji one that takes it back. */
export async function run(context: Context, args: Args<'react'>): Promise<void> {
  const { session, topic, target, view } = await messageAbout(context, args.id);
  const { emoji } = args;
  if (emoji !== undefined && !isReactionText(emoji)) throw noReaction(context, target.id, emoji);
  const present = view.reactions.find(({ own }) => own)?.text;
  if (present === emoji) {
    context.note(emoji === undefined ? 'there is no reaction of yours to take back' : 'that is there already');
    return context.json ? context.printJson({ reacts: target.id, text: emoji ?? null, known: true }) : undefined;
  }
  const about = { target, label: topic.label };
  const { posted, renewed } = await react(session.repository, await openAuthor(context), about, emoji);
  const [message] = posted;
  const what = { reacts: target.id, text: emoji ?? null };
  if (context.json && message) context.printJson({ ...postedJson(message, topic), ...what });
  context.print(
    `${emoji === undefined ? 'took back your reaction' : `reacted ${escapeLine(emoji)}`} to ${shortId(target.id)}`,
  );
  noteRenewed(context, renewed);
  await tidy(context, session);
}

function noReaction({ directory, env }: Context, id: EntryId, text: string): SatchelError {
  const command = (rest: string): string => nextCommand(directory, rest, env);
  if (text.trim() === '') {
    const hint = `to take yours back, leave it away: ${command(`react ${shortId(id)}`)}`;
    return new SatchelError('usage', 'the reaction is empty', { hint });
  }
  const message = `"${text}" is no reaction: one sign or word of at most ${REACTION_MAX} bytes`;
  return new SatchelError('usage', message, { hint: `to answer: ${command(`post --reply ${shortId(id)} TEXT`)}` });
}
