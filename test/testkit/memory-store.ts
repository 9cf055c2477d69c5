// A store of named bytes that is far away, in memory: it lists, gets, puts and removes, and each request may fail. With it, one
// visit in its three steps: collect, visit, deliver.
import fs from 'node:fs';
import path from 'node:path';
import { SatchelError } from '../../src/format/error.js';
import { driveOn, markDrive } from '../../src/sync/drive/drive.js';
import { MARKER } from '../../src/sync/drive/marker.js';
import { readMemory } from '../../src/sync/drive/memory.js';
import { bundlesToOpen } from '../../src/sync/drive/scan.js';
import { visitOn } from '../../src/sync/drive/visit.js';
import type { VisitOptions } from '../../src/sync/drive/visit-options.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { type FarFile, type StagedMedium, stagedMedium } from '../../src/sync/medium/staged.js';
import type { Replica } from './replica.js';
import { sha256 } from './wire.js';

/** The store; what it holds is there for tests to look at. */
export class MemoryStore {
  readonly files = new Map<string, Buffer>();
  /** Requests so far, in words. */
  requests: string[] = [];
  /** Which request fails, from 1; all that follow do, too. */
  failsFrom = Number.POSITIVE_INFINITY;
  /** What is thrown then. */
  failure: () => Error = () => new SatchelError('io', 'the store cannot be reached');

  async list(): Promise<ReadonlyMap<string, FarFile>> {
    await this.#request('list');
    return new Map([...this.files].map(([name, bytes]) => [name, { size: bytes.length, tag: tagOf(bytes) }]));
  }

  async get(name: string): Promise<Buffer | undefined> {
    await this.#request(`get ${name}`);
    return this.files.get(name);
  }

  async put(name: string, bytes: Buffer): Promise<string> {
    await this.#request(`put ${name}`);
    this.files.set(name, bytes);
    return tagOf(bytes);
  }

  async remove(name: string): Promise<void> {
    await this.#request(`remove ${name}`);
    this.files.delete(name);
  }

  async #request(what: string): Promise<void> {
    await Promise.resolve();
    this.requests.push(what);
    if (this.requests.length >= this.failsFrom) throw this.failure();
  }
}

/** What the store calls the content. */
export function tagOf(bytes: Buffer): string {
  return sha256(bytes).toString('hex');
}

/** Makes a drive of an empty store, by way of a spool. */
export async function makeStoredDrive(store: MemoryStore, spool: string): Promise<void> {
  const medium = stage(await store.list(), spool);
  markDrive(medium, { id: '5'.repeat(32), label: 'far away' }, 0);
  await deliver(store, medium);
}

/** One visit to the drive in the store. */
export async function visitStore(
  replica: Replica,
  store: MemoryStore,
  options: Partial<VisitOptions> = {},
): Promise<VisitReport> {
  const spool = path.join(replica.repository.layout.tmp, 'far');
  fs.rmSync(spool, { recursive: true, force: true });
  const medium = stage(await store.list(), spool);
  await fetch(store, medium, [MARKER, ...medium.names('people').map((name) => `people/${name}`)]);
  const drive = driveOn(medium);
  const { session } = replica;
  const memory = readMemory(session.repository.layout, drive.id);
  await fetch(store, medium, bundlesToOpen(session, drive, memory, 'take'));
  const staged = { ...drive, deliver: () => deliver(store, medium) };
  return visitOn(session, await replica.author(), staged, { lockTimeoutMs: 1_000, ...options });
}

function stage(listing: ReadonlyMap<string, FarFile>, spool: string): StagedMedium {
  return stagedMedium({ where: 'memory://drive', listing, tagsContent: true, spool });
}

async function fetch(store: MemoryStore, medium: StagedMedium, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const bytes = await store.get(name);
    if (!bytes) continue;
    fs.mkdirSync(path.dirname(medium.fetchedAt(name)), { recursive: true });
    fs.writeFileSync(medium.fetchedAt(name), bytes);
  }
}

async function deliver(store: MemoryStore, medium: StagedMedium): Promise<void> {
  for (const [name, file] of medium.puts) medium.wasPut(name, await store.put(name, fs.readFileSync(file)));
  for (const name of medium.removes) {
    await store.remove(name);
    medium.wasRemoved(name);
  }
}
