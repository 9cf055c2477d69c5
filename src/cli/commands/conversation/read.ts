// satchel read: a conversation on a terminal, in a pipe, or as it goes on (spec/cli.md, "read").
import { EXIT_OF_CODE } from '../../../format/error.js';
import type { Repository } from '../../../repository/repository.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { OrderedEntry } from '../../../topic/order/order.js';
import { openMatcher } from '../../../topic/reading/matcher.js';
import { openPeople } from '../../../topic/reading/people.js';
import { readNews, readTopic, type Wanted } from '../../../topic/reading/reading.js';
import { openViewer, type Viewer } from '../../../topic/reading/viewer.js';
import type { Topic } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { openDisplay } from '../../report/display.js';
import { openPaged } from '../../report/paged.js';
import { escapeLine } from '../../terminal/escape.js';
import { parsePast, parseUntil } from '../../terminal/moment.js';
import { plural } from '../../terminal/size.js';
import { topicsToRead } from '../topics/topic-choice.js';
import { noteLocked, openTopicKeys, topicKeysLocked } from '../topics/topic-keys.js';
import { newsLeft, noteRead } from './read-mark.js';
import { authorNamed } from './written-by.js';

/** Messages before the first unread one, and shown when nothing is unread. */
const CONTEXT = 5;
const IDLE = 20;
/** More unread messages than this are not poured over a terminal unasked: only the last ones are shown. */
const NEWS_MAX = 1_000;
const NEWS_LAST = 100;

/** Prints the messages asked for; on a terminal, without being asked for any, what is new. */
export async function run(context: Context, args: Args<'read'>): Promise<number> {
  const repository = await context.repository();
  const session = openSession(repository);
  const topics = await topicsToRead(session, args.topic, args.allTopics);
  const areOpen = await openTopicKeys(context, topics, 'ask');
  const unknown = { count: 0 };
  const wanted = wantedOf(context, session, args, () => unknown.count++);
  if ([args.html, args.markdown, args.mbox].some((output) => output !== undefined)) {
    // a file with nothing in it but locks would look like the conversation
    if (!areOpen) throw topicKeysLocked();
    const { writeOut } = await import('./write-out.js');
    const exit = await writeOut(context, session, args, { topics, wanted });
    if (unknown.count > 0) (await import('../../report/read-warning.js')).warnOfUnknown(context, unknown.count);
    return exit;
  }
  const paged = openPaged(context, !args.noPager && !args.follow);
  const display = openDisplay(paged.context, { graph: args.graph, topics: topics.length > 1 || args.allTopics });
  const marks = args.mark || (context.stdout.isTerminal && !context.quiet && !context.json);
  const people = openPeople(session);
  let count = 0;
  const read: Read[] = [];
  for (const topic of topics) {
    const viewer = openViewer(session, topic, people);
    const shown = display.show(viewer, choose(context, repository, viewer, wanted));
    // whoever has gone is noticed now, while nothing counts as read
    paged.context.stdout.flush();
    count += shown.count;
    if (repository.logsWithLoss().length > 0)
      (await import('../../report/damage.js')).noteDamage(context, session, viewer);
    read.push({ viewer, unread: shown.unread });
  }
  // what nobody took was not read
  const isTaken = await paged.show();
  if (marks && isTaken) await markAll(context, repository, read, { wanted, isAsked: args.mark });
  if (count === 0 && context.stdout.isTerminal) context.note(nothingToRead(topics));
  if (unknown.count > 0) (await import('../../report/read-warning.js')).warnOfUnknown(context, unknown.count);
  repository.keepRecent();
  if (!areOpen) noteLocked(context);
  if (!args.follow) return areOpen ? 0 : EXIT_OF_CODE.locked;
  const { follow } = await import('./follow.js');
  await follow(context, { repository, topics, wanted, display, marks });
  return 0;
}

/** What was shown of a topic. */
interface Read {
  readonly viewer: Viewer;
  readonly unread: number;
}

/** Marks the topics of which everything unread was shown. */
async function markAll(
  context: Context,
  repository: Repository,
  read: readonly Read[],
  { wanted, isAsked }: { readonly wanted: Wanted; readonly isAsked: boolean },
): Promise<void> {
  let left = 0;
  for (const { viewer, unread } of read) {
    const isAll =
      isWhole(wanted) && (wanted.unread === true || viewer.unread.count <= NEWS_MAX || !context.stdout.isTerminal);
    const missing = isAll ? 0 : newsLeft(repository, viewer, unread);
    if (missing === 0) noteRead(repository, viewer);
    left += missing;
  }
  if (left > 0 && isAsked) (await import('../../report/read-warning.js')).warnOfUnmarked(context, left);
}

function nothingToRead(topics: readonly Topic[]): string {
  return `nothing to read${topics.length === 1 ? ` in "${escapeLine(topics[0]?.label ?? '')}"` : ''}`;
}

function wantedOf(context: Context, session: Session, args: Args<'read'>, onUnknown: () => void): Wanted {
  const { number, unread, all } = args;
  const matches = args.grep === undefined ? undefined : openMatcher([args.grep]);
  const now = context.world.now();
  const since = args.since === undefined ? undefined : parsePast('--since', args.since, now);
  const until = args.until === undefined ? undefined : parseUntil('--until', args.until, now);
  const from = args.arrivedSince === undefined ? undefined : parsePast('--arrived-since', args.arrivedSince, now);
  const arrived = from === undefined ? undefined : { since: from, onUnknown };
  return { number, unread, all, matches, since, until, arrived, author: authorNamed(session, args.author) };
}

function choose(context: Context, repository: Repository, viewer: Viewer, wanted: Wanted): Iterable<OrderedEntry> {
  const isPlain = Object.values(wanted).every((value) => value === undefined || value === false);
  const apart = !context.json;
  if (!isPlain || !context.stdout.isTerminal || context.json) return readTopic(repository, viewer, wanted, { apart });
  const { count } = viewer.unread;
  if (count <= NEWS_MAX) return readNews(repository, viewer, { context: CONTEXT, idle: IDLE });
  context.note(
    `${plural(count, 'unread message')}, the last ${NEWS_LAST} of them here; "satchel read --unread" shows all, and counts them as read`,
  );
  return readTopic(repository, viewer, { number: NEWS_LAST }, { apart });
}

/** Whether nothing is left out by what is asked for, however much there is. */
function isWhole({ number, author, matches, since, until, arrived }: Wanted): boolean {
  return [number, author, matches, since, until, arrived].every((condition) => condition === undefined);
}
