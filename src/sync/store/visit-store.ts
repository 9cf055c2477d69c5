// Drives at a URL (spec/drive.md, "At a URL"): collect, visit, deliver; and small changes to what lies there.
import { SatchelError } from '../../format/error.js';
import { markDrive, newMarker } from '../drive/drive.js';
import type { Marker } from '../drive/marker.js';
import { readMemory } from '../drive/memory.js';
import { lockStore, spoolOf, writeStoreMemory } from '../drive/store-memory.js';
import { visitOn } from '../drive/visit.js';
import type { AuthorSource, VisitOptions } from '../drive/visit-options.js';
import type { VisitReport } from '../drive/visit-report.js';
import type { Session } from '../session.js';
import { type FarDrive, fetchBundles, fetchSmall, type Listing, listStore, smallIn } from './collect.js';
import { type Asked, countingStore } from './counting.js';
import { deliver } from './deliver.js';
import { clearSpool } from './spool.js';
import type { DriveStore } from './store.js';

/** Between putting a marker and looking whose is there, where a place replaces whatever has the name. */
const SETTLE_MS = 2_000;

/** So far a clock may be ahead of ours. */
const AHEAD_MS = 86_400_000;

/** How a place is used. */
export interface StoreOptions {
  readonly lockTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a drive there is visited. */
export interface StoreVisitOptions extends VisitOptions, StoreOptions {
  /** Bytes that may be fetched in one visit. */
  readonly maxFetch: number;
}

/** What a visit did, and what it asked for. */
export interface StoreVisit extends Asked {
  readonly report: VisitReport;
  /** The place lets nothing be removed, which was found out now. */
  readonly keepsAll: boolean;
}

/**
 * Visits the drive at a URL. What is not sealed is put there only when the user has said so, now or before.
 * @throws SatchelError `busy`, `no-drive`, and what the store throws before the visit; whatever happens later is in the report
 */
export function visitStore(
  session: Session,
  author: AuthorSource,
  store: DriveStore,
  options: StoreVisitOptions,
): Promise<StoreVisit> {
  const asked: Asked = { requests: 0, fetchedBytes: 0 };
  if (store.isReadOnly && (options.exportOnly || options.tidyOnly || options.oneWay || options.to))
    return Promise.reject(onlyRead(store));
  return withStore(session, countingStore(store, asked), options, async (listing, signal) => {
    const { layout, world } = session.repository;
    const drive = await fetchSmall(session, listing, signal);
    const memory = readMemory(layout, drive.id);
    const mayBeOpen = options.saysOpen === true || memory?.mayBeOpen === true;
    const { exportOnly, tidyOnly, dryRun, oneWay, maxFetch } = options;
    const importOnly = options.importOnly || store.isReadOnly;
    if (!mayBeOpen && options.uncompressed && !importOnly) throw notOpen(store.url);
    const mode = dryRun ? 'dry' : exportOnly || tidyOnly ? 'verify' : 'take';
    const collecting = { mode, maxFetch, isOver: options.isOver, begin: options.begin, signal } as const;
    const fetching = oneWay ? undefined : await fetchBundles(session, listing, drive, collecting);
    // read before the visit, which changes what is fetched by nothing
    const small = smallIn(session, listing, drive);
    let keepsAll = listing.before?.keepsAll === true && !tidyOnly;
    const before = keepsAll;
    const carryOut = async (): Promise<void> => {
      const done = await deliver(listing, { signal, id: drive.id, now: world.now, keepsAll });
      keepsAll ||= done.keepsAll;
    };
    const staged = { ...drive, fetching, mayBeOpen, deliver: carryOut };
    const seal = sealingThere(options.seal, mayBeOpen);
    const report = await visitOn(session, author, staged, { ...options, importOnly, seal });
    if (!dryRun)
      writeStoreMemory(layout, {
        url: store.url,
        drive: drive.id,
        small,
        ...(keepsAll && { keepsAll }),
        edition: latestEdition(listing, world.now()),
      });
    return { report, ...asked, keepsAll: keepsAll && !before };
  });
}

/** What is remembered of which list was seen: a number far ahead would shut out all lists of whoever publishes. */
function latestEdition({ store, before }: Listing, now: number): number | undefined {
  const edition = store.edition?.();
  return edition === undefined || edition > now + AHEAD_MS ? before?.edition : edition;
}

/** What its marker says does not make a drive open for whose user never did. */
function sealingThere(seal: VisitOptions['seal'], mayBeOpen: boolean): VisitOptions['seal'] {
  return mayBeOpen ? seal : 'always';
}

function onlyRead({ url }: DriveStore): SatchelError {
  return new SatchelError('usage', `${url} is only read, and nothing is put or removed there`, {
    hint: 'visit it without options that say what is written',
  });
}

function notOpen(url: string): SatchelError {
  return new SatchelError('usage', `what is uncompressed is open, and nothing open is put at ${url}`, {
    hint: 'say once with --open that it may be, or leave --uncompressed out',
  });
}

/** Does something with the drive at a URL; what that changes there is carried out afterwards. @throws SatchelError as {@link visitStore} */
export function withStoredDrive<T>(
  session: Session,
  store: DriveStore,
  options: StoreOptions,
  work: (drive: FarDrive) => T,
): Promise<T> {
  return withStore(session, store, options, async (listing, signal) => {
    const drive = await fetchSmall(session, listing, signal);
    const result = work(drive);
    await deliver(listing, { signal, id: drive.id, now: session.repository.world.now });
    return result;
  });
}

/**
 * Makes a drive of the place at a URL, unless there is one; returns whether it was made now. When two do so at once, both
 * find the same one afterwards, which the place decides.
 * @throws SatchelError `usage` for a place that holds something else
 */
export function createStoredDrive(
  session: Session,
  store: DriveStore,
  { settleMs = SETTLE_MS, ...options }: StoreOptions & Pick<Marker, 'label' | 'isOpen'> & { settleMs?: number },
): Promise<boolean> {
  return withStore(session, store, options, async (listing, signal) => {
    if (await isDriveThere(session, listing, signal)) return false;
    const { random, now } = session.repository.world;
    const marker = newMarker(listing.medium, { ...options, random });
    markDrive(listing.medium, marker, now());
    await deliver(listing, { signal, now });
    if (!store.isExclusive) await wait(settleMs);
    return true;
  });
}

async function isDriveThere(session: Session, listing: Listing, signal: AbortSignal): Promise<boolean> {
  try {
    await fetchSmall(session, listing, signal);
    return true;
  } catch (error) {
    if (error instanceof SatchelError && error.code === 'no-drive') return false;
    throw error;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/** Works with what is listed, alone in this repository, and leaves no spool behind. @throws SatchelError `busy`, or as the store does */
export async function withStore<T>(
  session: Session,
  store: DriveStore,
  { lockTimeoutMs, signal = new AbortController().signal }: StoreOptions,
  work: (listing: Listing, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { layout } = session.repository;
  const release = lockStore(layout, store.url, lockTimeoutMs);
  try {
    return await work(await listStore(session, store, signal), signal);
  } finally {
    clearSpool(spoolOf(layout, store.url));
    release();
  }
}
