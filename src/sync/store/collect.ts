// The first of three steps of a visit to a store: what lies there is listed, and what the visit will look into is fetched
// (spec/drive.md, "At a URL").
import { createHash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import { BUNDLE_MAX } from '../../format/limits.js';
import { type Drive, driveOn, PEOPLE } from '../drive/drive.js';
import { MARKER, MARKER_MAX } from '../drive/marker.js';
import { type DriveMemory, readMemory } from '../drive/memory.js';
import { cardNamesOf, placeOfCard, readPeople } from '../drive/people.js';
import { bundlesToOpen } from '../drive/scan.js';
import { readStoreMemory, type StoreMemory, spoolOf } from '../drive/store-memory.js';
import type { TakeMode } from '../drive/take.js';
import { isSafeName } from '../medium/names.js';
import type { FarFile, StagedMedium } from '../medium/staged.js';
import { stagedMedium } from '../medium/staged.js';
import type { Session } from '../session.js';
import { clearSpool, keepFetched, openFetched, readFetched } from './spool.js';
import type { DriveStore } from './store.js';

/** Files of which notice is taken, besides those that are known. */
const LISTED_MAX = 131_072;
/** Cards of people who are no contacts that are looked at. */
const STRANGERS_MAX = 256;
const CARD_MAX = 1_024;
const TOGETHER = 4;
const NAME_DIGITS = 24;
const NAMED = /^[0-9a-f]{24}\.satchel$/;
const CARD = /^people\/([0-9a-f]{64})\.card$/;

/** A place as it was listed, with what was fetched of it. */
export interface Listing {
  readonly store: DriveStore;
  readonly medium: StagedMedium;
  /** By name; sizes that were not told are filled in once they are known. */
  readonly files: Map<string, FarFile>;
  readonly before: StoreMemory | undefined;
  /** When it was listed, ms. */
  readonly at: number;
}

/** How much may be fetched, and until when. */
export interface CollectOptions {
  readonly mode: TakeMode;
  readonly maxFetch: number;
  readonly isOver?: (() => boolean) | undefined;
  readonly begin?: ((name: string, bytes: number) => void) | undefined;
  readonly signal: AbortSignal;
}

/** What came of fetching bundles. */
export interface Fetching {
  /** Files that stay there for now: there was no time, or they are too many bytes for one visit. */
  readonly isCut: boolean;
  /** Files that did not come whole. */
  readonly failed: ReadonlyMap<string, SatchelError>;
  /** What ended it early. */
  readonly failure: SatchelError | undefined;
}

/** Lists the place; nothing is fetched yet. @throws SatchelError as the store does */
export async function listStore(session: Session, store: DriveStore, signal: AbortSignal): Promise<Listing> {
  const { layout, world } = session.repository;
  const spool = spoolOf(layout, store.url);
  clearSpool(spool);
  const before = readStoreMemory(layout, store.url);
  const memory = before && readMemory(layout, before.drive);
  const at = world.now();
  const files = await filesIn(store, new Set([...Object.keys(memory?.files ?? {}), ...cardsOf(session)]), signal);
  assertNotOlder(store, before);
  fillSizes(files, memory);
  const medium = stagedMedium({ where: store.url, listing: files, tagsContent: true, spool });
  return { store, medium, files, before, at };
}

/** What is published stays what it was: who answers with an older list takes nothing back. @throws SatchelError `outdated` */
function assertNotOlder({ url, edition }: DriveStore, before: StoreMemory | undefined): void {
  if (before?.edition === undefined || (edition?.() ?? before.edition) >= before.edition) return;
  throw new SatchelError('outdated', `${url} shows an older list than it did before`, {
    hint: 'nothing is taken back; run the same command again later: something on the way may still keep what was there',
  });
}

/** However many files somebody puts there, those that are known are not lost among them. */
async function filesIn(
  store: DriveStore,
  known: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, FarFile>> {
  const files = new Map<string, FarFile>();
  await store.list(({ name, size, tag }) => {
    if (!isSafeName(name) || (files.size >= LISTED_MAX && name !== MARKER && !known.has(name))) return;
    files.set(name, { size: size ?? UNTOLD, tag });
  }, signal);
  return files;
}

/** In the place of a size that nobody told. */
export const UNTOLD = -1;

/** A file with the same tag has the same size. */
function fillSizes(files: Map<string, FarFile>, memory: DriveMemory | undefined): void {
  for (const [name, { size, tag }] of files) {
    const before = memory?.files[name];
    if (size === UNTOLD && before && before.tag === tag) files.set(name, { size: before.size, tag });
  }
}

function cardsOf(session: Session): string[] {
  return cardNamesOf(session).map((id) => `${PEOPLE}/${id}.card`);
}

/** A drive at a URL with its cards, and nothing else of it. */
export type FarDrive = Drive & { readonly medium: StagedMedium };

/** Fetches the marker and the cards, but for those that are known by their tags. @throws SatchelError `no-drive`, `changed` besides */
export async function fetchSmall(session: Session, listing: Listing, signal: AbortSignal): Promise<FarDrive> {
  const { files, medium, store } = listing;
  // a listing may lag behind
  if (!files.has(MARKER)) files.set(MARKER, { size: UNTOLD, tag: undefined });
  await fetchOneSmall(listing, MARKER, signal);
  if (!medium.isFetched(MARKER)) throw noDrive(store.url);
  const drive = driveOn(medium);
  const own = new Set(cardsOf(session));
  const cards = [...files.keys()].filter((name) => CARD.test(name)).sort();
  const strangers = cards.filter((name) => !own.has(name)).slice(0, STRANGERS_MAX);
  const wanted = [...cards.filter((name) => own.has(name)), ...strangers];
  await each(wanted, (name) => fetchOneSmall(listing, name, signal));
  return drive;
}

/** One that is longer than it may be is passed over, and so is a card that is not what was listed: of a marker that has to be said. */
async function fetchOneSmall({ store, medium, files, before }: Listing, name: string, signal: AbortSignal) {
  const listed = files.get(name);
  const kept = before?.small[name];
  const file = medium.fetchedAt(name);
  if (kept && listed?.tag === kept.tag) {
    const bytes = Buffer.from(kept.bytes, 'base64');
    keepFetched(file, bytes);
    files.set(name, { size: bytes.length, tag: kept.tag });
    medium.wasFetched(name);
    return;
  }
  const most = name === MARKER ? MARKER_MAX : CARD_MAX;
  const fetched = openFetched(file, { name, most });
  const orPassedOver = (error: unknown): false => {
    if (error instanceof SatchelError && error.code === 'changed' && (fetched.isTooLong || name !== MARKER))
      return false;
    throw error;
  };
  const isThere = await store.get(name, fetched.add, signal).catch(orPassedOver).finally(fetched.close);
  if (!isThere) {
    files.delete(name);
    return;
  }
  files.set(name, { size: fetched.size, tag: listed?.tag });
  medium.wasFetched(name);
}

/** Fetches the bundles that a visit will look into; those that are not known first. What goes wrong is in what it returns. */
export async function fetchBundles(
  session: Session,
  listing: Listing,
  drive: Drive,
  options: CollectOptions,
): Promise<Fetching> {
  const memory = readMemory(session.repository.layout, drive.id);
  const names = bundlesToOpen(session, drive, memory, options.mode);
  const fetcher = new Fetcher(listing, options);
  const known = names.filter((name) => memory?.files[name]);
  const others = names.filter((name) => !memory?.files[name]);
  const size = (name: string): number => listing.files.get(name)?.size ?? 0;
  // what is small brings more news a byte, and somebody's flood is put last
  const bySize = others.sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1));
  // what is known already must not take the place of news in each visit
  await each([...bySize, ...known], (name) => fetcher.fetch(name));
  return fetcher;
}

