// satchel drive topics: which topics travel on a drive, as far as we add them (spec/cli.md, "Drives").
import { SatchelError } from '../../../format/error.js';
import { prepareSignatures } from '../../../format/signature/signature.js';
import { isTopicChoice, travellingTopics, writeChoice } from '../../../sync/drive/choices.js';
import { findDrive } from '../../../sync/drive/known.js';
import { openSession } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { escapeLine } from '../../terminal/escape.js';
import { topicNames, travellingTopic } from './travelling.js';

/** Chooses them, lets all travel again, or says which do. */
export async function run(context: Context, { drive, topics, all }: Args<'drive topics'>): Promise<void> {
  if (all && topics.length > 0) {
    throw new SatchelError('usage', '--all and topics were given', { hint: 'give one of them' });
  }
  await prepareSignatures();
  const repository = await context.repository();
  const { id, label } = findDrive(repository.layout, drive);
  const chosen = topics.map((name) => travellingTopic(openSession(repository), name));
  const isChange = all || chosen.length > 0;
  if (isChange) repository.locked(() => writeChoice(repository.directory, id, all ? undefined : chosen));
  const session = openSession(repository);
  const travelling = travellingTopics(session, id);
  const isChosen = isTopicChoice(repository.directory, id);
  if (context.json) return context.printJson({ drive: id, label, topics: travelling, chosen: isChosen });
  const named = travelling.length > 0 ? topicNames(session, travelling) : 'no topics';
  context.print(`on ${escapeLine(label)} travel ${named}${isChosen ? '' : ': all that you are in or carry'}`);
  if (isChange) context.note('what lies there already stays until nobody needs it any more');
}
