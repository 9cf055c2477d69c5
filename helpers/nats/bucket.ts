// A bucket is a stream that programs for NATS know as one of keys and values: names of files are its keys (spec/drive.md, "NATS").
import { isSafeName } from '../../src/sync/medium/names.js';

/** What stands in the place of a dot that a subject may not have there; no name has such a character. */
const DOT = '=2E';
/** Below this key lie pieces of files that are too large for one message. */
const PIECES = '=';
/** What the pieces of one file have in common. */
export const PIECE_ID = /^[0-9a-f]{32}$/;

/** What a bucket is called where it is a stream. */
export function streamOf(bucket: string): string {
  return `KV_${bucket}`;
}

/** What all subjects of a bucket match. */
export function everythingIn(bucket: string): string {
  return `${prefixOf(bucket)}>`;
}

/** The subject of a file. */
export function subjectOf(bucket: string, name: string): string {
  return `${prefixOf(bucket)}${name.replaceAll(/\.(?=\.|$)/g, DOT)}`;
}

/** Whose subject this is; undefined where that is no name of a file. */
export function nameOf(bucket: string, subject: string): string | undefined {
  const name = subject.slice(prefixOf(bucket).length).replaceAll(DOT, '.');
  return subject.startsWith(prefixOf(bucket)) && isSafeName(name) ? name : undefined;
}

/** The subject of a piece of a file. */
export function pieceOf(bucket: string, id: string, at: number): string {
  return `${prefixOf(bucket)}${PIECES}.${id}.${at}`;
}

/** Of which file's pieces one is; undefined for what is none. */
export function pieceIdOf(bucket: string, subject: string): string | undefined {
  if (!subject.startsWith(prefixOf(bucket))) return undefined;
  const [mark, id, at, ...more] = subject.slice(prefixOf(bucket).length).split('.');
  return mark === PIECES && at !== undefined && more.length === 0 && PIECE_ID.test(id ?? '') ? id : undefined;
}

function prefixOf(bucket: string): string {
  return `$KV.${bucket}.`;
}
