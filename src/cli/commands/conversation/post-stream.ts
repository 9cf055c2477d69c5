// post --lines and post --ndjson: a stream of messages, each reported once it is durable (spec/cli.md, "post").

import { randomBytes } from 'node:crypto';
import { type ErrorCode, SatchelError } from '../../../format/error.js';
import { shortId } from '../../../format/ids.js';
import { PAYLOAD_MAX } from '../../../format/limits.js';
import type { BlobRef, Meta } from '../../../format/log/meta.js';
import { sealedBlob } from '../../../format/private/sealed-blob.js';
import { sourceOf } from '../../../format/source.js';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import { storeBlob } from '../../../repository/store/store-blob.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Attachment } from '../../../topic/message/attachment.js';
import { targetAt } from '../../../topic/reading/target.js';
import type { Topic } from '../../../topic/topics.js';
import { Keys } from '../../../topic/writing/keys.js';
import type { Author } from '../../../topic/writing/own-log.js';
import { type Item, type Outcome, postItems } from '../../../topic/writing/post-items.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { arrivesExpired, warnOfClock, warnOfExpired } from '../../report/clock-warning.js';
import { postedJson } from '../../report/posted-json.js';
import { noteRenewed } from '../../report/renewed.js';
import { escapeLine, jsonText } from '../../terminal/escape.js';
import { openPipe } from '../../terminal/input.js';
import { fileBatches, lineBatches } from '../../terminal/line-batches.js';
import type { Line } from '../../terminal/line-splitter.js';
import { writeText } from '../../terminal/write-text.js';
import { tidy } from '../upkeep/own-tidying.js';
import { storeAttachments } from './attach.js';
import { openAuthor } from './author.js';
import { findMessage } from './find-message.js';
import { parseJournal } from './journal.js';
import { type LineItem, parseItem } from './ndjson.js';
import { ensureJoined, topicToPost } from './post-place.js';
import { REFUSED_EXIT, RefusedLines } from './refused-lines.js';

/** A batch is committed when it has gathered for so long or so many bytes: with the commit, within a second. */
const BATCH_MS = 750;
const BATCH_BYTES = 1_048_576;
/** Of a file nothing is waited for: a batch is as large as is good for memory. */
const FILE_BATCH_BYTES = 4_194_304;
const FILE_BATCH_LINES = 131_072;
/** A JSON text may be several times as long as the message in it. */
const LINE_BYTES_MAX = 8 * PAYLOAD_MAX;
const RETRY_MS = 1_000;
/** What stops the stream and not only a line. */
const FATAL: readonly ErrorCode[] = ['no-space', 'damaged'];

/** Posts standard input, or a file, until it ends or a signal comes; 3 when a line was refused. */
export async function postStream(context: Context, args: Args<'post'>, meta: Meta | undefined): Promise<number> {
  checkArguments(args);
  const { signal } = context.interruption();
  const kind = { unit: 'line', hasKeys: args.ndjson || args.journal, meta };
  let skipped = 0;
  const read = readerOf(args, () => skipped++);
  const exit = await withPostStream(context, args.topic, kind, async (stream) => {
    for await (const lines of batches(args, signal)) await stream.post(lines, read);
  });
  if (skipped > 0) tellSkipped(context, skipped);
  return exit;
}

/** What can never be posted is no failure: else whoever reads a journal again and again would fail for ever. */
function tellSkipped(context: Context, count: number): void {
  if (context.json) writeText(context.stderr, `${jsonText({ type: 'skipped', count })}\n`);
  const lines = count === 1 ? '1 line has' : `${count} lines have`;
  context.note(`${lines} no message and ${count === 1 ? 'is' : 'are'} not posted; "journalctl --all" has long ones`);
}

/** What a stream consists of. */
export interface StreamKind {
  /** What a piece of it is called, by its number, when it is refused. */
  readonly unit: string;
  readonly hasKeys: boolean;
  readonly meta: Meta | undefined;
}

/** Lets messages be posted into the topic of that name; 3 when one was refused. */
export async function withPostStream(
  context: Context,
  name: string | undefined,
  { unit, hasKeys, meta }: StreamKind,
  work: (stream: PostStream) => Promise<void>,
): Promise<number> {
  const repository = await context.repository();
  const session = openSession(repository);
  const topic = await topicToPost(context, session, name);
  const author = await openAuthor(context);
  const keys = hasKeys ? new Keys(repository, topic.topic, session.self.person) : undefined;
  const refused = new RefusedLines(context, unit);
  const stream = new PostStream(context, { session, topic, author, keys, meta, refused });
  try {
    await work(stream);
  } finally {
    keys?.close();
  }
  return refused.hasAny ? REFUSED_EXIT : 0;
}

