// Linux: /proc/self/mountinfo (proc(5)).
import { isUsualOnLinux, type Mount } from './mount.js';

/** The media in the text of `mountinfo`; of several mounts on one directory the last, which hides the others. */
export function parseMountinfo(text: string): Mount[] {
  const found = new Map<string, Mount>();
  for (const line of text.split('\n')) {
    const mount = parseLine(line);
    if (!mount) continue;
    // what was mounted there before is hidden, medium or not
    found.delete(mount.directory);
    if (isUsualOnLinux(mount.directory, mount.type))
      found.set(mount.directory, { id: mount.id, directory: mount.directory });
  }
  return [...found.values()];
}

/** `36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/sda1 rw`: a dash ends the optional fields. */
function parseLine(line: string): (Mount & { readonly type: string }) | undefined {
  const [left, right] = line.split(' - ', 2);
  const [id, , device, , directory] = left?.split(' ') ?? [];
  const type = right?.split(' ')[0];
  if (!id || !device || !directory?.startsWith('/') || !type) return undefined;
  return { id: `${id}/${device}`, directory: unescapeOctal(directory), type };
}

/** Space, tab, newline and backslash are written as `\040`, `\011`, `\012` and `\134`: bytes, not characters. */
function unescapeOctal(text: string): string {
  return text.replace(/(?:\\[0-7]{3})+/g, (run) => {
    const bytes = run.slice(1).split('\\');
    return Buffer.from(bytes.map((digits) => Number.parseInt(digits, 8))).toString('utf8');
  });
}
