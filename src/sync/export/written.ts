// What stands in a bundle's file when it was written, as its target is told (spec/sealed.md, "Writing").
import type { Digest } from '../../format/ids.js';
import type { OpenFile } from '../import/source.js';

/** What stands in the file now. */
export interface Written {
  /** Its size. */
  readonly bytes: number;
  /** What else is known of a sealed one; undefined for an open bundle, whose manifest tells it. */
  readonly sealed?: SealedFile | undefined;
}

/** A file that was sealed. */
export interface SealedFile {
  /** SHA-256 of the file as it has to lie there: who reads it back compares this, without any key. */
  readonly digest: Digest;
  /** What its time is to be, ms: the day it was made, and no more. */
  readonly time: number;
  /** The bundle in it, for whoever notes what it holds; closed when the target returns. */
  readonly plain: OpenFile;
}
