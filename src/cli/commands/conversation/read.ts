// satchel read: a conversation on a terminal, in a pipe, or as it goes on (spec/cli.md, "read").
import { findContact } from '../../../identity/contact-lookup.js';
import type { Repository } from '../../../repository/repository.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { OrderedEntry } from '../../../topic/order/order.js';
import { readNews, readTopic, type Wanted } from '../../../topic/reading/reading.js';
import { openViewer, type Viewer } from '../../../topic/reading/viewer.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { openDisplay } from '../../report/display.js';
import { escapeLine } from '../../terminal/escape.js';
import { parsePast } from '../../terminal/moment.js';
import { plural } from '../../terminal/size.js';
import { topicToRead } from '../topics/topic-choice.js';
import { noteRead } from './read-mark.js';

/** Messages before the first unread one, and shown when nothing is unread. */
const CONTEXT = 5;
const IDLE = 20;
/** More unread messages than this are not poured over a terminal unasked: only the last ones are shown. */
const NEWS_MAX = 1_000;
const NEWS_LAST = 100;

/** Prints the messages asked for; on a terminal, without being asked for any, what is new. */
export async function run(context: Context, args: Args<'read'>): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const topic = await topicToRead(session, args.topic);
  const viewer = openViewer(session, topic);
  const wanted = wantedOf(context, session, args);
  const display = openDisplay(context, args);
  const shown = display.show(viewer, choose(context, repository, viewer, wanted));
  if (shown.count === 0 && context.stdout.isTerminal) context.note(`nothing to read in "${escapeLine(topic.label)}"`);
  if (repository.logsWithLoss().length > 0)
    (await import('../../report/damage.js')).noteDamage(context, session, viewer);
  const marks = args.mark || (context.stdout.isTerminal && !context.quiet && !context.json);
  if (args.mark || (marks && showsAllNews(viewer, wanted, shown.unread))) noteRead(repository, viewer);
  repository.keepRecent();
  if (!args.follow) return;
  const { follow } = await import('./follow.js');
  await follow(context, { repository, topic, wanted, display, marks });
}

function wantedOf(context: Context, session: Session, args: Args<'read'>): Wanted {
  const { number, unread, all, grep } = args;
  const since = args.since === undefined ? undefined : parsePast('--since', args.since, context.world.now());
  return { number, unread, all, grep, since, author: authorOf(session, args.author) };
}

function authorOf({ contacts, self }: Session, name: string | undefined): Wanted['author'] {
  if (name === undefined) return undefined;
  return name === 'me' || name === self.name ? self.person : findContact(contacts, name).person;
}

function choose(context: Context, repository: Repository, viewer: Viewer, wanted: Wanted): Iterable<OrderedEntry> {
  const isPlain = Object.values(wanted).every((value) => value === undefined || value === false);
  if (!isPlain || !context.stdout.isTerminal || context.json) return readTopic(repository, viewer, wanted);
  const { count } = viewer.unread;
  if (count <= NEWS_MAX) return readNews(repository, viewer, { context: CONTEXT, idle: IDLE });
  context.note(
    `${plural(count, 'unread message')}, the last ${NEWS_LAST} of them here; "satchel read --unread" shows all, "satchel read --mark" counts them as read`,
  );
  return readTopic(repository, viewer, { number: NEWS_LAST });
}

/** Whether everything unread was among what was shown. */
function showsAllNews(viewer: Viewer, wanted: Wanted, unreadShown: number): boolean {
  if (wanted.author !== undefined || wanted.grep !== undefined || wanted.since !== undefined) return false;
  return wanted.number === undefined
    ? viewer.unread.count <= NEWS_MAX || wanted.unread === true
    : unreadShown >= viewer.unread.count;
}
