// A store that lies: it lists what was there a while ago, tells tags of other content, sends too little or too much, tears what is
// put, is full, refuses, or cannot be reached.
import fs from 'node:fs';
import { SatchelError } from '../../src/format/error.js';
import type { ListedInStore, LocalFile } from '../../src/sync/store/store.js';
import { MemoryStore, tagOf } from './memory-store.js';

/** What it may do at a request. */
export const STORE_LIES = [
  'lags',
  'tells old tags',
  'sends less',
  'sends more',
  'sends other bytes',
  'tears',
  'forgets',
  'is full',
  'refuses',
  'is away',
  'says broken things',
] as const;
export type StoreLie = (typeof STORE_LIES)[number];

/** The store; its lies stop when it is told to be honest. */
export class LyingStore extends MemoryStore {
  isHonest = false;
  readonly told = new Set<StoreLie>();
  readonly #lies: (possible: readonly StoreLie[]) => StoreLie | undefined;
  #before = new Map<string, Buffer>();

  constructor(lies: (possible: readonly StoreLie[]) => StoreLie | undefined) {
    super();
    this.#lies = lies;
  }

  override async list(each: (file: ListedInStore) => void): Promise<void> {
    await this.request('list');
    const lie = this.#lie('lags', 'tells old tags');
    for (const [name, bytes] of lie === 'lags' ? this.#before : this.files) {
      const told = lie ? (this.#before.get(name) ?? bytes) : bytes;
      each({ name, size: bytes.length, tag: tagOf(told) });
    }
  }

  override async get(name: string, write: (bytes: Buffer) => void): Promise<boolean> {
    await this.request(`get ${name}`);
    const bytes = this.files.get(name);
    if (!bytes) return false;
    const lie = this.#lie('sends less', 'sends more', 'sends other bytes');
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    if (lie === 'sends less') write(half);
    else if (lie === 'sends more') for (let i = 0; i < 50; i++) write(bytes);
    else write(lie ? Buffer.concat([half, Buffer.alloc(bytes.length - half.length)]) : bytes);
    return true;
  }

  override async put(name: string, file: LocalFile): Promise<{ readonly tag?: string }> {
    await this.request(`put ${name}`);
    this.#before = new Map(this.files);
    const bytes = fs.readFileSync(file.path);
    const lie = this.#lie('tears', 'forgets', 'is full');
    if (lie === 'is full') throw new SatchelError('no-space', 'full');
    if (lie !== 'forgets') this.files.set(name, lie ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes);
    return {};
  }

  override async remove(name: string): Promise<void> {
    await this.request(`remove ${name}`);
    if (this.#lie('refuses')) throw new SatchelError('denied', 'no');
    this.#before = new Map(this.files);
    this.files.delete(name);
  }

  protected override async request(what: string): Promise<void> {
    await super.request(what);
    if (this.#lie('is away')) throw new SatchelError('unreachable', 'away');
    if (this.#lie('says broken things')) throw new SatchelError('io', 'broken');
  }

  #lie(...possible: StoreLie[]): StoreLie | undefined {
    const lie = this.isHonest ? undefined : this.#lies(possible);
    if (lie) this.told.add(lie);
    return lie;
  }
}
