// Who still needs a chunk of an attachment that lies on a drive (spec/drive.md, "Tidying").

import type { Digest } from '../../format/ids.js';
import type { ChunkList } from '../../format/log/blob.js';
import { blobReferences } from '../../repository/store/blob-refs.js';
import { ALL, type Lacked, lackedBy } from '../blobs/lacked.js';
import { byRoot, expiryOf, missingDigests } from '../blobs/wanted.js';
import type { Recipient } from '../known/recipients.js';
import type { Session } from '../session.js';
import type { ChunkOnDrive } from './chunks.js';

/** Tells, for some people and ourselves, which chunks are needed. */
export class ChunkNeeds {
  readonly #session: Session;
  readonly #people: readonly Recipient[];
  #known: ReadonlySet<Digest> | undefined;
  #listed: ReadonlySet<Digest> | undefined;
  #needed: ReadonlySet<Digest> | undefined;
  /** Blobs that somebody lacks and whose chunks nobody here knows. */
  readonly #unlisted = new Set<Digest>();

  constructor(session: Session, people: readonly Recipient[]) {
    this.#session = session;
    this.#people = people;
  }

  /** Whether one of them lacks it, or may: of a blob that no entry here refers to, or ever did, nobody here can tell. */
  isNeeded({ digest, root }: ChunkOnDrive): boolean {
    this.#needed ??= this.#find();
    if (this.#needed.has(digest)) return true;
    if (root === undefined) return !this.#isListed(digest);
    return this.#unlisted.has(root) || !this.#isReferredTo(root);
  }

  #isReferredTo(root: Digest): boolean {
    this.#known ??= new Set([...blobReferences(this.#session.repository, { gone: true })].map((one) => one.root));
    return this.#known.has(root);
  }

  /** Whether a chunk list that is here names it: its own bundle had none, because its recipients had it. */
  #isListed(digest: Digest): boolean {
    this.#listed ??= new Set(this.#digestsListed());
    return this.#listed.has(digest);
  }

  *#digestsListed(): Generator<Digest> {
    const { repository } = this.#session;
    for (const { root } of blobReferences(repository, { gone: true })) {
      const list = repository.blobs.list(root);
      for (let i = 0; i < (list?.count ?? 0); i++) if (list) yield list.hash(i);
    }
  }

  #find(): ReadonlySet<Digest> {
    const { repository } = this.#session;
    const needed = new Set(missingDigests(this.#session));
    const tellers = this.#people.map((person) => lackedBy(repository, person));
    const live = [...blobReferences(repository, { hasExpired: expiryOf(this.#session) })];
    for (const [root, references] of byRoot(live.filter(({ frozen }) => !frozen))) {
      const lacked = tellers.map((tell) => tell(root, references)).filter((one) => one !== undefined);
      if (lacked.length === 0) continue;
      const list = repository.blobs.list(root);
      if (!list) this.#unlisted.add(root);
      else for (const digest of digestsOf(root, list, lacked)) needed.add(digest);
    }
    return needed;
  }
}

function* digestsOf(root: Digest, list: ChunkList, lacked: readonly Lacked[]): Generator<Digest> {
  const isAll = lacked.includes(ALL);
  if (isAll) yield root;
  const ranges = isAll ? [{ from: 0, end: list.count }] : lacked.flatMap((one) => (one === ALL ? [] : (one ?? [])));
  for (const { from, end } of ranges) for (let i = from; i < Math.min(end, list.count); i++) yield list.hash(i);
}
