// satchel edit: a new text for a message of one's own (spec/cli.md, "edit").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { activeContacts } from '../../../sync/session.js';
import { mentionsIn } from '../../../topic/reading/mentions.js';
import { edit } from '../../../topic/writing/edit.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { postedJson } from '../../report/posted-json.js';
import { noteRenewed } from '../../report/renewed.js';
import { tidy } from '../upkeep/own-tidying.js';
import { openAuthor } from './author.js';
import { type MessageAbout, messageAbout } from './message-about.js';
import { forgetTypedOn, withText } from './post-text.js';

/** Appends the edit, unless the message says that already. */
export async function run(context: Context, args: Args<'edit'>): Promise<void> {
  const about = await forgetTypedOn(context, args, async () => ownMessage(await messageAbout(context, args.id)));
  await withText(context, args, (text) => write(context, about, text), about.view.text);
}

function ownMessage(about: MessageAbout): MessageAbout {
  const { view } = about;
  if (view.own && view.type === 'text') return about;
  throw new SatchelError('usage', `message ${shortId(view.id)} is not yours`, {
    hint: `answer it with "satchel post --reply ${shortId(view.id)} TEXT"`,
  });
}

async function write(context: Context, { session, topic, target, view }: MessageAbout, text: string): Promise<void> {
  if (text === view.text) {
    context.note(`${shortId(target.id)} says that already`);
    return context.json ? context.printJson({ edits: target.id, known: true }) : undefined;
  }
  const { repository } = session;
  const mentions = mentionsIn(text, activeContacts(session));
  const about = { target, label: topic.label };
  const { posted, renewed } = await edit(repository, await openAuthor(context), about, { text, mentions });
  const [message] = posted;
  if (context.json && message) context.printJson({ ...postedJson(message, topic), edits: target.id });
  context.print(`edited ${shortId(target.id)}`);
  noteRenewed(context, renewed);
  await tidy(context, session);
}
