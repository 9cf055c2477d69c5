// A backup becomes a repository: a new device, which has no identity yet (spec/backup.md, "Restoring"). Unpacked beside the place
// where it goes, and moved there as a whole, so that a restore that was cut off leaves nothing that looks like one.
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import { openedChunks, type PayloadPlace } from '../../format/sealed/payload.js';
import { createAgeIdentity } from '../../identity/age.js';
import { writeSecrets } from '../../identity/keys.js';
import type { Secrets } from '../../identity/secrets.js';
import { assertNoRepository } from '../../repository/create.js';
import { disk, type Handle } from '../../repository/disk.js';
import { onDisk, writeAtomic } from '../../repository/files.js';
import { type Layout, layoutOf, REPOSITORY_FORMAT } from '../../repository/layout.js';
import { acquireLock } from '../../repository/lock.js';
import type { World } from '../../repository/repository.js';
import { writeFully } from '../../repository/store/fully.js';
import { type ArchiveBounds, type Member, type MemberContent, readMembers } from '../import/archive/members.js';
import type { OpenFile } from '../import/source.js';
import {
  ABOUT_NAME,
  type About,
  decodeAbout,
  decodeOpeningKeys,
  type OpeningKeys,
  RECIPIENTS_NAME,
  SMALL_MEMBER_MAX,
} from './members.js';
import { isBackupName } from './places.js';

/** Where it is unpacked, beside `.satchel`. */
const UNPACKED = '.satchel-restoring';
/** Whoever opens it has made it: only what no repository reaches is refused. */
const OWN: ArchiveBounds = { members: 16_777_216, bytes: Number.MAX_SAFE_INTEGER };

/** Where a repository is to be, and how its new keys are kept. */
export interface RestorePlace {
  /** The directory that is to hold `.satchel`. */
  readonly directory: string;
  readonly world: World;
  /** For the secret keys of the new device. */
  readonly passphrase?: string | undefined;
  readonly lockTimeoutMs: number;
  /**
   * Makes somebody of the new device, with these secret keys, in a repository that is all there but its keys and identity; what it
   * does is part of the whole. Gives back the keys as they are then. Without it the device is nobody yet.
   */
  readonly become?: ((directory: string, secrets: Secrets, about: About) => Promise<Secrets>) | undefined;
}

/** What was restored. */
export interface Restored {
  readonly about: About;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Unpacks an opened backup and makes a repository of it, durable when this returns; in whatever goes wrong there is none.
 * @throws SatchelError `repository-exists`, `bad-bundle` and `bad-tar` for a backup that is cut off or none, `newer-version`,
 *   `busy` while another restore is at it, `io`, `no-space`
 */
export async function restoreBackup(source: OpenFile, place: PayloadPlace, to: RestorePlace): Promise<Restored> {
  assertNoRepository(to.directory);
  const beside = path.join(to.directory, UNPACKED);
  onDisk(`making ${beside}`, () => disk.makeDirectories(beside, 0o700));
  const release = acquireLock(path.join(beside, 'lock'), to.lockTimeoutMs);
  try {
    const layout = layoutOf(beside);
    onDisk(`clearing ${layout.root}`, () => disk.removeTree(layout.root));
    const restored = await unpack(source, place, { ...to, layout });
    assertNoRepository(to.directory);
    onDisk(`writing ${to.directory}`, () => {
      disk.rename(layout.root, layoutOf(to.directory).root);
      disk.syncNames(to.directory);
    });
    return restored;
  } finally {
    release();
    onDisk(`removing ${beside}`, () => disk.removeTree(beside));
  }
}

async function unpack(
  source: OpenFile,
  place: PayloadPlace,
  { layout, ...to }: RestorePlace & { readonly layout: Layout },
): Promise<Restored> {
  onDisk(`making ${layout.root}`, () => disk.makeDirectories(layout.root, 0o700));
  const unpacking = new Unpacking(layout.root);
  try {
    await readMembers(source.name, pieces(source, place), (member) => unpacking.open(member), OWN);
  } finally {
    unpacking.close();
  }
  const { about, opening } = unpacking.whole();
  const directory = path.dirname(layout.root);
  unpacking.settle();
  const fresh = await newDevice(to.world, opening);
  const secrets = (await to.become?.(directory, fresh, about)) ?? fresh;
  await writeSecrets(directory, secrets, to.passphrase);
  writeAtomic(layout.format, `${REPOSITORY_FORMAT}\n`);
  return { about, files: unpacking.files, bytes: unpacking.bytes };
}

async function* pieces(source: OpenFile, place: PayloadPlace): AsyncGenerator<Buffer> {
  yield* openedChunks(source, place);
}

/** Signs with new keys, and still opens what was sealed to the old ones. */
async function newDevice({ random, now }: World, { recipients: former, vault }: OpeningKeys): Promise<Secrets> {
  const at = now();
  const key = await createAgeIdentity((size) => random(size));
  const older = former.map((one) => ({ ...one, replaced: one.replaced ?? at }));
  const recipients: Secrets['recipients'] = [{ key, from: at }, ...older];
  return { device: random(32), recipients, ...(vault !== undefined && { vault }), logs: new Map() };
}

class Unpacking {
  files = 0;
  bytes = 0;
  readonly #root: string;
  readonly #directories = new Set<string>();
  /** The file that is being filled. */
  #handle: Handle | undefined;
  #about: About | undefined;
  #opening: OpeningKeys | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#directories.add(root);
  }

