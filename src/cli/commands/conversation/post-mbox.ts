// post --mbox: each mail of a mailbox as a message, once (spec/cli.md, "Mailboxes").
import { SatchelError } from '../../../format/error.js';
import type { Meta } from '../../../format/log/meta.js';
import { disk } from '../../../repository/disk.js';
import { diskError, onDisk } from '../../../repository/files.js';
import { readFully } from '../../../repository/store/fully.js';
import type { Item } from '../../../topic/writing/post-items.js';
import type { Context } from '../../command/context.js';
import type { Args } from '../../command/table/commands.js';
import { STDOUT } from '../exchange/output-spool.js';
import { type MailMessage, type MailOptions, readMail } from './mail.js';
import { MAIL_BYTES_MAX, Mailbox, type RawMail } from './mailbox.js';
import { mediaTypeOf } from './media-type.js';
import { type PostStream, withPostStream } from './post-stream.js';

const PIECE_BYTES = 4_194_304;
/** A batch is committed when it has so many mails, or so much text. */
const BATCH_MAILS = 500;
const BATCH_BYTES = 4_194_304;

/** Posts the mails that were not posted before; 3 when one was refused. */
export async function postMailbox(
  context: Context,
  args: Args<'post'>,
  file: string,
  meta: Meta | undefined,
): Promise<number> {
  checkArguments(args);
  const { signal } = context.interruption();
  const own = new Set(args.me.map((address) => address.toLowerCase()));
  return withPostStream(context, args.topic, { unit: 'mail', hasKeys: true, meta }, async (stream) => {
    await stream.catchUp();
    const mailbox = new Mailbox();
    const posting = new MailPosting(stream, { own, label: stream.topic.label });
    for await (const piece of piecesOf(file)) {
      for (const mail of mailbox.push(piece)) {
        if (signal.aborted) break;
        await posting.add(mail);
      }
      if (signal.aborted) break;
    }
    if (!signal.aborted) for (const mail of mailbox.end()) await posting.add(mail);
    await posting.flush();
  });
}

function checkArguments({ text, file, edit, attach, reply, lines, ndjson, journal, encoding }: Args<'post'>): void {
  const others = { file, edit, attach: attach.length > 0, reply, lines, ndjson, journal, encoding };
  const [other] = Object.entries(others).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : name,
  );
  if (text.length > 0) throw new SatchelError('usage', '--mbox takes no text');
  if (other !== undefined) throw new SatchelError('usage', `--${other} does not go with --mbox`);
}

/** Mails on their way into the topic. */
class MailPosting {
  readonly #stream: PostStream;
  readonly #options: MailOptions;
  #items: Item[] = [];
  #numbers: number[] = [];
  #sizeBytes = 0;
  readonly #keys = new Set<string>();

  constructor(stream: PostStream, options: MailOptions) {
    this.#stream = stream;
    this.#options = options;
  }

  /** Adds what the mail becomes; what is wrong with it stops no other. */
  async add({ number, bytes, separator }: RawMail): Promise<void> {
    try {
      if (!bytes) throw new SatchelError('too-large', `has more than ${MAIL_BYTES_MAX} bytes`);
      for (const message of await readMail(bytes, separator, this.#options)) await this.#addMessage(message, number);
    } catch (error) {
      this.#stream.refuse(number, error);
    }
    if (this.#items.length >= BATCH_MAILS || this.#sizeBytes >= BATCH_BYTES) await this.flush();
  }

  /** Posts what has gathered. */
  async flush(): Promise<void> {
    const items = this.#items;
    const numbers = this.#numbers;
    [this.#items, this.#numbers, this.#sizeBytes] = [[], [], 0];
    this.#keys.clear();
    await this.#stream.postItems(items, numbers);
  }

  async #addMessage({ text, key, time, answers, files }: MailMessage, number: number): Promise<void> {
    const isKnown = this.#isThere(key);
    // of what is known the files are not stored again
    const attachments = isKnown ? [] : await this.#stored(files);
    const reply = answers !== undefined && this.#isThere(answers) ? answers : undefined;
    this.#items.push({ text, key, time, reply, ...(attachments.length > 0 && { attachments }) });
    this.#numbers.push(number);
    this.#sizeBytes += Buffer.byteLength(text ?? '');
    this.#keys.add(key);
  }

  async #stored(files: MailMessage['files']): Promise<NonNullable<Item['attachments']>> {
    const stored = [];
    for (const { name, mediaType, bytes } of files) {
      stored.push({ ...this.#stream.store(bytes), name, mediaType: mediaType || (await mediaTypeOf(name)) });
    }
    return stored;
  }

  /** What a mail answers need not be in the mailbox. */
  #isThere(key: string): boolean {
    return this.#keys.has(key) || this.#stream.knows(key);
  }
}

async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  if (file === STDOUT) {
    try {
      for await (const piece of process.stdin) yield piece as Buffer;
    } catch (cause) {
      throw diskError('reading standard input', cause);
    }
    return;
  }
  const fd = onDisk(`opening ${file}`, () => disk.open(file, 'reading'));
  try {
    for (let size = PIECE_BYTES; size === PIECE_BYTES; ) {
      const bytes = Buffer.allocUnsafe(PIECE_BYTES);
      size = onDisk(`reading ${file}`, () => readFully(fd, bytes));
      yield bytes.subarray(0, size);
      // without a turn of the event loop no signal would come
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    disk.close(fd);
  }
}
