// Commands about drives (spec/cli.md, "Drives"; spec/drive.md).
import type { Command, Option, Positional } from '../command.js';
import { SEALING } from './sealing.js';

const TOPICS = {
  kind: 'list',
  short: 't',
  value: 'TOPIC',
  summary: 'only these topics (may be repeated)',
} as const satisfies Option;

const DRIVE = {
  name: 'drive',
  arity: 'one',
  value: 'DRIVE',
  summary: 'a directory, a URL, a label, or the first digits of a drive id',
} as const satisfies Positional;
const DIR = {
  name: 'dir',
  arity: 'one',
  value: 'DIR',
  summary: 'a mount point, a folder, or a URL',
} as const satisfies Positional;

export const DRIVE_COMMANDS = {
  sync: {
    name: 'sync',
    summary: 'visit drives: take in what is new, add what others lack',
    positionals: [
      {
        name: 'dirs',
        arity: 'any',
        value: 'DIR',
        summary: 'a drive, label or URL (default: all plugged in)',
      },
    ],
    options: {
      'import-only': { kind: 'flag', summary: 'write nothing to the drive' },
      'export-only': { kind: 'flag', summary: 'take nothing in' },
      'one-way': { kind: 'flag', summary: 'write only, and repeat what went lately' },
      'repeat-last': {
        kind: 'text',
        value: 'AMOUNT',
        summary: 'how much that is: 12h, 2w, 200MB (default 7d)',
      },
      to: { kind: 'list', value: 'CONTACT', summary: 'add only what this contact lacks (may be repeated)' },
      for: { kind: 'list', value: 'CONTACT', summary: 'over a stream, speak only to this contact' },
      topic: { ...TOPICS, summary: 'add only these topics, this time (may be repeated)' },
      'max-size': { kind: 'text', value: 'SIZE', summary: 'add at most this much: 8M, 1.5G' },
      'max-duration': { kind: 'number', value: 'SECONDS', summary: 'begin nothing more after this time' },
      ...SEALING,
      uncompressed: { kind: 'flag', summary: 'open, and readable to a guard that scans it' },
      'if-present': { kind: 'flag', summary: 'pass over in silence what is no drive' },
      'max-age': { kind: 'text', value: 'SPAN', summary: 'end with 30 when the last visit is older: 12h, 2d' },
      'if-approved': { kind: 'flag', summary: 'write nothing to a drive that you never approved' },
      'dry-run': { kind: 'flag', summary: 'only say what would be taken and added' },
    },
    examples: [{ line: 'satchel sync /media/stick', does: 'all that should move moves' }],
  },
  'drive init': {
    name: 'drive init',
    summary: 'make a drive of a stick or folder, or say for whom and what it is',
    about:
      'Makes DIR/satchel, once. --for and --topic may be given later too. Others choose their topics for themselves.',
    positionals: [DIR],
    options: {
      label: { kind: 'text', value: 'LABEL', summary: 'what to call it (default: the name of the directory)' },
      for: { kind: 'list', value: 'CONTACT', summary: 'somebody it serves (may be repeated)' },
      topic: TOPICS,
      open: { kind: 'flag', summary: 'nothing on it is sealed: for guards that scan, and for strangers' },
      reader: { kind: 'flag', summary: 'put reader.html on it, for browsers: see docs/reader.md first' },
    },
    examples: [
      { line: 'satchel drive init /media/stick --label "blue stick"', does: 'whoever visits it is served' },
      { line: 'satchel drive init /srv/shared --for ben --for eve -t garden', does: 'for two, with one topic' },
    ],
  },
  'drive list': {
    name: 'drive list',
    summary: 'list the drives you have met',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel drive list', does: 'where they were last' }],
  },
  'drive status': {
    name: 'drive status',
    summary: 'show who was there, what a drive holds, and what each person still lacks',
    positionals: [{ ...DRIVE, arity: 'optional', summary: `${DRIVE.summary} (default: all)` }],
    options: {},
    examples: [
      { line: 'satchel drive status', does: 'every drive you know' },
      { line: 'satchel drive status "blue stick"', does: 'as it was at your last visit, if it is not here' },
    ],
  },
  'drive topics': {
    name: 'drive topics',
    summary: 'show or choose which topics travel on a drive',
    about: 'It is about what you add: others choose for themselves, and what they bring is taken as from anywhere.',
    positionals: [DRIVE, { name: 'topics', arity: 'any', value: 'TOPIC', summary: 'only these from now on' }],
    options: { all: { kind: 'flag', summary: 'all that you are in or carry, also in future' } },
    examples: [{ line: 'satchel drive topics /media/stick garden', does: 'nothing else is added to it' }],
  },
  'drive check': {
    name: 'drive check',
    summary: 'read everything on a drive again, and say what is not what it was',
    about: 'Of one at a URL all of it is fetched. What is wrong counts no more, and the next sync writes it anew.',
    positionals: [DRIVE],
    options: {},
    examples: [{ line: 'satchel drive check "blue stick"', does: 'every bundle, whenever it was read last' }],
  },
  'drive index': {
    name: 'drive index',
    summary: 'list what lies on a drive, for those who read it where it is published',
    about:
      'Run it after each sync, then put the folder where others read it: they name its URL to sync. At a URL the list is put there.',
    positionals: [DRIVE],
    options: {},
    examples: [{ line: 'satchel drive index /srv/www/satchel', does: 'writes drive.index, which names every file' }],
  },
  'drive tidy': {
    name: 'drive tidy',
    summary: 'remove from a drive what nobody needs any more',
    about: 'Every sync does it too. Nothing goes that somebody listed still lacks.',
    positionals: [DRIVE],
    options: {
      damaged: { kind: 'flag', summary: 'damaged bundles too' },
      older: { kind: 'text', value: 'SPAN', summary: 'and what no key here opens and lies there so long: 30d, 60w' },
      'dry-run': { kind: 'flag', summary: 'only say what would go' },
    },
    examples: [{ line: 'satchel drive tidy /media/stick --dry-run', does: 'what may go, and why' }],
  },
  'drive drop': {
    name: 'drive drop',
    summary: 'take a person off a drive, so that nothing waits for it there',
    positionals: [
      DRIVE,
      { name: 'who', arity: 'one', value: 'PERSON', summary: 'a petname, a name on a card, or an id' },
    ],
    options: {},
    examples: [{ line: 'satchel drive drop /media/stick eve', does: 'she left the group' }],
  },
  'drive forget': {
    name: 'drive forget',
    summary: 'forget a drive that is lost or given away',
    positionals: [DRIVE],
    options: {},
    examples: [
      { line: 'satchel drive forget "blue stick"', does: 'what lies on it is not touched; watch writes there no more' },
    ],
  },
} as const satisfies Record<string, Command>;
