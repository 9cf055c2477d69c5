// The four requests of a helper (spec/drive.md, "Helpers"), on a folder of a mailbox.
import type { FetchMessageObject, ImapFlow, MailboxObject } from 'imapflow';
import { SatchelError } from '../../src/format/error.js';
import { EXIT, type Failure, type Requests, type Write } from '../answer.js';
import { BodyDecoder, encodeMail } from './mail.js';
import { filesIn, openToRead, openToWrite } from './mailbox.js';
import type { Place } from './place.js';

/** Of the body of a mail, at once. */
const PIECE = 1_048_576;
const SEEN = '\\Seen';
const DELETED = '\\Deleted';

/** Where a request is carried out. */
interface Request {
  readonly client: ImapFlow;
  readonly place: Place;
}

/** What can be asked of the folder over a connection. */
export function requestsOf(there: Request): Requests {
  return {
    list: (write) => list(there, write),
    get: (name, write) => get(there, name, write),
    put: (name, bytes) => put(there, name, bytes),
    remove: (name) => remove(there, name),
  };
}

/** Prints what is in the folder; there is nothing in one that is not there. */
async function list({ client, place }: Request, write: Write): Promise<void> {
  const folder = await openToRead(client, place);
  if (!folder) return;
  // a folder that was made anew counts its mails anew
  const tagOf = (uid: number): string => `${folder.uidValidity}.${uid}`;
  const files = [...(await filesIn(client, folder)).values()];
  const lines = files.map(({ name, size, newest }) => `${size} ${tagOf(newest)} ${name}\n`);
  await write(Buffer.from(lines.join('')));
}

/** Prints the bytes of a file, piece by piece; whether it is there. */
async function get({ client, place }: Request, name: string, write: Write): Promise<boolean> {
  const folder = await openToRead(client, place);
  const uid = folder && (await filesIn(client, folder)).get(name)?.newest;
  if (uid === undefined) return false;
  const decoder = new BodyDecoder();
  for (let start = 0; ; start += PIECE) {
    const piece = await pieceOf(client, uid, start);
    if (!piece && start === 0) return false;
    if (!piece) throw new Error(`${name} went away while it was read`);
    await write(decoder.add(piece));
    if (piece.length < PIECE) return true;
  }
}

/** Undefined when the mail is gone. */
async function pieceOf(client: ImapFlow, uid: number, start: number): Promise<Buffer | undefined> {
  const query = { uid: true, bodyParts: [{ key: 'TEXT', start, maxLength: PIECE }] };
  const mail: FetchMessageObject | false | undefined = await client.fetchOne(`${uid}`, query, { uid: true });
  return mail ? [...(mail.bodyParts?.values() ?? [])][0] : undefined;
}

/** Puts a file as a mail of its own; older ones of the name are removed afterwards, so one of them is there at any time. */
async function put({ client, place }: Request, name: string, bytes: Buffer): Promise<Failure | undefined> {
  const folder = await openToWrite(client, place);
  const before = (await filesIn(client, folder)).get(name)?.uids ?? [];
  const mail = encodeMail(name, bytes);
  try {
    await client.append([...place.folder].join(folder.delimiter), mail, [SEEN]);
  } catch (error) {
    if (await isFull(client, folder.path, mail.length)) return { status: EXIT.full, why: 'the mailbox is full' };
    throw error;
  }
  // where nothing may be removed the newest counts all the same
  if (before.length > 0) await removeMails(client, folder, before);
  return undefined;
}

/** Whether so many bytes more would be too many, by what the server says of quotas; some refuse without a reason. */
async function isFull(client: ImapFlow, folder: string, bytes: number): Promise<boolean> {
  const quota = client.usable ? await client.getQuota(folder) : false;
  if (!quota) return false;
  const { usage = 0, limit } = quota.storage ?? {};
  return limit !== undefined && usage + bytes > limit;
}

/** Removes a file, however many mails it has; whether it was there. @throws SatchelError `denied` where it stays */
async function remove({ client, place }: Request, name: string): Promise<boolean> {
  const folder = await openToWrite(client, place);
  const uids = (await filesIn(client, folder)).get(name)?.uids ?? [];
  if (uids.length > 0 && !(await removeMails(client, folder, uids))) {
    if (!client.usable) throw Object.assign(new Error('the connection was lost'), { code: 'NoConnection' });
    throw new SatchelError('denied', 'the server lets nothing be removed');
  }
  return uids.length > 0;
}

/**
 * Whether these mails are gone. Where a server can only remove whatever is marked as deleted, they are just marked: a mark may
 * stand at somebody's other mails.
 */
async function removeMails(client: ImapFlow, folder: MailboxObject, uids: readonly number[]): Promise<boolean> {
  const marks = [...(folder.permanentFlags ?? [DELETED])].map((flag) => flag.toLowerCase());
  // some servers accept a mark that may not be set, and forget it
  if (!marks.includes(DELETED.toLowerCase())) return false;
  const mails = uids.join(',');
  return client.capabilities.has('UIDPLUS')
    ? client.messageDelete(mails, { uid: true })
    : client.messageFlagsAdd(mails, [DELETED], { uid: true, silent: true });
}
