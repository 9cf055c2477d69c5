// Commands about drives (spec/cli.md, "Drives"; spec/drive.md).
import type { Command, Option } from '../command.js';

const TOPICS = {
  kind: 'list',
  short: 't',
  value: 'TOPIC',
  summary: 'only these topics (may be repeated)',
} as const satisfies Option;

const DIR = { name: 'dir', arity: 'one', value: 'DIR', summary: 'a mount point, or a folder' } as const;

export const DRIVE_COMMANDS = {
  sync: {
    name: 'sync',
    summary: 'visit drives: take in what is new, add what others lack',
    about:
      'DIR is where a stick is mounted, or any folder that is a drive: "satchel drive init DIR" makes one. When it says\n"safe to remove", the stick may be pulled out.',
    positionals: [{ name: 'dirs', arity: 'some', value: 'DIR', summary: 'a mount point, or a folder' }],
    options: {
      'import-only': { kind: 'flag', summary: 'write nothing to the drive' },
      'export-only': { kind: 'flag', summary: 'take nothing in' },
      to: { kind: 'list', value: 'CONTACT', summary: 'add only what this contact lacks (may be repeated)' },
      topic: { ...TOPICS, summary: 'add only these topics, this time (may be repeated)' },
      'max-size': { kind: 'text', value: 'SIZE', summary: 'add at most this much: 8M, 1.5G' },
      'max-duration': { kind: 'number', value: 'SECONDS', summary: 'begin nothing more after this time' },
      uncompressed: { kind: 'flag', summary: 'readable to a guard that scans what crosses' },
      'if-present': { kind: 'flag', summary: 'pass over in silence what is not there, or no drive' },
      'dry-run': { kind: 'flag', summary: 'only say what would be taken and added' },
    },
    examples: [
      { line: 'satchel sync /media/stick', does: 'all that should move moves' },
      { line: 'satchel sync -q --if-present /media/stick /srv/shared', does: 'for cron' },
    ],
  },
  'drive init': {
    name: 'drive init',
    summary: 'make a drive of a stick or folder, or say for whom and what it is',
    about:
      'Makes DIR/satchel, once; everybody who visits it recognises it wherever it is mounted. --for and --topic may be\ngiven later too. Which topics travel is your choice alone: others choose for themselves.',
    positionals: [DIR],
    options: {
      label: { kind: 'text', value: 'LABEL', summary: 'what to call it (default: the name of the directory)' },
      for: { kind: 'list', value: 'CONTACT', summary: 'somebody it serves (may be repeated)' },
      topic: TOPICS,
    },
    examples: [
      { line: 'satchel drive init /media/stick --label "blue stick"', does: 'whoever visits it is served' },
      { line: 'satchel drive init /srv/shared --for ben --for eve -t garden', does: 'for two, with one topic' },
    ],
  },
} as const satisfies Record<string, Command>;
