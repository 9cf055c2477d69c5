// The list of a drive at a URL that is published there, put after all else (spec/drive.md, "Published").
import { createHash, hash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import type { Drive } from '../drive/drive.js';
import { DRIVE_INDEX, editionIn, encodeIndex, type Published, publishedNames } from '../drive/drive-index.js';
import { readMemory, type SeenFile } from '../drive/memory.js';
import { placeSmall } from '../drive/small-file.js';
import type { Session } from '../session.js';
import { fetchSmall, type Listing } from './collect.js';
import { deliver } from './deliver.js';
import { readFetched } from './spool.js';
import type { DriveStore } from './store.js';
import { type StoreOptions, withStore } from './visit-store.js';

/** What was listed. */
export interface StoreIndex {
  readonly drive: Drive;
  readonly files: readonly Published[];
  /** Where others read it, as far as the place says that. */
  readonly addresses: readonly string[];
}

/**
 * Puts the list of what lies at a URL there. What was verified here is not fetched for it.
 * @throws SatchelError `usage` where nobody writes, `busy`, `no-drive`, or as the store does
 */
export function indexStore(session: Session, store: DriveStore, options: StoreOptions): Promise<StoreIndex> {
  if (store.isReadOnly)
    return Promise.reject(
      new SatchelError('usage', `${store.url} is only read; its list is written where it is published from`),
    );
  return withStore(session, store, options, async (listing, signal) => {
    const { layout, world } = session.repository;
    const drive = await fetchSmall(session, listing, signal);
    const seen = readMemory(layout, drive.id)?.files ?? {};
    const files: Published[] = [];
    for (const name of publishedNames(drive)) {
      const file = await publishedIn(listing, name, { seen: seen[name], signal });
      if (file) files.push(file);
    }
    const before = listing.files.has(DRIVE_INDEX) ? await editionOf(store, signal) : undefined;
    placeSmall(drive.medium, DRIVE_INDEX, encodeIndex(files, world.now(), before));
    await deliver(listing, { signal, id: drive.id, now: world.now });
    return { drive, files, addresses: (await store.addresses?.(signal)) ?? [] };
  });
}

/** Undefined when it is gone. */
async function publishedIn(
  { store, medium, files }: Listing,
  name: string,
  { seen, signal }: { readonly seen: SeenFile | undefined; readonly signal: AbortSignal },
): Promise<Published | undefined> {
  if (medium.isFetched(name)) {
    const bytes = readFetched(medium.fetchedAt(name));
    return { name, size: bytes.length, digest: hash('sha256', bytes) };
  }
  const tag = files.get(name)?.tag;
  if (seen?.digest !== undefined && tag !== undefined && seen.tag === tag)
    return { name, size: seen.size, digest: seen.digest };
  const hashing = createHash('sha256');
  let size = 0;
  const add = (bytes: Buffer): void => {
    size += bytes.length;
    hashing.update(bytes);
  };
  return (await store.get(name, add, signal)) ? { name, size, digest: hashing.digest('hex') } : undefined;
}

/** Of the list that is there. */
async function editionOf(store: DriveStore, signal: AbortSignal): Promise<number | undefined> {
  const enough = new Error();
  let head = Buffer.alloc(0);
  const add = (bytes: Buffer): void => {
    head = Buffer.concat([head, bytes]);
    if (head.includes('\n') || head.length > HEAD_ENOUGH) throw enough;
  };
  try {
    await store.get(DRIVE_INDEX, add, signal);
  } catch (error) {
    if (error !== enough) throw error;
  }
  return editionIn(head);
}

const HEAD_ENOUGH = 1_024;