function checkArguments({ text, lines, ndjson, journal, reply, attach, edit }: Args<'post'>): void {
  const [option = '', other] = Object.entries({ lines, ndjson, journal }).flatMap(([name, is]) =>
    is ? `--${name}` : [],
  );
  if (other !== undefined) throw new SatchelError('usage', `${option} and ${other} exclude each other`);
  if (text.some((word) => word !== '-'))
    throw new SatchelError('usage', `${option} reads standard input, and takes no text`);
  if (edit) throw new SatchelError('usage', `--edit does not go with ${option}`);
  if (reply !== undefined) {
    const hint = ndjson ? 'give each object a "reply"' : 'use --ndjson, and give each object a "reply"';
    throw new SatchelError('usage', `--reply does not go with ${option}`, { hint });
  }
  if (attach.length > 0) {
    const hint = 'use --ndjson, and give each object an "attach": a list of paths';
    throw new SatchelError('usage', `--attach does not go with ${option}`, { hint });
  }
}

async function* batches({ file, encoding }: Args<'post'>, signal: AbortSignal): AsyncGenerator<readonly Line[]> {
  const name = file === '-' ? undefined : file;
  const options = { lineBytesMax: LINE_BYTES_MAX, encoding, signal };
  if (!isFile(name)) {
    const input = name === undefined ? process.stdin : openPipe(name);
    yield* lineBatches(input, { ...options, delayMs: BATCH_MS, maxBytes: BATCH_BYTES });
    return;
  }
  const fd = name === undefined ? 0 : onDisk(`opening ${name}`, () => disk.open(name, 'reading'));
  try {
    yield* fileBatches(fd, { ...options, maxBytes: FILE_BATCH_BYTES, maxLines: FILE_BATCH_LINES });
  } finally {
    if (name !== undefined) disk.close(fd);
  }
}

/** Whether it is a regular file; without a name, standard input. What else there is may keep whoever opens it waiting. */
function isFile(name: string | undefined): boolean {
  try {
    return (name === undefined ? disk.statOpen(0) : disk.stat(name))?.isFile() === true;
  } catch {
    return false;
  }
}

/** What a stream is posted with. */
interface Means {
  readonly session: Session;
  readonly topic: Topic;
  readonly author: Author;
  readonly keys: Keys | undefined;
  readonly meta: Meta | undefined;
  readonly refused: RefusedLines;
}

/** A stream of messages on its way into one topic. */
export class PostStream {
  readonly #refused: RefusedLines;
  readonly #context: Context;
  readonly #means: Means;
  #author: Author;
  #topic: Topic;

  constructor(context: Context, means: Means) {
    this.#context = context;
    this.#refused = means.refused;
    this.#means = means;
    this.#author = means.author;
    this.#topic = means.topic;
  }

  get topic(): Topic {
    return this.#topic;
  }

  /** Posts lines and reports each: on stdout when it is durable, on stderr when it is refused. */
  async post(lines: readonly Line[], read: LineReader): Promise<void> {
    try {
      await this.#post(lines, read);
    } finally {
      this.#refused.endBatch();
    }
  }

  async #post(lines: readonly Line[], read: LineReader): Promise<void> {
    const items: Item[] = [];
    const numbers: number[] = [];
    for (const line of lines) {
      const parsed = this.#parse(line, read);
      const hasFiles = parsed !== undefined && parsed.attach.length > 0;
      // awaiting each of a hundred thousand lines would cost more than posting them
      const item = hasFiles ? await this.#withFiles(parsed, line.number) : parsed;
      // what a signal cuts short is not posted, nor what comes behind it
      if (hasFiles && this.#context.interrupted() !== undefined) break;
      if (!item) continue;
      items.push(item);
      numbers.push(line.number);
    }
    if (items.length > 0) await this.#postAll(items, numbers);
  }

  /** The same of what is no line; `numbers` are those of the pieces that the items come from. */
  async postItems(items: readonly Item[], numbers: readonly number[]): Promise<void> {
    try {
      if (items.length > 0) await this.#postAll(items, numbers);
    } finally {
      this.#refused.endBatch();
    }
  }

  /** Stores a file that comes with a message. */
  store(bytes: Buffer): BlobRef & Pick<Attachment, 'secret'> {
    const { blobs } = this.#means.session.repository;
    if (this.#topic.kind !== 'private') return storeBlob(blobs, sourceOf(bytes));
    const secret = { key: randomBytes(32), size: bytes.length };
    return { ...storeBlob(blobs, sealedBlob(sourceOf(bytes), secret.key)), secret };
  }

  /** Whether a message is known to have that key: what others post at the same time may be known only when it is committed. */
  knows(key: string): boolean {
    return this.#means.keys?.find(key) !== undefined;
  }

  /** Learns the keys of what was posted by others. */
  async catchUp(): Promise<void> {
    await this.#isKnown('');
  }

  /** Tells that a piece is refused, or stops the stream for what lies deeper. */
  refuse(number: number, error: unknown): void {
    this.#refuseFor(number, error);
  }

  async #postAll(items: readonly Item[], numbers: readonly number[]): Promise<void> {
    const outcomes = await this.#commit(items);
    this.#report(outcomes, items, numbers);
    await warnOfClock(this.#context, this.#means.session);
    await tidy(this.#context, this.#means.session);
  }

  /** The item with its files stored; of what was posted before, they need not be there any more. */
  async #withFiles(item: LineItem, number: number): Promise<Item | undefined> {
    if (item.key !== undefined && (await this.#isKnown(item.key))) return item;
    const { signal } = this.#context.interruption();
    try {
      return {
        ...item,
        attachments: await storeAttachments(this.#means.session.repository.blobs, item.attach, {
          signal,
          isSealed: this.#topic.kind === 'private',
        }),
      };
    } catch (error) {
      if (!signal.aborted) this.#refuseFor(number, error);
      return undefined;
    }
  }

  async #isKnown(key: string): Promise<boolean> {
    const { keys, session } = this.#means;
    if (keys?.find(key)) return true;
    await this.#whenFree(() => session.repository.locked(() => keys?.catchUp()));
    return keys?.find(key) !== undefined;
  }

  #parse(line: Line, read: LineReader): LineItem | undefined {
    // nobody looks at the stacks of bad lines, and they cost more than all the rest of them
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return parseLine(line, read);
    } catch (error) {
      this.#refuseFor(line.number, error);
      return undefined;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #commit(items: readonly Item[]): Promise<readonly Outcome[]> {
    const { keys, meta, session } = this.#means;
    const findReply = (id: string): ReturnType<typeof targetAt> => this.#findReply(id);
    return this.#whenFree(async () => {
      await this.#join();
      const report = await postItems(session.repository, this.#author, this.#topic, items, { keys, meta, findReply });
      this.#author = report.author;
      noteRenewed(this.#context, report.renewed);
      return report.outcomes;
    });
  }

