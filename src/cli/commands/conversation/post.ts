// satchel post: one message, or a stream of them (spec/cli.md, "post").
import { SatchelError } from '../../../format/error.js';
import { type PersonId, shortId } from '../../../format/ids.js';
import type { Meta } from '../../../format/log/meta.js';
import type { Contact } from '../../../identity/contacts.js';
import type { Repository } from '../../../repository/repository.js';
import { activeContacts, openSession, type Session } from '../../../sync/session.js';
import { fileSizeOf } from '../../../topic/message/attached-file.js';
import type { Attachment } from '../../../topic/message/attachment.js';
import type { Target } from '../../../topic/reading/target.js';
import { type Topic, topicOfId } from '../../../topic/topics.js';
import { type Posted, post } from '../../../topic/writing/post.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { arrivesExpired, warnOfClock, warnOfExpired } from '../../report/clock-warning.js';
import { postedJson } from '../../report/posted-json.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine } from '../../terminal/escape.js';
import { parseFuture } from '../../terminal/moment.js';
import { formatSize, plural } from '../../terminal/size.js';
import { formatUtcDay } from '../../terminal/time.js';
import { tidy } from '../upkeep/own-tidying.js';
import { openAuthor } from './author.js';
import { noteNamedFiles } from './named-files.js';
import { ensureJoined, topicToPost } from './post-place.js';
import { forgetTypedOn, withText } from './post-text.js';

const DAY_MS = 86_400_000;

/** Appends what was given to the own log of the topic; durable when it is reported. */
export async function run(context: Context, args: Args<'post'>): Promise<number> {
  const meta = metaOf(context, args);
  if (args.me.length > 0 && args.mbox === undefined) throw new SatchelError('usage', '--me goes with --mbox');
  assertOneMessage(args);
  if (args.mbox !== undefined) return (await import('./post-mbox.js')).postMailbox(context, args, args.mbox, meta);
  if (args.lines || args.ndjson || args.journal) {
    const { postStream } = await import('./post-stream.js');
    return postStream(context, args, meta);
  }
  if (args.encoding !== undefined) {
    throw new SatchelError('usage', '--encoding goes with --lines, --ndjson and --journal', {
      hint: 'a text is UTF-8',
    });
  }
  if (bringsOnlyFiles(args)) return postOne(context, args, meta, await placeOf(context, args));
  const place = await forgetTypedOn(context, args, () => placeOf(context, args));
  const exit = await withText(context, args, (body) => postOne(context, args, meta, { ...place, body }));
  noteNamedFiles(context, args);
  return exit;
}

/** A stream goes to a topic. */
function assertOneMessage({ to, lines, ndjson, journal, mbox }: Args<'post'>): void {
  if (to.length === 0 || !(lines || ndjson || journal || mbox !== undefined)) return;
  throw new SatchelError('usage', '--to is for one message', {
    hint: 'begin the conversation with one, and name it with -t afterwards',
  });
}

interface Place {
  readonly session: Session;
  /** Undefined where it goes to people. */
  readonly topic: Topic | undefined;
  readonly to: readonly Contact[];
  readonly reply: Target | undefined;
  readonly body?: string;
}

/** Looked up first: nobody should type a message that has nowhere to go. */
async function placeOf(context: Context, args: Args<'post'>): Promise<Place> {
  const repository = await context.repository();
  const session = openSession(repository);
  const reply = args.reply === undefined ? undefined : await targetOf(repository, args.reply);
  const to = args.to.length === 0 ? [] : (await import('./post-to.js')).peopleMeant(context, session, args);
  const topic = to.length > 0 ? undefined : await topicFor(context, session, { name: args.topic, reply });
  if (args.attach.length > 0) await (await import('./attach.js')).assertAttachable(args.attach);
  return { session, topic, to, reply };
}

