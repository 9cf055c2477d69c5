// The last of three steps of a visit to a store: what the visit planned is put there, and then what it may remove is removed
// (spec/drive.md, "At a URL"). Interrupted anywhere, nothing is told as put that was not.
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { decodeMarker, MARKER, MARKER_MAX } from '../drive/marker.js';
import { isSafeName } from '../medium/names.js';
import type { FarFile } from '../medium/staged.js';
import { type Listing, UNTOLD } from './collect.js';
import type { DriveStore } from './store.js';

/** A listing older than this tells nothing about what others did meanwhile. */
const FRESH_MS = 60_000;

const BUNDLE = /^[0-9a-f]{24}\.satchel$/;

/** How to deliver. */
export interface DeliverOptions {
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** The drive that it has to be still; absent: one is made. */
  readonly id?: string | undefined;
  /** It is known that the place lets nothing be removed. */
  readonly keepsAll?: boolean | undefined;
}

/** What was found out on the way. */
export interface Delivered {
  /** The place lets nothing be removed. */
  readonly keepsAll: boolean;
}

/** Carries out the plan of the listing's medium, and tells it what was done. @throws SatchelError `drive-absent`, or as the store does */
export async function deliver(listing: Listing, options: DeliverOptions): Promise<Delivered> {
  const { medium, store } = listing;
  if (medium.puts.size + medium.removes.size === 0) return { keepsAll: false };
  if (options.id !== undefined) await assertSame(store, options.id, options.signal);
  const untagged = await putAll(listing, options);
  const later = untagged.length > 0 || isStale(listing, options) ? await listed(store, options.signal) : undefined;
  for (const name of untagged) noteTag(listing, name, later?.get(name));
  if (options.keepsAll) return { keepsAll: true };
  return { keepsAll: await removeAll(listing, later ?? listing.files, options.signal) };
}

/** Another drive may be there by now. */
async function assertSame(store: DriveStore, id: string, signal: AbortSignal): Promise<void> {
  const parts: Buffer[] = [];
  let size = 0;
  const keep = (bytes: Buffer): void => {
    size += bytes.length;
    if (size > MARKER_MAX) throw notSame(store);
    parts.push(Buffer.from(bytes));
  };
  const isThere = await store.get(MARKER, keep, signal);
  const marker = isThere ? decodeMarker(Buffer.concat(parts)) : undefined;
  if (typeof marker !== 'object' || marker.id !== id) throw notSame(store);
}

function notSame({ url }: DriveStore): SatchelError {
  return new SatchelError('drive-absent', `the drive at ${url} is not there any more, or is another one now`, {
    hint: 'nothing was written; what was taken in is kept; run the same command again',
  });
}

/** Returns the names of what was put of which the place did not say what it calls it. */
async function putAll({ medium, store, files }: Listing, { signal, id }: DeliverOptions): Promise<string[]> {
  const untagged: string[] = [];
  for (const [name, path] of medium.puts) {
    const { size } = onDisk(`reading ${path}`, () => disk.stat(path)) ?? { size: 0 };
    // a bundle is named by its content: whoever else puts it meanwhile puts the same
    const isNew = !files.has(name) && (BUNDLE.test(name) || (name === MARKER && id === undefined));
    const put = await store.put(name, { path, size }, isNew ? 'if-absent' : 'replace', signal);
    const tag = put === 'exists' ? undefined : put.tag;
    medium.wasPut(name, tag);
    if (tag === undefined) untagged.push(name);
  }
  return untagged;
}

async function listed(store: DriveStore, signal: AbortSignal): Promise<ReadonlyMap<string, FarFile>> {
  const files = new Map<string, FarFile>();
  await store.list(({ name, size = UNTOLD, tag }) => void (isSafeName(name) && files.set(name, { size, tag })), signal);
  return files;
}

/** What the listing says now; when that is not what was put, it is looked into by the next visit. */
function noteTag({ medium }: Listing, name: string, there: FarFile | undefined): void {
  const size = medium.find(name)?.size;
  if (there && (there.size === size || there.size === UNTOLD)) medium.wasPut(name, there.tag);
}

function isStale({ at, medium }: Listing, { now }: DeliverOptions): boolean {
  return medium.removes.size > 0 && Math.abs(now() - at) > FRESH_MS;
}

/** Returns whether the place refuses. */
async function removeAll(
  { medium, store, files }: Listing,
  later: ReadonlyMap<string, FarFile>,
  signal: AbortSignal,
): Promise<boolean> {
  // what makes them superfluous has to be there still: another visitor may be tidying, too
  const stay = [...files.keys()].filter((name) => BUNDLE.test(name) && !medium.removes.has(name));
  if (!stay.every((name) => later.has(name))) return false;
  for (const name of medium.removes) {
    try {
      await store.remove(name, signal);
    } catch (error) {
      if (error instanceof SatchelError && error.code === 'denied') return true;
      throw error;
    }
    medium.wasRemoved(name);
  }
  return false;
}
