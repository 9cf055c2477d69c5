// satchel retract: takes back an own message (spec/cli.md, "retract").
import { SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { openSession } from '../../../sync/session.js';
import { targetAt } from '../../../topic/reading/target.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import { newTopic, topicOfId } from '../../../topic/topics.js';
import { retract } from '../../../topic/writing/retract.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { postedJson } from '../../report/posted-json.js';
import { openAuthor } from './author.js';
import { findMessage } from './find-message.js';

/** Appends the retraction, unless there is one. */
export async function run(context: Context, args: Args<'retract'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const target = targetAt(repository, findMessage(repository, args.id));
  const topic = topicOfId(session.topics, target.topic) ?? newTopic(target.topic, '', 'seen');
  const { people, visibility } = openViewer(session, topic);
  if (!people.isOwn(target.log)) {
    throw new SatchelError('usage', `message ${shortId(target.id)} is not yours`, {
      hint: `hide it here with "satchel hide ${shortId(target.id)}"`,
    });
  }
  const entry = repository.entry(target.log, target.seq);
  if (entry && visibility.ofEntry(entry) === 'retracted') {
    context.note(`${shortId(target.id)} was retracted before`);
    return context.json ? context.printJson({ retracts: target.id, known: true }) : undefined;
  }
  const { posted } = await retract(repository, await openAuthor(context), target, topic.label);
  const [message] = posted;
  if (context.json && message) context.printJson({ ...postedJson(message, topic), retracts: target.id });
  context.print(`retracted ${shortId(target.id)}`);
  context.note('every copy drops the text when it hears of this; who has read it has read it');
}
