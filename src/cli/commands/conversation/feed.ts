// satchel feed: hands every message to a program once, whenever it came (spec/cli.md, "feed").
import { SatchelError } from '../../../format/error.js';
import { readContacts } from '../../../identity/contacts.js';
import { readSelf } from '../../../identity/self.js';
import { acquireLock, keepLock } from '../../../repository/lock.js';
import type { Repository } from '../../../repository/repository.js';
import { withSeenTopics } from '../../../sync/known/seen-topics.js';
import { openSession, type Session } from '../../../sync/session.js';
import { type Consumer, consumerLock, directoryOf } from '../../../topic/feed/consumer.js';
import { beginFromNow, commitUpTo, type Feed, handOut } from '../../../topic/feed/feed.js';
import { handedOutTo } from '../../../topic/feed/handed-out.js';
import { topicOfId } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import type { Args } from '../../command/table/commands.js';
import { type FeedDisplay, openFeedDisplay } from '../../report/feed-display.js';
import { plural } from '../../terminal/size.js';
import { topicsToRead } from '../topics/topic-choice.js';
import { noteLocked, openKeyRenewal, openTopicKeys } from '../topics/topic-keys.js';
import { nextChange } from './next-change.js';

/** Prints what is handed out to the consumer, or commits. */
export async function run(context: Context, args: Args<'feed'>): Promise<void> {
  const name = nameOf(args);
  const repository = await context.repository();
  if (args.commit !== undefined) {
    tellCommitted(context, commitUpTo(repository, name, args.commit));
    return;
  }
  const session = openSession(repository);
  const topics = await topicsToRead(session, args.topic, args.topic.length === 0);
  if (!(await openTopicKeys(context, topics, 'file'))) noteLocked(context);
  const feed = { name, topics: topics.map(({ topic }) => topic) };
  const lock = consumerLock(repository.layout, name);
  const release = await takeLock(context, name, lock);
  try {
    if (args.fromNow) beginFromNow(session, feed);
    const display = openFeedDisplay(context, { topics: topics.length > 1 || args.topic.length === 0 });
    await handOutAll(context, { session, feed, display, lock, args });
  } finally {
    release();
  }
}

/** @throws SatchelError `usage` */
function nameOf({ as, commit, auto, follow, fromNow, topic }: Args<'feed'>): string {
  if (as === undefined) {
    throw new SatchelError('usage', '--as is missing', {
      hint: 'name the consumer: satchel feed --as NAME; "satchel consumer list" shows those there are',
    });
  }
  if (commit !== undefined && (auto || follow || fromNow || topic.length > 0)) {
    throw new SatchelError('usage', '--commit hands nothing out, and goes together with --as alone', {
      hint: `satchel feed --as ${as} --commit ${commit}`,
    });
  }
  return as;
}

/** One run at a time has a consumer. @throws SatchelError `busy` */
async function takeLock(context: Context, name: string, lock: string): Promise<() => void> {
  try {
    return acquireLock(lock, await context.lockTimeout());
  } catch (error) {
    if (!(error instanceof SatchelError) || error.code !== 'busy') throw error;
    throw new SatchelError('busy', `another command hands out to "${name}"`, {
      hint: 'wait for it, or end it; each program needs a name of its own',
      cause: error,
    });
  }
}

interface Running {
  readonly session: Session;
  readonly feed: Feed;
  readonly display: FeedDisplay;
  readonly lock: string;
  readonly args: Args<'feed'>;
}

/** Once; with --auto until nothing is left; with --follow until a signal comes. */
async function handOutAll(context: Context, { session, feed, display, lock, args }: Running): Promise<void> {
  const { repository } = session;
  let around = session;
  let printed = -1;
  const renewKeys = openKeyRenewal(context);
  for (;;) {
    const consumer = handOut(around, feed);
    const last = consumer.offset + consumer.handedOut.length;
    const isNews = consumer.handedOut.length > 0 && last > printed;
    if (isNews) print(context, around, consumer, display);
    if (isNews && args.auto) commitUpTo(repository, feed.name, last);
    printed = last;
    if (isNews && args.auto) continue;
    if (!args.follow)
      return display.tellNext(
        consumer,
        nextCommand(context.directory, `feed --as ${feed.name} --commit ${last}`, context.env),
      );
    const { signal } = context.interruption();
    await nextChange([repository.layout.packs, directoryOf(repository.layout)], signal);
    if (signal.aborted) return;
    keepLock(lock);
    await renewKeys();
    repository.refresh();
    around = renewed(around, repository);
  }
}

/** The session, with whom was accepted or blocked meanwhile. */
function renewed(session: Session, repository: Repository): Session {
  const { directory } = repository;
  return { ...session, self: readSelf(directory), contacts: readContacts(directory) };
}

/** All of it is written out when this returns. @throws OutputClosed */
function print(context: Context, session: Session, consumer: Consumer, display: FeedDisplay): void {
  const known = withSeenTopics(session);
  for (const handed of handedOutTo(session, consumer, (topic) => topicOfId(known, topic)?.label ?? '')) {
    display.show(handed);
  }
  context.stdout.flush();
}

function tellCommitted(context: Context, consumer: Consumer): void {
  const { name, offset, handedOut } = consumer;
  if (context.json) context.printJson({ name, offset, handedOut: handedOut.length });
  const left =
    handedOut.length === 0
      ? 'nothing else is handed out'
      : `${plural(handedOut.length, 'message')} after it still handed out`;
  context.print(`committed up to ${offset}; ${left}`);
}
