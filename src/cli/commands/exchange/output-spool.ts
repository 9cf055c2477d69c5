// What a bundle is written to on its way to standard output, or to text (spec/cli.md, "export").
import path from 'node:path';
import { disk } from '../../../repository/disk.js';
import { onDisk } from '../../../repository/files.js';
import type { ExportTarget } from '../../../sync/export/export-target.js';

/** What stands for standard output. */
export const STDOUT = '-';

/** What was written; without a file, nothing. */
export interface Wrote {
  readonly report: { readonly bytes: number; readonly file: string | null };
}

/** Writes a bundle to the target for its serial. */
export type Write<T> = (targetFor: (serial: number) => ExportTarget) => Promise<T>;

/** A file without a name. */
export function openSpool(directory: string): number {
  return onDisk('opening a file in tmp', () => {
    disk.makeDirectories(directory);
    const file = path.join(directory, `export-bundle-${process.pid}`);
    const fd = disk.open(file, 'replacing', 0o600);
    // the name goes at once: whatever happens to this process, nothing stays behind
    disk.remove(file);
    return fd;
  });
}
