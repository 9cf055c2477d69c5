// What was opened in the page: bundles, verified and held together as the program holds them, in a repository that lies in
// memory (docs/reader.md). Nothing is chosen here as an import chooses: whoever opens a file wants to see what is in it.

import type { ContentsRecord } from '../format/bundle/contents.js';
import type { Manifest } from '../format/bundle/manifest.js';
import { openBundle } from '../format/bundle/reader.js';
import type { VerifiedSegment } from '../format/bundle/verify.js';
import { verifyOpened } from '../format/bundle/verify.js';
import { SatchelError } from '../format/error.js';
import type { DeviceKey, LogId, PersonId } from '../format/ids.js';
import type { ByteSource } from '../format/source.js';
import type { Commit } from '../repository/commit.js';
import { createRepository, sealRepository } from '../repository/create.js';
import { useDisk } from '../repository/disk.js';
import { Repository } from '../repository/repository.js';
import { verify } from '../repository/verify.js';
import { createInterpreter } from '../topic/message/interpret.js';
import type { Acquainted } from '../topic/reading/people.js';
import { memoryDisk } from './memory-disk.js';

/** A log, or a part of one, that was not taken. */
export interface RefusedPart {
  readonly log: LogId;
  readonly code: string;
  readonly message: string;
}

/** What a bundle brought. */
export interface Brought {
  readonly manifest: Manifest;
  /** Entries that were not there before. */
  readonly fresh: number;
  /** Those that were. */
  readonly known: number;
  /** The first refusal of each log. */
  readonly refused: readonly RefusedPart[];
}

/** The bundles that were opened, as one. */
export interface Shelf {
  /** Who looks: nobody, who knows nobody. */
  readonly around: Acquainted;
  /**
   * Verifies a bundle and adds what is new in it; when it throws, nothing of it is there.
   * @throws SatchelError as {@link verifyOpened}
   */
  add(source: ByteSource): Brought;
  /** Gives back the disk that was there before. */
  close(): void;
}

/** Where it lies on the disk in memory. */
const DIRECTORY = '/reader';
const NOBODY = { person: '' as PersonId, device: '' as DeviceKey, name: '', card: '', epoch: '', serial: 0 };

/** An empty shelf. It takes the place of the disk for everything that runs beside it. */
export function openShelf(world: Repository['world']): Shelf {
  const restore = useDisk(memoryDisk(world.now));
  sealRepository(createRepository(DIRECTORY));
  const repository = Repository.open(DIRECTORY, { interpreter: createInterpreter(), world, lockTimeoutMs: 0 });
  return {
    around: { repository, self: NOBODY, contacts: new Map() },
    add: (source) => repository.locked(() => repository.commit((commit) => take(repository, commit, source))),
    close() {
      repository.close();
      restore();
    },
  };
}

function take(repository: Repository, commit: Commit, source: ByteSource): Brought {
  const refused = new Map<LogId, RefusedPart>();
  const refuse = (log: LogId, { code, message }: Pick<SatchelError, 'code' | 'message'>): void => {
    if (!refused.has(log)) refused.set(log, { log, code, message });
  };
  const counts = { fresh: 0, known: 0 };
  const accept = (log: LogId, apply: () => ReturnType<Commit['apply']>): void => {
    try {
      const taken = apply();
      counts.fresh += taken.fresh;
      counts.known += taken.known;
      if (taken.refusal) refuse(log, taken.refusal);
    } catch (error) {
      if (!(error instanceof SatchelError)) throw error;
      refuse(log, error);
    }
  };
  const { manifest } = verifyOpened(openBundle(source), {
    proof: (proof) => void commit.addProof(proof),
    verify(bytes: Buffer, _record: ContentsRecord): VerifiedSegment {
      const found = verify(bytes, repository.interpreter);
      const { header } = found;
      if ('refusal' in found) return { header, outcome: found.refusal, accept: () => {} };
      return { header, outcome: found.id, accept: () => accept(header.log, () => commit.apply(found, bytes)) };
    },
    refused: ({ log, code, message }) => refuse(log, { code, message }),
    blob: (_digest, bytes) => void repository.blobs.add(bytes),
  });
  return { manifest, ...counts, refused: [...refused.values()] };
}
