// satchel search: messages with certain words, in all topics (spec/cli.md, "search").
import { EXIT_OF_CODE, SatchelError } from '../../../format/error.js';
import { openSession } from '../../../sync/session.js';
import { openMatcher, wordsIn } from '../../../topic/reading/matcher.js';
import { openPeople } from '../../../topic/reading/people.js';
import { type Searched, searchTopic } from '../../../topic/reading/search.js';
import { openViewer } from '../../../topic/reading/viewer.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { openFoundDisplay } from '../../report/found.js';
import { openPaged } from '../../report/paged.js';
import { parsePast, parseUntil } from '../../terminal/moment.js';
import { topicsToRead } from '../topics/topic-choice.js';
import { noteLocked, openTopicKeys } from '../topics/topic-keys.js';
import { authorNamed } from './written-by.js';

/** So many messages around each are kept in memory while the next ones are looked at. */
const CONTEXT_MAX = 1_000;

/** Prints the messages with these words, one topic after the other. */
export async function run(context: Context, args: Args<'search'>): Promise<number> {
  const repository = await context.repository();
  const session = openSession(repository);
  const searched = searchedBy(args, context.world.now(), authorNamed(session, args.author));
  const topics = await topicsToRead(session, args.topic, args.topic.length === 0);
  const isNamed = args.topic.length > 0;
  const areOpen = await openTopicKeys(context, topics, isNamed ? 'ask' : 'file');
  const paged = openPaged(context, !args.noPager);
  const display = openFoundDisplay(paged.context, searched.context > 0);
  const people = openPeople(session);
  let count = 0;
  for (const topic of topics) {
    const viewer = openViewer(session, topic, people);
    count += display.show(viewer, searchTopic(repository, viewer, searched, { apart: !context.json }));
    if (repository.logsWithLoss().length > 0)
      (await import('../../report/damage.js')).noteDamage(context, session, viewer);
  }
  await paged.show();
  if (count === 0 && context.stdout.isTerminal) context.note('nothing found');
  if (!areOpen) noteLocked(context);
  return !areOpen && isNamed ? EXIT_OF_CODE.locked : 0;
}

function searchedBy(args: Args<'search'>, now: number, author: Searched['author']): Searched {
  const words = wordsIn(args.words);
  if (words.length === 0) {
    throw new SatchelError('usage', 'no words to look for', { hint: 'name some: satchel search WORD...' });
  }
  const { number, context = 0 } = args;
  if (context > CONTEXT_MAX) {
    throw new SatchelError('usage', `--context is ${context}, and may be at most ${CONTEXT_MAX}`, {
      hint: 'read the conversation around a message with "satchel read -t TOPIC"',
    });
  }
  const since = args.since === undefined ? undefined : parsePast('--since', args.since, now);
  const until = args.until === undefined ? undefined : parseUntil('--until', args.until, now);
  return { matches: openMatcher(words), context, number, since, until, author };
}
