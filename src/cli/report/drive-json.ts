// Drives as programs read them (spec/cli.md, "JSON").
import type { KnownDrive } from '../../sync/drive/known.js';
import { isUrl } from '../../sync/medium/url.js';

/** Where a drive is: in a directory, or at a URL. */
export function whereJson(place: string): { readonly directory: string | null; readonly url: string | null } {
  return isUrl(place) ? { directory: null, url: place } : { directory: place, url: null };
}

/** Which drive it is, and where; `present` is `null` for one at a URL that was not asked. */
export function driveJson({ id, label, directory, drive }: KnownDrive): ReturnType<typeof whereJson> & {
  readonly drive: string;
  readonly label: string;
  readonly present: boolean | null;
} {
  const present = drive === undefined && isUrl(directory) ? null : drive !== undefined;
  return { ...whereJson(directory), drive: id, label, present };
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
