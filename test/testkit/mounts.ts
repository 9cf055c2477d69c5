// Real FAT32 and exFAT file systems for tests: images mounted through FUSE, which need root and some Debian packages
// (.ci/run names them). They can be ripped away like a stick that is pulled out.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Which file system. */
export type MountKind = 'fat' | 'exfat';

/** A mounted image. */
export interface Mount {
  readonly directory: string;
  readonly image: string;
  /** Takes it away in good order; the image stays. */
  unmount(): void;
  /** Pulls it out: the file system is unmounted although it is in use, or the process behind it is killed. */
  rip(how: 'lazy' | 'kill'): void;
}

const MEBIBYTE = 1_048_576;
const WAIT_MS = 20;
const TRIES = 500;
/** FAT32 has at least 65,525 clusters; with the smallest, of 512 bytes, that is an image of this size. */
const FAT_MIN_MIB = 34;
const PROGRAMS: Readonly<Record<MountKind, readonly string[]>> = {
  fat: ['mkfs.vfat', 'fusefat', 'fsck.vfat'],
  exfat: ['mkfs.exfat', 'mount.exfat-fuse', 'losetup', 'fsck.exfat'],
};

/** Both kinds. */
export const MOUNT_KINDS: readonly MountKind[] = ['fat', 'exfat'];

/** Why images of this kind cannot be mounted here; undefined when they can. */
export function whyNoMount(kind: MountKind): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  if (!fs.existsSync('/dev/fuse')) return 'no /dev/fuse';
  const missing = PROGRAMS[kind].filter((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  return missing.length > 0 ? `${missing.join(', ')} not installed` : undefined;
}

/** Whether a test that cannot mount has to fail rather than to be skipped, and loudly. */
export function mountsAreRequired(): boolean {
  return process.env['SATCHEL_REQUIRE_MOUNTS'] === '1';
}

/** A new, empty image; FAT32 takes at least 34 MiB. */
export function makeImage(kind: MountKind, image: string, sizeMebibytes: number): void {
  const size = kind === 'fat' ? Math.max(FAT_MIN_MIB, sizeMebibytes) : sizeMebibytes;
  fs.writeFileSync(image, '');
  fs.truncateSync(image, size * MEBIBYTE);
  if (kind === 'fat') execFileSync('mkfs.vfat', ['-F', '32', '-s', '1', '-S', '512', image], { stdio: 'ignore' });
  else execFileSync('mkfs.exfat', [image], { stdio: 'ignore' });
}

/** Mounts an image on a directory, which is made; unmounted when the test is over. */
export function mountImage(
  kind: MountKind,
  image: string,
  directory: string,
  options: { readonly readOnly?: boolean } = {},
): Mount {
  fs.mkdirSync(directory, { recursive: true });
  if (isMountpoint(directory)) throw new Error(`${directory} is mounted already`);
  const end = kind === 'fat' ? startFat(image, directory, options) : startExfat(image, directory, options);
  // without this check the test would write into the directory below and pass
  waitFor(`${directory} to be mounted`, () => isMountpoint(directory));
  const unmount = (): void => {
    if (isMountpoint(directory)) execFileSync('umount', [directory]);
    end();
  };
  const rip = (how: 'lazy' | 'kill'): void => {
    if (how === 'kill') end('SIGKILL');
    execFileSync('umount', ['-l', directory]);
    if (how === 'lazy') end('SIGTERM');
  };
  onTestFinished(() => {
    if (isMountpoint(directory)) spawnSync('umount', ['-l', directory]);
    end('SIGKILL');
  });
  return { directory, image, unmount, rip };
}

/** What the checker of the file system says of an image that is not mounted; empty when it is sound. */
export function checkImage(kind: MountKind, image: string): string {
  const [program, args] = kind === 'fat' ? ['fsck.vfat', ['-n', image]] : ['fsck.exfat', ['-n', image]];
  const { status, stdout, stderr } = spawnSync(program as string, args as string[], { encoding: 'utf8' });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

/** Ends the process behind a mount, and whatever it took; may be called twice. */
type End = (signal?: 'SIGTERM' | 'SIGKILL') => void;

function startFat(image: string, directory: string, options: { readonly readOnly?: boolean }): End {
  const mode = options.readOnly ? 'ro' : 'rw+';
  const child = spawn('fusefat', ['-f', '-o', mode, image, directory], { stdio: 'ignore' });
  child.on('error', () => {});
  return (signal) => {
    if (signal && child.pid !== undefined && isAlive(child.pid)) child.kill(signal);
    if (child.pid !== undefined) waitForEnd(child.pid);
  };
}

function startExfat(image: string, directory: string, options: { readonly readOnly?: boolean }): End {
  const device = execFileSync('losetup', ['-f', '--show', image], { encoding: 'utf8' }).trim();
  let isAttached = true;
  const mode = options.readOnly ? ['-o', 'ro'] : [];
  execFileSync('mount.exfat-fuse', [...mode, device, directory], { stdio: 'ignore' });
  return (signal) => {
    const pid = processOf(directory);
    if (signal && pid !== undefined) process.kill(pid, signal);
    if (pid !== undefined) waitForEnd(pid);
    if (isAttached) execFileSync('losetup', ['-d', device]);
    isAttached = false;
  };
}

/** The FUSE process that serves a directory. */
function processOf(directory: string): number | undefined {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const words = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return path.basename(words[0] ?? '') === 'mount.exfat-fuse' && words.includes(directory);
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}

function isMountpoint(directory: string): boolean {
  return fs
    .readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === directory);
}

function waitForEnd(pid: number): void {
  waitFor(`process ${pid} to end`, () => !isAlive(pid));
}

/** A child that ended and was not yet reaped counts as ended. */
function isAlive(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/^Z/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

function waitFor(what: string, isSo: () => boolean): void {
  for (let i = 0; i < TRIES; i++) {
    if (isSo()) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
  }
  throw new Error(`waited in vain for ${what}`);
}
