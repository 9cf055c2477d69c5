// Where a bundle is written to, once it is known what goes into it (spec/bundle.md, "Writing").
import { onDisk } from '../../repository/files.js';
import { type BundleParts, writeBundle, writeBundleFile } from './write-bundle.js';

/** Where the bundle goes: a file by its name, one that is open and empty, or somewhere that has its own way of writing. */
export type ExportTarget =
  | string
  | { readonly name: string; readonly fd: number }
  | {
      readonly place: (write: (fd: number) => number) => { readonly file: string; readonly bytes: number };
      /** Runs what notes that the bundle went, when it has; absent: at once. */
      readonly whenGone?: ((note: () => Promise<void>) => Promise<void>) | undefined;
    };

/**
 * Writes the bundle, signed with the seed; returns the file's name and size.
 * @throws SatchelError `io`, `no-space`; a named file is there as a whole or not at all
 */
export function writeTo(target: ExportTarget, parts: BundleParts, seed: Buffer): { file: string; bytes: number } {
  if (typeof target === 'string') return { file: target, bytes: writeBundleFile(target, parts, seed) };
  if ('place' in target) return target.place((fd) => writeBundle(fd, parts, seed));
  return { file: target.name, bytes: onDisk(`writing ${target.name}`, () => writeBundle(target.fd, parts, seed)) };
}
