// What every vector has, whatever it is about, and the file it stands in.
import type { ErrorCode } from '../../src/format/error.js';
import type { Compact } from './compact.js';

/** One success or one violation. */
export interface Vector {
  /** Unique within its file. */
  readonly name: string;
  readonly comment: string;
}

/** The code word of a refusal, or that there is none. */
export type Outcome = 'ok' | ErrorCode;

/** Bytes that a reader accepts, or refuses with a code word. */
export interface BytesVector extends Vector {
  readonly bytes: Compact;
  readonly code: Outcome;
}

/** A fixture file: a comment, and lists of vectors by what they are about. */
export interface VectorFile {
  readonly comment: string;
  /** Vectors in all lists together. */
  readonly count: number;
  readonly [list: string]: readonly Vector[] | string | number;
}

/** The file with the lists and the number of vectors in them. */
export function vectorFile(comment: string, lists: Readonly<Record<string, readonly Vector[]>>): VectorFile {
  const count = Object.values(lists).reduce((sum, list) => sum + list.length, 0);
  return { comment, count, ...lists };
}
