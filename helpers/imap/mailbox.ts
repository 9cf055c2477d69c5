// One connection to a mailbox, for one request.
import { type FetchMessageObject, ImapFlow, type MailboxObject } from 'imapflow';
import { SatchelError } from '../../src/format/error.js';
import { type CredentialsPlace, credentialsFor } from '../../src/sync/store/credentials.js';
import { LISTED_HEADERS, type MailedFile, parseListed } from './mail.js';
import type { Place } from './place.js';

/** So long nothing may come, ms; as long as satchel waits for a byte. */
const SILENCE_MS = 120_000;
const CONNECT_MS = 60_000;
/** A line of a listing, and a piece of a mail, are much shorter. */
const LITERAL_MAX = 16 * 2 ** 20;
const RESPONSE_MAX = 2 * LITERAL_MAX;
/** Files that are told. */
const FILES_MAX = 131_072;

/** A file in the folder. */
export interface StoredFile extends MailedFile {
  /** The mail that counts: the newest one of the name. */
  readonly newest: number;
  /** All mails of the name. */
  readonly uids: readonly number[];
}

/** What a mailbox is opened with. */
export interface ConnectOptions {
  readonly credentials: CredentialsPlace;
  readonly version: string;
}

/** Connects, and hands the connection to `work`. @throws SatchelError `usage`, `denied`, and what the library throws */
export async function withMailbox<T>(
  place: Place,
  options: ConnectOptions,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const client = clientOf(place, options);
  // whatever ends the connection fails what is asked of it as well
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.close();
  }
}

function clientOf(place: Place, { credentials, version }: ConnectOptions): ImapFlow {
  const { host, port, isPlain, login } = place;
  const found = credentialsFor({ host, login }, credentials);
  if (!found) {
    const whose = login === undefined ? host : `${login} at ${host}`;
    throw new SatchelError('denied', `there is no password for ${whose} in ${credentials.named}`);
  }
  return new ImapFlow({
    host,
    port,
    secure: !isPlain,
    doSTARTTLS: false,
    auth: { user: found.login, pass: found.password },
    // whoever runs the server learns no more than it has to
    clientInfo: { name: 'satchel-drive-imap', version, vendor: false, 'support-url': false },
    logger: false,
    disableAutoEnable: true,
    disableAutoIdle: true,
    disableCompression: true,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    maxLineLength: LITERAL_MAX,
    maxLiteralSize: LITERAL_MAX,
    maxResponseSize: RESPONSE_MAX,
  });
}

/** Opens the folder to read only, so that nothing in it changes; undefined when it is not there. */
export async function openToRead(client: ImapFlow, { folder }: Place): Promise<MailboxObject | undefined> {
  try {
    return await client.mailboxOpen([...folder], { readOnly: true });
  } catch (error) {
    if ((error as { mailboxMissing?: boolean }).mailboxMissing) return undefined;
    throw error;
  }
}

/** Opens the folder, which is made where it is not there. @throws SatchelError `denied` where it can only be read */
export async function openToWrite(client: ImapFlow, place: Place): Promise<MailboxObject> {
  const open = (): Promise<MailboxObject> => client.mailboxOpen([...place.folder]);
  const opened = await open().catch(async (error: { mailboxMissing?: boolean }) => {
    if (!error.mailboxMissing) throw error;
    await client.mailboxCreate([...place.folder]);
    return open();
  });
  if (!opened.readOnly) return opened;
  throw new SatchelError('denied', `the folder ${place.folder.join('/')} can only be read`);
}

/** The files in the open folder, in one request. Mails that hold none, and those marked as deleted, are passed over. */
export async function filesIn(client: ImapFlow, { exists }: MailboxObject): Promise<Map<string, StoredFile>> {
  const files = new Map<string, Noted>();
  if (exists === 0) return files;
  const query = { uid: true, flags: true, headers: [...LISTED_HEADERS] };
  for await (const mail of client.fetch('1:*', query, { uid: true })) noteMail(files, mail);
  return files;
}

/** A file while its mails are counted. */
interface Noted extends StoredFile {
  readonly uids: number[];
}

function noteMail(files: Map<string, Noted>, { uid, flags, headers }: FetchMessageObject): void {
  const file = headers && !flags?.has('\\Deleted') ? parseListed(headers) : undefined;
  if (!file) return;
  const before = files.get(file.name);
  before?.uids.push(uid);
  if (before && uid < before.newest) return;
  // however many files somebody puts there
  if (before || files.size < FILES_MAX) files.set(file.name, { ...file, newest: uid, uids: before?.uids ?? [uid] });
}
