// macOS: what `/sbin/mount` prints.
import { isUsualOnMac, type Mount } from './mount.js';

/** The media in the output of `mount`. */
export function parseMountOutput(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    // /dev/disk4s1 on /Volumes/MY STICK (msdos, local, nodev, nosuid, noowners): any part may have spaces and parentheses
    const { device, directory, type } = partsOf(line.trimEnd());
    if (device === '' || directory === '' || type === '' || !isUsualOnMac(directory, type)) return [];
    return [{ id: device, directory }];
  });
}

/** Empty where it is no such line. Searched for from both ends: a label of many spaces takes no longer than another. */
function partsOf(line: string): { readonly device: string; readonly directory: string; readonly type: string } {
  const on = line.indexOf(' on /');
  const options = line.lastIndexOf(' (');
  const [type = ''] = line.slice(options + 2, -1).split(',', 1);
  const isMount = on > 0 && options > on && line.endsWith(')') && !type.includes(')');
  return isMount
    ? { device: line.slice(0, on), directory: line.slice(on + ' on '.length, options), type }
    : { device: '', directory: '', type: '' };
}
