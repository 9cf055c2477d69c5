// The four requests of a helper (spec/drive.md, "Helpers"), on a bucket.
import type { Requests, Write } from '../answer.js';
import { nameOf, pieceOf } from './bucket.js';
import { findFile, findMessage, listedIn, removeMessage, removePieces, type There } from './messages.js';
import { type InPieces, isRemoval, type ListedMessage, parseInPieces } from './pieces.js';
import { putFile } from './putting.js';

/** Files that are told. */
const FILES_MAX = 131_072;

/** What can be asked of a bucket. */
export function requestsOf(there: There): Requests {
  return {
    list: (write) => list(there, write),
    get: (name, write) => get(there, name, write),
    put: (name, bytes) => putFile(there, name, bytes),
    remove: (name) => remove(there, name),
  };
}

async function list(there: There, write: Write): Promise<void> {
  const messages = await listedIn(there);
  const lines = messages.flatMap((message) => lineOf(there.bucket, message)).slice(0, FILES_MAX);
  await write(Buffer.from(lines.join('')));
}

function lineOf(bucket: string, { subject, sequence, time, size, headers }: ListedMessage): string[] {
  const name = nameOf(bucket, subject);
  if (name === undefined || isRemoval(headers)) return [];
  // a bucket that was made anew counts anew
  return [`${parseInPieces(headers)?.size ?? size ?? '-'} ${sequence}.${time} ${name}\n`];
}

async function get(there: There, name: string, write: Write): Promise<boolean> {
  const found = await findFile(there, name);
  if (!found) return false;
  const pieces = parseInPieces(found.header);
  if (pieces) return getPieces(there, pieces, write);
  await write(Buffer.from(found.data));
  return true;
}

/** Whether it is there. @throws Error where it went away in the midst */
async function getPieces(there: There, { id, size }: InPieces, write: Write): Promise<boolean> {
  for (let at = 0, got = 0; got < size; at++) {
    const piece = await findMessage(there, pieceOf(there.bucket, id, at));
    if (!piece && got === 0) return false;
    if (!piece) throw new Error('it went away while it was read');
    await write(Buffer.from(piece.data));
    got += piece.data.length;
  }
  return true;
}

async function remove(there: There, name: string): Promise<boolean> {
  const found = await findFile(there, name);
  if (!found) return false;
  await removeMessage(there, found.seq);
  const pieces = parseInPieces(found.header);
  if (pieces) await removePieces(there, [pieces.id], await listedIn(there));
  return true;
}
