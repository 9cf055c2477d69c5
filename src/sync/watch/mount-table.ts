// What is mounted now (spec/drive.md, "Watching"). Reading the table touches none of the media.
import fs from 'node:fs';
import { SatchelError } from '../../format/error.js';
import { onDisk } from '../../repository/files.js';
import { runChild } from './child.js';
import type { Mount } from './mount.js';
import { parseMountOutput } from './mount-output.js';
import { parseMountinfo } from './mountinfo.js';
import { parseMountvol } from './mountvol.js';

/** How to learn what is mounted, and how often that may be done. */
export interface MountTable {
  readonly everyMs: number;
  /** @throws SatchelError `io`, or whatever the system's program failed of */
  read(): Promise<readonly Mount[]>;
}

const MOUNTINFO = '/proc/self/mountinfo';
const PROGRAM_LIMIT_MS = 20_000;

/** The table of this system; undefined where there is none we can read. */
export function mountTable(platform: NodeJS.Platform): MountTable | undefined {
  if (platform === 'linux') {
    const read = (): string => onDisk(`reading ${MOUNTINFO}`, () => fs.readFileSync(MOUNTINFO, 'utf8'));
    return { everyMs: 2_000, read: async () => parseMountinfo(read()) };
  }
  if (platform === 'darwin') return { everyMs: 5_000, read: macReader() };
  if (platform === 'win32') return { everyMs: 10_000, read: async () => parseMountvol(await output('mountvol')) };
  return undefined;
}

/** The program is only run when names below /Volumes have changed, and every minute. */
function macReader(): () => Promise<readonly Mount[]> {
  let last: { names: string; rest: number; mounts: readonly Mount[] } = { names: '', rest: 0, mounts: [] };
  return async () => {
    const names = fs.readdirSync('/Volumes').join('\n');
    if (names === last.names && last.rest > 0) last = { ...last, rest: last.rest - 1 };
    else last = { names, rest: 12, mounts: parseMountOutput(await output('/sbin/mount')) };
    return last.mounts;
  };
}

async function output(program: string): Promise<string> {
  const { status, stdout, stderr } = await runChild(program, [], { limitMs: PROGRAM_LIMIT_MS });
  if (status === 0) return stdout;
  throw new SatchelError('io', `${program} failed: ${stderr.trim()}`, {
    hint: 'the folders given are watched all the same',
  });
}