async function postOne(
  context: Context,
  args: Args<'post'>,
  meta: Meta | undefined,
  { session, topic: named, to, reply, body }: Place,
): Promise<number> {
  const repository = await context.repository();
  const author = await openAuthor(context);
  const topic = named ?? (await (await import('./post-to.js')).topicWith(context, session, author, to));
  const attachments = await attach(context, repository, args.attach, topic);
  await ensureJoined(context, repository, topic);
  const mentions = await mentionedBy(session, body);
  const report = await post(repository, author, topic, [{ body, reply, meta, attachments, mentions }]);
  const isExpired = arrivesExpired(session, meta?.expires);
  for (const posted of report.posted) reportPosted(context, { topic, posted, meta, attachments, isExpired });
  if (isExpired) warnOfExpired(context, report.posted, meta?.expires ?? 0);
  await warnOfClock(context, session);
  noteRenewed(context, report.renewed);
  await tidy(context, session);
  return 0;
}

async function mentionedBy(session: Session, body = ''): Promise<readonly PersonId[] | undefined> {
  if (!body.includes('@')) return undefined;
  return (await import('../../../topic/reading/mentions.js')).mentionsIn(body, activeContacts(session));
}

/** Whether there is neither a text nor a place where one could come from. */
function bringsOnlyFiles({ attach: files, text, file, edit }: Args<'post'>): boolean {
  return files.length > 0 && text.length === 0 && file === undefined && !edit;
}

async function attach(
  context: Context,
  { blobs }: Repository,
  files: readonly string[],
  { kind }: Topic,
): Promise<readonly Attachment[]> {
  if (files.length === 0) return [];
  const [{ storeAttachments }, { openProgress }] = await Promise.all([
    import('./attach.js'),
    import('../../terminal/progress.js'),
  ]);
  const progress = openProgress(context);
  const onStored = (file: string, done: number, size: number): void =>
    progress.update(`${escapeLine(file)}: ${formatSize(done)} of ${formatSize(size)}`);
  try {
    return await storeAttachments(blobs, files, { onStored, isSealed: kind === 'private' });
  } finally {
    progress.clear();
  }
}

interface Done {
  readonly topic: Topic;
  readonly posted: Posted;
  readonly meta: Meta | undefined;
  readonly attachments: readonly Attachment[];
  /** It will have expired when it arrives. */
  readonly isExpired: boolean;
}

function reportPosted(context: Context, { topic, posted, meta, attachments, isExpired }: Done): void {
  if (context.json) context.printJson(postedJson(posted, topic, { attachments, isExpired }));
  const until = meta?.expires === undefined ? '' : `, until ${formatUtcDay(meta.expires)}`;
  const size = attachments.reduce((sum, attachment) => sum + fileSizeOf(attachment), 0);
  const files = attachments.length === 0 ? '' : ` with ${plural(attachments.length, 'file')}, ${formatSize(size)}`;
  context.print(`posted ${shortId(posted.id)} to ${escapeLine(topic.label)}${files}${until}`);
}

async function targetOf(repository: Repository, wanted: string): Promise<Target> {
  const [{ findMessage }, { targetAt }] = await Promise.all([
    import('./find-message.js'),
    import('../../../topic/reading/target.js'),
  ]);
  return targetAt(repository, findMessage(repository, wanted));
}

/** An answer goes where its target is, whatever topic is current. */
async function topicFor(
  context: Context,
  session: Session,
  { name, reply }: { readonly name: string | undefined; readonly reply: Target | undefined },
): Promise<Topic> {
  if (!reply) return topicToPost(context, session, name);
  const known = topicOfId(session.topics, reply.topic);
  const topic = name === undefined ? known : await topicToPost(context, session, name);
  if (topic?.topic === reply.topic) return topic;
  if (!topic) return topicToPost(context, session, reply.topic);
  throw new SatchelError('usage', `message ${shortId(reply.id)} is not in "${topic.label}"`, {
    hint: 'leave -t away: an answer goes to the topic of the message it answers',
  });
}

function metaOf(context: Context, { expire }: Args<'post'>): Meta | undefined {
  if (expire === undefined) return undefined;
  return { expires: Math.ceil(parseFuture('--expire', expire, context.world.now()) / DAY_MS) };
}
