// A disk around another one, that sees each call before it is made.
import type { Disk } from '../../src/repository/disk.js';

/** A call to a disk. */
export interface DiskCall {
  readonly name: keyof Disk;
  readonly args: readonly unknown[];
}

/** Calls that change something, besides opening for it. */
const CHANGES: readonly (keyof Disk)[] = [
  'write',
  'cut',
  'sync',
  'syncContent',
  'makeDirectory',
  'makeDirectories',
  'rename',
  'link',
  'remove',
  'removeTree',
  'touch',
  'syncNames',
];

/** Calls that make something durable. */
export const SYNCS: readonly (keyof Disk)[] = ['sync', 'syncContent', 'syncNames'];

/** Calls of which the first argument is an open file. */
const BY_HANDLE: readonly (keyof Disk)[] = ['close', 'read', 'write', 'cut', 'sync', 'syncContent', 'statOpen'];

/** The disk, `around` in place of each of its calls: `make` makes it, be it with other arguments. */
export function wrapDisk(disk: Disk, around: (call: DiskCall, make: (...args: unknown[]) => unknown) => unknown): Disk {
  const wrapped = (Object.keys(disk) as (keyof Disk)[]).map((name) => {
    const make = disk[name] as (...args: unknown[]) => unknown;
    return [name, (...args: unknown[]) => around({ name, args }, (...others) => make(...others))] as const;
  });
  return Object.fromEntries(wrapped) as unknown as Disk;
}

/** Whether it changes something. */
export function isChange({ name, args }: DiskCall): boolean {
  return CHANGES.includes(name) || (name === 'open' && !String(args[1]).startsWith('reading'));
}

/** Tells calls that concern what is below a directory, files that were opened there included. */
export class Below {
  /** Open files, by their handles. */
  readonly handles = new Map<unknown, string>();

  constructor(readonly directory: string) {}

  /** Whether the call is one of them. */
  has({ name, args: [first] }: DiskCall): boolean {
    if (BY_HANDLE.includes(name)) return this.handles.has(first);
    return first === this.directory || String(first).startsWith(`${this.directory}/`);
  }

  /** The file or directory that the call is about. */
  placeOf({ args: [first] }: DiskCall): string {
    return this.handles.get(first) ?? String(first);
  }

  /** Notes what a call of them has opened or closed. */
  note({ name, args }: DiskCall, result: unknown): void {
    if (name === 'open') this.handles.set(result, String(args[0]));
    if (name === 'close') this.handles.delete(args[0]);
  }
}
