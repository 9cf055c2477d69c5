// Drives as programs read them (spec/cli.md, "JSON").
import type { KnownDrive } from '../../sync/drive/known.js';

/** Which drive it is, and where. */
export function driveJson({ id, label, directory, drive }: KnownDrive): {
  readonly directory: string;
  readonly drive: string;
  readonly label: string;
  readonly present: boolean;
} {
  return { directory, drive: id, label, present: drive !== undefined };
}

/** What is remembered of the last visit; times are ms, `null` before the first one. */
export function memoryJson({ memory }: KnownDrive): {
  readonly first: number | null;
  readonly last: number | null;
  readonly bundles: number;
  readonly bytes: number;
} {
  const files = Object.values(memory?.files ?? {});
  return {
    first: memory?.first || null,
    last: memory?.last || null,
    bundles: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}
