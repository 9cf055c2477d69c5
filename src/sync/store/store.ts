// A place far away that holds named pieces of bytes, and promises nothing else (spec/drive.md, "At a URL"). Asynchronous: a
// visit fetches what it needs before, and puts what it planned afterwards.
import type { SatchelError } from '../../format/error.js';

/** A file as the place lists it. */
export interface ListedInStore {
  readonly name: string;
  /** Undefined where the place does not tell. */
  readonly size: number | undefined;
  /** Two equal tags of a name mean equal bytes. */
  readonly tag: string;
}

/** A file here whose bytes are to be put there. */
export interface LocalFile {
  readonly path: string;
  readonly size: number;
}

/** What is done when something has the name already. */
export type Putting = 'if-absent' | 'replace';

/**
 * The place. Names are safe ones (names.ts). Whatever fails throws a {@link SatchelError}: `unreachable` when it cannot be asked
 * now, `denied` when it does not let us, `drive-absent` when it says that there is no such place, `no-space`, else `io`.
 */
export interface DriveStore {
  /** By what it is found again, without secrets. */
  readonly url: string;
  /** It refuses to put a file whose name is taken, when it is asked to. */
  readonly isExclusive: boolean;
  /** Nothing can be put or removed there, whoever asks. */
  readonly isReadOnly?: boolean | undefined;
  /** Of a place whose files somebody listed: which list was read last. Each later one has a higher number. */
  readonly edition?: (() => number) | undefined;
  /** Tells `each` of all that is there. It may lag. */
  list(each: (file: ListedInStore) => void, signal: AbortSignal): Promise<void>;
  /** Passes the bytes of a file to `write`; false when it is gone. What `write` throws ends it. */
  get(name: string, write: (bytes: Buffer) => void, signal: AbortSignal): Promise<boolean>;
  /**
   * As a whole or not at all, as far as the place can; safe to repeat. Returns what it calls the content now, if it says that;
   * `exists` when it did not replace what is there.
   */
  put(name: string, file: LocalFile, how: Putting, signal: AbortSignal): Promise<{ readonly tag?: string } | 'exists'>;
  /** Removes a file; one that is gone is fine. */
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** By which URLs others read what is published there. */
  addresses?(signal: AbortSignal): Promise<readonly string[]>;
}

/** So long a store may take, ms. */
export interface StoreTimes {
  /** Without a byte of an answer that is being read. */
  readonly idleMs: number;
  /** For one file or listing. */
  readonly wholeMs: number;
}

export const STORE_TIMES: StoreTimes = { idleMs: 120_000, wholeMs: 3_600_000 };
