// A whole repository as one sealed file, but for the keys that sign (spec/backup.md).
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { sealPieces } from '../../format/sealed/payload.js';
import type { NewHeader } from '../../identity/age.js';
import { formerOf } from '../../identity/former.js';
import type { Secrets } from '../../identity/secrets.js';
import { readSelf } from '../../identity/self.js';
import { disk, type Handle } from '../../repository/disk.js';
import { isMissing, onDisk } from '../../repository/files.js';
import { REPOSITORY_VERSION } from '../../repository/layout.js';
import type { Repository } from '../../repository/repository.js';
import { readState, stateFile } from '../../repository/state.js';
import { readFully } from '../../repository/store/fully.js';
import { ABOUT_NAME, encodeAbout, encodeOpeningKeys, RECIPIENTS_NAME } from './members.js';
import { backupNames } from './places.js';
import { type TarMember, tarOf } from './tar.js';

/** What is never written to once it is there: it may be read when its turn comes, and what is gone by then nobody needs. */
const SETTLED = /^(?:objects\/blobs|proofs|pasts|quarantine)\//;
/** What is no larger is read at once; what is larger stays open, and is read as far as it reached. */
const SMALL = 65_536;
const PIECE = 1_048_576;

/** A repository as it is at one moment. */
export interface Snapshot {
  /** When that was, ms. */
  readonly at: number;
  /** Files in it so far; what is gone by its turn is not counted. */
  readonly files: number;
  members(): Iterable<TarMember>;
  close(): void;
}

/** Looks at the repository under its lock, which is held no longer than that: what is written afterwards is not in it. */
export function snapshotOf(repository: Repository, secrets: Secrets): Snapshot {
  return repository.locked(() => new FrozenFiles(repository, secrets));
}

class FrozenFiles implements Snapshot {
  files = 0;
  readonly at: number;
  readonly #root: string;
  readonly #first: readonly TarMember[];
  readonly #small: readonly TarMember[];
  readonly #open = new Map<string, { readonly handle: Handle; readonly size: number }>();
  readonly #settled: readonly string[];

  constructor({ directory, layout, world }: Repository, secrets: Secrets) {
    this.at = world.now();
    this.#root = layout.root;
    const self = readSelf(directory);
    const decided = (readState(layout, 'written')?.decided ?? []).filter((at) => at !== 'refs/self.json');
    const about = { made: this.at, repository: REPOSITORY_VERSION, ...formerOf(self) };
    const former = stateFile('former', formerOf(self));
    const written = stateFile('written', { format: REPOSITORY_VERSION, decided });
    this.#first = [
      inMemory(ABOUT_NAME, encodeAbout(about)),
      inMemory(RECIPIENTS_NAME, encodeOpeningKeys(secrets)),
      inMemory(former.at, former.bytes),
      inMemory(written.at, written.bytes),
    ];
    const names = backupNames(layout);
    this.#settled = names.filter((name) => SETTLED.test(name));
    this.#small = names.filter((name) => !SETTLED.test(name)).flatMap((name) => this.#take(name) ?? []);
  }

  *members(): Generator<TarMember> {
    for (const member of [...this.#first, ...this.#small]) yield this.#counted(member);
    for (const [name, { handle, size }] of this.#open) yield this.#counted(ofHandle(name, handle, size));
    for (const name of this.#settled) yield* this.#whenItsTurnComes(name);
  }

  close(): void {
    for (const { handle } of this.#open.values()) disk.close(handle);
    this.#open.clear();
  }

  #counted(member: TarMember): TarMember {
    this.files++;
    return member;
  }

  /** A small one as it is; a large one stays open. */
  #take(name: string): TarMember | undefined {
    const file = path.join(this.#root, name);
    return onDisk(`reading ${file}`, () => {
      const handle = disk.open(file, 'reading-itself');
      const { size } = disk.statOpen(handle);
      if (size > SMALL) {
        this.#open.set(name, { handle, size });
        return undefined;
      }
      try {
        return inMemory(name, piecesOf(handle, size).next().value ?? Buffer.alloc(0));
      } finally {
        disk.close(handle);
      }
    });
  }

  *#whenItsTurnComes(name: string): Generator<TarMember> {
    const handle = openIfThere(path.join(this.#root, name));
    if (handle === undefined) return;
    try {
      yield this.#counted(ofHandle(name, handle, disk.statOpen(handle).size));
    } finally {
      disk.close(handle);
    }
  }
}

/** The bytes of the sealed backup, piece by piece. `nonce` has 16 bytes and is new. @throws SatchelError `io` */
export async function* sealedBackup(snapshot: Snapshot, header: NewHeader, nonce: Buffer): AsyncGenerator<Buffer> {
  yield header.bytes;
  yield* sealPieces(tarOf(snapshot.members(), snapshot.at), header.fileKey, nonce);
}

function inMemory(name: string, bytes: Buffer): TarMember {
  return { name, size: bytes.length, pieces: () => (bytes.length > 0 ? [bytes] : []) };
}

function ofHandle(name: string, handle: Handle, size: number): TarMember {
  return { name, size, pieces: () => piecesOf(handle, size) };
}

function* piecesOf(handle: Handle, size: number): Generator<Buffer> {
  for (let at = 0; at < size; ) {
    const piece = Buffer.alloc(Math.min(PIECE, size - at));
    const got = onDisk('reading the repository', () => readFully(handle, piece, at));
    if (got < piece.length)
      throw new SatchelError('changed', 'a file of the repository became shorter while it was read', {
        hint: 'run the same command again',
      });
    yield piece;
    at += got;
  }
}

function openIfThere(file: string): Handle | undefined {
  try {
    return disk.open(file, 'reading-itself');
  } catch (error) {
    if (isMissing(error)) return undefined;
    return onDisk(`reading ${file}`, () => {
      throw error;
    });
  }
}