  /** What came down a pipe can't be had again: a busy repository is waited for. */
  async #whenFree<T>(work: () => T | Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof SatchelError) || error.code !== 'busy') throw error;
        if (this.#context.interrupted() !== undefined) throw error;
        this.#context.note(`${error.message}; still waiting`);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #join(): Promise<void> {
    await ensureJoined(this.#context, this.#means.session.repository, this.#topic);
    this.#topic = { ...this.#topic, joined: true };
  }

  #findReply(id: string): ReturnType<typeof targetAt> {
    const { repository } = this.#means.session;
    const target = /^[0-9a-f]{4,64}$/i.test(id) ? targetAt(repository, findMessage(repository, id)) : undefined;
    if (target?.topic === this.#topic.topic) return target;
    const what = target
      ? `message ${shortId(target.id)} is in another topic`
      : `"${id}" is neither a key posted before nor a message id`;
    throw new SatchelError(target ? 'usage' : 'not-found', `reply: ${what}`);
  }

  #report(outcomes: readonly Outcome[], items: readonly Item[], numbers: readonly number[]): void {
    const { stdout, json, quiet } = this.#context;
    const to = `to ${escapeLine(this.#topic.label)}\n`;
    const report: string[] = [];
    const { session, meta } = this.#means;
    const isExpired = arrivesExpired(session, meta?.expires);
    outcomes.forEach((outcome, i) => {
      if (outcome.kind === 'refused') this.#refused.add(numbers[i] ?? 0, outcome.error);
      else if (json) report.push(jsonLine(outcome, this.#topic, { ...items[i], isExpired }));
      else if (!quiet && outcome.kind === 'posted') report.push(`posted ${shortId(outcome.message.id)} ${to}`);
    });
    stdout.write(report.join(''));
    stdout.flush();
    const posted = outcomes.flatMap((outcome) => (outcome.kind === 'posted' ? outcome.message : []));
    if (isExpired) warnOfExpired(this.#context, posted, meta?.expires ?? 0);
  }

  /** What is wrong with one line stops no other. */
  #refuseFor(number: number, error: unknown): void {
    if (!(error instanceof SatchelError) || FATAL.includes(error.code)) throw error;
    this.#refused.add(number, error);
  }
}

/** What the line says; undefined for an empty one. */
function parseLine({ text, sizeBytes, isBroken }: Line, read: LineReader): LineItem | undefined {
  if (isBroken) {
    throw new SatchelError('usage', 'is not text of this encoding', {
      hint: 'name its encoding, as in --encoding windows-1252',
    });
  }
  if (text === undefined) {
    throw new SatchelError('too-large', `has ${sizeBytes} bytes, a message at most ${PAYLOAD_MAX}`);
  }
  if (text.trim() === '') return undefined;
  if (text.includes('\0')) throw new SatchelError('usage', 'is no text: it has a zero byte');
  return read(text);
}

/** What one line is to its message; undefined for one that has none. */
type LineReader = (text: string) => LineItem | undefined;

function readerOf({ ndjson, journal }: Args<'post'>, onSkipped: () => void): LineReader {
  if (journal) {
    return (text) => {
      const item = parseJournal(text);
      if (!item) onSkipped();
      return item;
    };
  }
  return ndjson ? parseItem : (text) => ({ text, attach: [] });
}

type Done = Exclude<Outcome, { kind: 'refused' }>;

function jsonLine(
  { kind, message }: Done,
  topic: Topic,
  { key, attachments, isExpired }: Partial<Item> & { readonly isExpired: boolean },
): string {
  const value = postedJson(message, topic, kind === 'known' ? {} : { attachments, isExpired });
  if (key !== undefined) value['key'] = key;
  if (kind === 'known') value['known'] = true;
  return `${jsonText(value)}\n`;
}
