// A store of named bytes that is far away, in memory: it lists, gets, puts and removes, and each request may fail.
import fs from 'node:fs';
import { SatchelError } from '../../src/format/error.js';
import { encodeMarker, MARKER } from '../../src/sync/drive/marker.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import type { DriveStore, ListedInStore, LocalFile } from '../../src/sync/store/store.js';
import { type StoreVisitOptions, visitStore } from '../../src/sync/store/visit-store.js';
import { knownKey } from './open-sealed.js';
import type { Replica } from './replica.js';
import { sha256 } from './wire.js';

/** The store; what it holds is there for tests to look at. */
export class MemoryStore implements DriveStore {
  readonly url = 'memory://drive';
  readonly isExclusive = false;
  readonly files = new Map<string, Buffer>();
  /** Requests so far, in words. */
  requests: string[] = [];
  /** Which request fails, from 1; all that follow do, too. */
  failsFrom = Number.POSITIVE_INFINITY;
  /** What is thrown then. */
  failure: () => Error = () => new SatchelError('unreachable', 'the store cannot be reached');

  async list(each: (file: ListedInStore) => void): Promise<void> {
    await this.request('list');
    for (const [name, bytes] of this.files) each({ name, size: bytes.length, tag: tagOf(bytes) });
  }

  async get(name: string, write: (bytes: Buffer) => void): Promise<boolean> {
    await this.request(`get ${name}`);
    const bytes = this.files.get(name);
    if (bytes) write(bytes);
    return bytes !== undefined;
  }

  async put(name: string, file: LocalFile): Promise<{ readonly tag?: string }> {
    await this.request(`put ${name}`);
    const bytes = fs.readFileSync(file.path);
    this.files.set(name, bytes);
    return { tag: tagOf(bytes) };
  }

  async remove(name: string): Promise<void> {
    await this.request(`remove ${name}`);
    this.files.delete(name);
  }

  protected async request(what: string): Promise<void> {
    await Promise.resolve();
    this.requests.push(what);
    if (this.requests.length >= this.failsFrom) throw this.failure();
  }

  /** Names of the bundles in it. */
  bundles(): string[] {
    return [...this.files.keys()].filter((name) => name.endsWith('.satchel')).sort();
  }
}

/** What the store calls the content. */
export function tagOf(bytes: Buffer): string {
  return sha256(bytes).toString('hex');
}

/** Makes a drive of an empty store. */
export function markStore(store: MemoryStore, id = '5'.repeat(32)): void {
  store.files.set(MARKER, encodeMarker({ id, label: 'far away' }, 0));
}

/** One visit to the drive in a store. */
export async function visitFar(
  replica: Replica,
  store: DriveStore,
  options: Partial<StoreVisitOptions> = {},
): Promise<VisitReport> {
  const keys = knownKey(replica.directory);
  const how = { lockTimeoutMs: 1_000, maxFetch: 2 ** 28, saysOpen: true, keys, seal: replica.seal, ...options };
  return (await visitStore(replica.session, await replica.author(), store, how)).report;
}
