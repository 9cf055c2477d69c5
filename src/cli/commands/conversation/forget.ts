// satchel forget: drops what messages say from this disk alone (spec/cli.md, "forget").
import { shortId } from '../../../format/ids.js';
import { forgetMessages } from '../../../sync/forget.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { noteForgotten } from '../../report/forgotten.js';
import { findMessage } from './find-message.js';

/** Forgets all of them, or none where one may not be. */
export async function run(context: Context, args: Args<'forget'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const named = args.ids.map((id) => findMessage(repository, id));
  const places = [...new Map(named.map((place) => [place.id, place])).values()];
  const { messages, payloadsDropped, chunksRemoved } = forgetMessages(session, places, args);
  if (context.json) {
    const forgotten = messages.map(({ id, log, seq, isKnown }) => ({ id, log, seq, known: isKnown }));
    return context.printJson({ forgotten, payloadsDropped, chunksRemoved });
  }
  for (const { id, isKnown } of messages)
    context.print(isKnown ? `${shortId(id)} was forgotten before` : `forgot ${shortId(id)}; others keep theirs`);
  noteForgotten(context);
}