class Fetcher implements Fetching {
  readonly failed = new Map<string, SatchelError>();
  failure: SatchelError | undefined;
  isCut = false;
  readonly #listing: Listing;
  readonly #options: CollectOptions;
  #bytes = 0;

  constructor(listing: Listing, options: CollectOptions) {
    this.#listing = listing;
    this.#options = options;
  }

  async fetch(name: string): Promise<void> {
    const { maxFetch, isOver, begin } = this.#options;
    const size = Math.max(0, this.#listing.files.get(name)?.size ?? 0);
    // the first one goes however large it is, else it would never
    const isTooMuch = this.#bytes > 0 && this.#bytes + size > maxFetch;
    if (isTooMuch || isOver?.()) this.isCut = true;
    if (this.failure || isTooMuch || isOver?.()) return;
    this.#bytes += size;
    begin?.(name, size);
    try {
      this.#bytes += Math.max(0, (await this.#get(name)) - size);
    } catch (error) {
      this.#note(name, error);
    }
  }

  #note(name: string, error: unknown): void {
    if (!(error instanceof SatchelError)) throw error;
    if (error.code === 'changed') this.failed.set(name, error);
    else this.failure ??= error;
  }

  /** Returns the bytes it has. @throws SatchelError `changed` for one that has more or fewer than were listed */
  async #get(name: string): Promise<number> {
    const { medium, files } = this.#listing;
    const { size = UNTOLD, tag = undefined } = files.get(name) ?? {};
    const most = size === UNTOLD ? BUNDLE_MAX : size;
    let got = await this.#getOnce(name, most);
    // what was spoilt on the way comes whole the next time; what stays so is judged like any file
    if (got && !got.isNamedRight) got = await this.#getOnce(name, most);
    if (!got) {
      files.delete(name);
      return 0;
    }
    if (size !== UNTOLD && got.size !== size) throw tooShort(name);
    files.set(name, { size: got.size, tag });
    medium.wasFetched(name);
    return got.size;
  }

  async #getOnce(name: string, most: number): Promise<Got | undefined> {
    const { store, medium } = this.#listing;
    const fetched = openFetched(medium.fetchedAt(name), { name, most });
    const hashing = createHash('sha256');
    const add = (bytes: Buffer): void => {
      fetched.add(bytes);
      hashing.update(bytes);
    };
    const isThere = await store.get(name, add, this.#options.signal).finally(fetched.close);
    if (!isThere) return undefined;
    const isNamedRight = !NAMED.test(name) || hashing.digest('hex').startsWith(name.slice(0, NAME_DIGITS));
    return { size: fetched.size, isNamedRight };
  }
}

