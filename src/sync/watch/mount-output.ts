// macOS: what `/sbin/mount` prints.
import { isUsualOnMac, type Mount } from './mount.js';

/** The media in the output of `mount`. */
export function parseMountOutput(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    // /dev/disk4s1 on /Volumes/MY STICK (msdos, local, nodev, nosuid, noowners): any part may have spaces and parentheses
    const [, device, directory, type] = /^(.*?) on (\/.*) \(([^,()]+)[^()]*\)$/.exec(line.trimEnd()) ?? [];
    if (!device || !directory || !type || !isUsualOnMac(directory, type)) return [];
    return [{ id: device, directory }];
  });
}
