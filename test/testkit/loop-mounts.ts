// Real ext4 file systems in image files, and layers as containers have them, mounted by the kernel: for tests about inodes, birth times and images of machines.
// They need root; the images, loop devices and e2fsprogs.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { onTestFinished } from 'vitest';

const IMAGE_BYTES = 16 * 1_048_576;

/** Why images cannot be mounted here; undefined when they can. */
export function whyNoLoop(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  const missing = ['mkfs.ext4', 'mount', 'umount'].filter(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (missing.length > 0) return `${missing.join(', ')} not installed`;
  return fs.existsSync('/dev/loop-control') ? undefined : 'no loop devices';
}

/** A new file system in a new file. */
export function makeExt4(image: string): void {
  fs.writeFileSync(image, '');
  fs.truncateSync(image, IMAGE_BYTES);
  execFileSync('mkfs.ext4', ['-q', image]);
}

/** Mounts it on a directory, which is made; the function takes it away again, and so does the end of the test. */
export function mountExt4(image: string, directory: string): () => void {
  fs.mkdirSync(directory, { recursive: true });
  execFileSync('mount', ['-o', 'loop', image, directory]);
  onTestFinished(() => void spawnSync('umount', ['-l', directory], { stdio: 'ignore' }));
  return () => execFileSync('umount', [directory]);
}

/** Why layers cannot be mounted here; undefined when they can. */
export function whyNoOverlay(): string | undefined {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.getuid?.() !== 0) return 'not root';
  const known = spawnSync('grep', ['-qw', 'overlay', '/proc/filesystems']).status === 0;
  return known ? undefined : 'no overlay file system';
}

/** Mounts on a directory what a container sees: the image, whose files stay as they are, and above it what is written. */
export function mountOverlay(image: string, directory: string): void {
  const upper = `${directory}-upper`;
  const work = `${directory}-work`;
  for (const one of [upper, work, directory]) fs.mkdirSync(one, { recursive: true });
  const layers = `lowerdir=${image},upperdir=${upper},workdir=${work}`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, directory]);
  onTestFinished(() => void spawnSync('umount', ['-l', directory], { stdio: 'ignore' }));
}