/** A file that came. */
interface Got {
  readonly size: number;
  /** Its name does not say that its bytes are others. */
  readonly isNamedRight: boolean;
}

/** The small files with their tags, to be remembered; not a card of somebody we know that came as none. */
export function smallIn(session: Session, { files }: Listing, drive: FarDrive): StoreMemory['small'] {
  const { medium } = drive;
  const read = new Set(readPeople(drive, cardNamesOf(session)).map(placeOfCard));
  const spoilt = new Set(cardsOf(session).filter((name) => !read.has(name)));
  const small = [...files].flatMap(([name, { tag }]) => {
    if (tag === undefined || !(name === MARKER || CARD.test(name)) || !medium.isFetched(name)) return [];
    if (spoilt.has(name)) return [];
    return [[name, { tag, bytes: readFetched(medium.fetchedAt(name)).toString('base64') }] as const];
  });
  return Object.fromEntries(small);
}

async function each(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
  const left = [...names].reverse();
  const runner = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) await work(name);
  };
  const runs = Array.from({ length: Math.min(TOGETHER, names.length) }, () =>
    runner().catch((error) => {
      left.length = 0;
      throw error;
    }),
  );
  // nobody writes to the spool any more when this is over
  await Promise.allSettled(runs);
  await Promise.all(runs);
}

function tooShort(name: string): SatchelError {
  return new SatchelError('changed', `${name} came with fewer bytes than were listed`, {
    hint: 'it is fetched again with the next visit',
  });
}

function noDrive(url: string): SatchelError {
  return new SatchelError('no-drive', `there is no satchel drive at ${url}`, {
    hint: `run "satchel drive init ${url}" to make it one`,
  });
}