  /** @throws SatchelError `bad-tar` for what no backup has */
  open(member: Member): MemberContent {
    if (!this.#about) return this.#aboutIn(member);
    if (member.name === RECIPIENTS_NAME) return this.#recipientsIn(member);
    const isOurs = isBackupName(member.name) || member.name === 'refs/state';
    if (member.kind !== 'file' || !isOurs) throw notOurs(`it holds ${JSON.stringify(member.name)}`);
    return this.#file(path.join(this.#root, member.name), member.size);
  }

  whole(): { readonly about: About; readonly opening: OpeningKeys } {
    const about = this.#about;
    const opening = this.#opening;
    if (!about || !opening) throw notOurs('it says nothing of the device that it was made of');
    return { about, opening };
  }

  close(): void {
    if (this.#handle !== undefined) disk.close(this.#handle);
    this.#handle = undefined;
  }

  /** Makes durable the names of all that was unpacked. */
  settle(): void {
    onDisk(`writing ${this.#root}`, () => {
      for (const directory of this.#directories) disk.syncNames(directory);
    });
  }

  #aboutIn({ name, kind, size }: Member): MemberContent {
    if (name !== ABOUT_NAME || kind !== 'file' || size > SMALL_MEMBER_MAX)
      throw notOurs(`it does not begin with ${ABOUT_NAME}`);
    return collecting((bytes) => {
      this.#about = decodeAbout(bytes);
    });
  }

  #recipientsIn({ kind, size }: Member): MemberContent {
    if (kind !== 'file' || size > SMALL_MEMBER_MAX || this.#opening) throw notOurs(`${RECIPIENTS_NAME} is none`);
    return collecting((bytes) => {
      this.#opening = decodeOpeningKeys(bytes);
    });
  }

  #file(file: string, size: number): MemberContent {
    const handle = onDisk(`writing ${file}`, () => {
      this.#makeDirectory(path.dirname(file));
      return disk.open(file, 'making', 0o600);
    });
    this.#handle = handle;
    this.files++;
    this.bytes += size;
    let at = 0;
    return {
      add: (bytes) => {
        onDisk(`writing ${file}`, () => writeFully(handle, bytes, at));
        at += bytes.length;
      },
      end: () => {
        onDisk(`writing ${file}`, () => disk.sync(handle));
        this.close();
      },
    };
  }

  #makeDirectory(directory: string): void {
    if (this.#directories.has(directory)) return;
    this.#makeDirectory(path.dirname(directory));
    disk.makeDirectories(directory, 0o700);
    this.#directories.add(directory);
  }
}

function collecting(done: (bytes: Buffer) => void): MemberContent {
  const pieces: Buffer[] = [];
  return { add: (bytes) => void pieces.push(Buffer.from(bytes)), end: () => done(Buffer.concat(pieces)) };
}

function notOurs(why: string): SatchelError {
  return new SatchelError('bad-tar', `not a backup: ${why}`, { hint: 'name a file that "satchel backup" made' });
}
