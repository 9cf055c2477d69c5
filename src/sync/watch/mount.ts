// What is mounted, and where media turn up on each operating system (spec/drive.md, "Watching").

/** Something mounted at this moment. */
export interface Mount {
  /** Tells it from what was mounted there before, where the system says so. */
  readonly id: string;
  readonly directory: string;
}

/** File systems that are no medium, or that mount something as soon as they are touched. */
const NO_MEDIA = new Set(['autofs', 'proc', 'sysfs', 'devtmpfs', 'devpts', 'cgroup', 'cgroup2', 'fuse.portal']);

/** Whether a mount point is one of those where Linux distributions and people put media. */
export function isUsualOnLinux(directory: string, type: string): boolean {
  return !NO_MEDIA.has(type) && /^\/(media|run\/media|mnt)(\/|$)/.test(directory);
}

/** Whether it is one of those where macOS puts media. */
export function isUsualOnMac(directory: string, type: string): boolean {
  return !NO_MEDIA.has(type) && directory.startsWith('/Volumes/');
}
