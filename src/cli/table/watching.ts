// Commands that work by themselves (spec/cli.md, "watch").
import type { Command, Option, Positional } from '../command.js';

const DIRS = {
  name: 'dirs',
  arity: 'any',
  value: 'DIR',
  summary: 'folders to watch besides: shared, synced, or where something is mounted elsewhere',
} as const satisfies Positional;

const NO_MOUNTS = { kind: 'flag', summary: 'only the folders given' } as const satisfies Option;

export const WATCH_COMMANDS = {
  watch: {
    name: 'watch',
    summary: 'wait for drives, and sync each when it appears or changes',
    about:
      'Drives are noticed where this system mounts them (/media, /run/media, /mnt; /Volumes; drive letters). Each is\nsynced again when it changes and when there is something new for it. Stays until it is interrupted.',
    positionals: [DIRS],
    options: {
      'no-mounts': NO_MOUNTS,
      interval: { kind: 'number', value: 'SECONDS', summary: 'look at least this often (default 60)' },
      'max-duration': { kind: 'number', value: 'SECONDS', summary: 'end a visit after this time (default 3600)' },
    },
    examples: [
      { line: 'satchel watch', does: 'plug in, wait for "safe to remove", pull out' },
      { line: 'satchel watch --no-mounts ~/Dropbox/us', does: 'a folder that something else keeps in sync' },
    ],
  },
} as const satisfies Record<string, Command>;
