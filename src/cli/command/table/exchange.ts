// Commands that write, take and examine bundles (spec/cli.md, "Exchange").
import type { Command, Positional } from '../command.js';
import { SEALING } from './sealing.js';

const BUNDLE = {
  name: 'file',
  arity: 'one',
  value: 'FILE',
  summary: 'a bundle, a card, or "-"',
} as const satisfies Positional;

const QUARANTINED = {
  name: 'id',
  arity: 'one',
  value: 'ID',
  summary: 'the first digits of its id, as "quarantine list" shows them',
} as const satisfies Positional;

export const EXCHANGE_COMMANDS = {
  export: {
    name: 'export',
    summary: 'write a bundle with what others lack',
    about: 'Without --to it is for everybody you know. When there is nothing to send, no file is written.',
    positionals: [],
    options: {
      output: {
        kind: 'text',
        short: 'o',
        value: 'FILE',
        summary: 'file or directory; "-" is standard output (default: a new name here)',
      },
      to: { kind: 'list', value: 'CONTACT', summary: 'only what this contact lacks (may be repeated)' },
      since: { kind: 'text', value: 'TIME', summary: 'only what was written after: 2h, 3d, or a date' },
      full: { kind: 'flag', summary: 'everything, whatever others are known to hold' },
      topic: { kind: 'list', short: 't', value: 'TOPIC', summary: 'only these topics (may be repeated)' },
      ...SEALING,
      uncompressed: { kind: 'flag', summary: 'open, and readable to a guard that scans it' },
      armor: { kind: 'flag', summary: 'as text for chats and mails; "import -" takes it' },
      'max-size': { kind: 'text', value: 'SIZE', summary: 'in several files of at most this much: 20M' },
      'dry-run': { kind: 'flag', summary: 'only say what would be written' },
    },
    examples: [
      { line: 'satchel export --to bob -o /media/stick/for-bob.satchel', does: 'for one friend' },
      {
        line: 'satchel export -q -o /srv/share/web1.satchel',
        does: 'from cron: your older bundle of that name is replaced',
      },
      { line: 'satchel export', does: 'for everybody, into this directory' },
    ],
  },
  want: {
    name: 'want',
    summary: 'write a small bundle that says what you hold and lack',
    about: 'Whoever imports it, and then exports to you, sends what is missing: messages and attachments.',
    positionals: [],
    options: {
      output: {
        kind: 'text',
        short: 'o',
        value: 'FILE',
        summary: 'file or directory; "-" is standard output (default: a new name here)',
      },
      ...SEALING,
    },
    examples: [{ line: 'satchel want -o /media/stick/ask.satchel', does: 'let somebody know what is missing here' }],
  },
  import: {
    name: 'import',
    summary: 'take in bundles and cards that somebody brought',
    about:
      'In any order, as often as you like. Nothing but verified data is added. Cards are shown, not accepted.\nSealed files are opened with your keys; those for others are left alone.',
    positionals: [
      {
        name: 'files',
        arity: 'some',
        value: 'FILE',
        summary: 'bundles, cards, directories or archives (.tgz) with them, or "-"',
      },
    ],
    options: {
      salvage: { kind: 'flag', summary: 'from a damaged bundle, take every part that verifies' },
      quarantine: { kind: 'flag', summary: 'keep bundles of people who are no contacts aside, and decide later' },
      'dry-run': { kind: 'flag', summary: 'only say what would be taken' },
    },
    examples: [
      { line: 'satchel import /media/stick', does: 'every bundle on the stick' },
      { line: 'satchel import mailed.tgz', does: 'every bundle and card in it' },
      { line: 'satchel import --quarantine /srv/inbox', does: "strangers' bundles wait for you" },
      { line: 'satchel import --salvage torn.satchel', does: 'what is left of a bad copy' },
    ],
  },
  'quarantine list': {
    name: 'quarantine list',
    summary: 'list files that were refused, and bundles of strangers that wait for you',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel quarantine list', does: 'what it is, from where, and why it is there' }],
  },
  'quarantine show': {
    name: 'quarantine show',
    summary: 'explain a file in quarantine as "inspect" does',
    positionals: [QUARANTINED],
    options: { text: { kind: 'flag', summary: 'print everything in it' } },
    examples: [{ line: 'satchel quarantine show 3fa1', does: 'who made it, and what is in it' }],
  },
  'quarantine accept': {
    name: 'quarantine accept',
    summary: 'take in a file from quarantine',
    about: 'As import does: what is not wanted, such as what strangers write in topics you are not in, is left in it.',
    positionals: [QUARANTINED],
    options: { salvage: { kind: 'flag', summary: 'from a damaged bundle, take every part that verifies' } },
    examples: [{ line: 'satchel quarantine accept 3fa1', does: 'it is imported, and leaves the quarantine' }],
  },
  'quarantine drop': {
    name: 'quarantine drop',
    summary: 'delete files in quarantine',
    positionals: [{ ...QUARANTINED, name: 'ids', arity: 'some' }],
    options: {},
    examples: [{ line: 'satchel quarantine drop 3fa1 77c0', does: 'both are gone for good' }],
  },
  verify: {
    name: 'verify',
    summary: 'say whether a bundle is whole and authentic',
    positionals: [BUNDLE],
    options: {},
    examples: [{ line: 'satchel verify for-bob.satchel', does: 'works without a repository' }],
  },
  inspect: {
    name: 'inspect',
    summary: 'explain what a bundle or card contains',
    positionals: [BUNDLE],
    options: { text: { kind: 'flag', summary: 'print everything in it, for a guard who decides what may cross' } },
    examples: [{ line: 'satchel inspect --text for-bob.satchel', does: 'works without a repository' }],
  },
} as const satisfies Record<string, Command>;
