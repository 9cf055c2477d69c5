// Where a bundle is written to, once it is known what goes into it (spec/bundle.md, "Writing").
import type { Digest } from '../../format/ids.js';
import { onDisk } from '../../repository/files.js';
import { type Sealing, spoolPlain, writeSealed } from './sealing.js';
import { type BundleParts, writeBundle, writeNamed } from './write-bundle.js';
import type { Written } from './written.js';

/**
 * Where the bundle goes: a file by its name, one in a directory that is named when it is written, one that is open and empty,
 * or somewhere that has its own way of writing.
 */
export type ExportTarget =
  | string
  | { readonly directory: string; readonly nameOf: (written: Written) => string }
  | { readonly name: string; readonly fd: number }
  | {
      /** `write` fills an empty open file, and may be called again with another one. */
      readonly place: (write: (fd: number) => Written) => { readonly file: string; readonly bytes: number };
      /** Runs what notes that the bundle went, when it has; absent: at once. */
      readonly whenGone?: ((note: () => Promise<void>) => Promise<void>) | undefined;
    };

/** What was written. */
export interface Done {
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file when it is sealed. */
  readonly digest?: Digest | undefined;
}

/**
 * Writes the bundle, signed with the seed; returns the file's name and size. With a sealing it is sealed: then the plain
 * bundle lies on the own disk meanwhile, without a name, before anything is written to its place.
 * @throws SatchelError `io`, `no-space`; a named file is there as a whole or not at all
 */
export function writeTo(target: ExportTarget, parts: BundleParts, seed: Buffer, sealing?: Sealing): Done {
  if (!sealing) return fill(target, parts, (fd) => ({ bytes: writeBundle(fd, parts, seed) }));
  const plain = spoolPlain('a bundle', parts, seed, sealing);
  try {
    let digest: Digest | undefined;
    const time = startOfDay(parts.draft.created);
    const done = fill(target, parts, (fd) => {
      const written = writeSealed(fd, plain, sealing);
      digest = written.digest;
      return { bytes: written.bytes, sealed: { digest, time, plain } };
    });
    return { ...done, digest };
  } finally {
    plain.close();
  }
}

function fill(target: ExportTarget, { draft }: BundleParts, write: (fd: number) => Written): Done {
  if (typeof target === 'string') return writeNamed(target, () => target, draft.key, write);
  if ('directory' in target) return writeNamed(`${target.directory}/`, target.nameOf, draft.key, write);
  if ('place' in target) return target.place(write);
  return { file: target.name, bytes: onDisk(`writing ${target.name}`, () => write(target.fd).bytes) };
}

/** 00:00 UTC. */
function startOfDay(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

const DAY = 86_400_000;
