// satchel forget: drops what messages say from this disk alone (spec/cli.md, "forget").
import { shortId } from '../../../format/ids.js';
import { type ForgottenMessage, forgetMessages, loneAmong } from '../../../sync/forget.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { noteForgotten } from '../../report/forgotten.js';
import { findMessage } from './find-message.js';
import { takeBack } from './take-back.js';

/** Forgets all of them, or none where one may not be. */
export async function run(context: Context, args: Args<'forget'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const named = args.ids.map((id) => findMessage(repository, id));
  const places = [...new Map(named.map((place) => [place.id, place])).values()];
  const retracted = await takeBack(context, session, args.force ? loneAmong(session, places) : []);
  const { messages, payloadsDropped, chunksRemoved } = forgetMessages(session, places, args);
  if (context.json) {
    const forgotten = messages.map(({ id, log, seq, isKnown, isElsewhere }) => ({
      id,
      log,
      seq,
      known: isKnown,
      elsewhere: isElsewhere,
      retracted: retracted.has(id),
    }));
    return context.printJson({ forgotten, payloadsDropped, chunksRemoved });
  }
  for (const message of messages) context.print(lineOf(message, retracted.has(message.id)));
  noteForgotten(context);
}

function lineOf({ id, isKnown, isElsewhere }: ForgottenMessage, isRetracted: boolean): string {
  if (isKnown) return `${shortId(id)} was forgotten before`;
  if (isElsewhere) return `forgot ${shortId(id)}; others keep theirs`;
  return `forgot ${shortId(id)}${isRetracted ? ', and retracted it' : ''}; nobody else is known to have it`;
}
