// Windows: what `mountvol` prints. Network drives are not in it, so that none of them is touched.
import type { Mount } from './mount.js';

/** The drive letters, and folders that a volume is mounted on, in the output of `mountvol`; its prose is in any language. */
export function parseMountvol(text: string): Mount[] {
  const mounts: Mount[] = [];
  let volume: string | undefined;
  for (const line of text.split(/\r?\n/).map((one) => one.trim())) {
    if (/^\\\\\?\\Volume\{[0-9a-f-]+\}\\$/i.test(line)) volume = line;
    else if (volume !== undefined && /^[a-z]:\\/i.test(line)) mounts.push({ id: volume, directory: line });
  }
  return mounts;
}
