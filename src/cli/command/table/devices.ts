// Commands about the devices of one person (spec/cli.md, "Your devices").
import type { Command } from '../command.js';

export const DEVICE_COMMANDS = {
  'device request': {
    name: 'device request',
    summary: 'on a new device: ask to become one of yours',
    about:
      'Makes a repository that waits, and shows six words. Run again, it asks the same.\nNext, on the device that adds others, mostly your first: satchel device add REQUEST',
    positionals: [],
    options: {
      name: { kind: 'text', value: 'LABEL', summary: 'what you call the device (default: the name of the computer)' },
      output: { kind: 'text', short: 'o', value: 'FILE', summary: 'write the request to a new file' },
      passphrase: { kind: 'flag', summary: 'protect the keys: asks, or reads the file in SATCHEL_PASSPHRASE_FILE' },
    },
    examples: [{ line: 'satchel device request --name laptop -o /media/stick', does: 'on the laptop' }],
  },
  'device add': {
    name: 'device add',
    summary: 'on your first device: make another one yours',
    about:
      'Asks for the six words that the new device shows, writes the welcome, and shows six other words.\nNext, on the new device: satchel device join WELCOME',
    positionals: [{ name: 'file', arity: 'one', value: 'FILE', summary: 'the request: a file, "-", or pasted' }],
    options: {
      words: { kind: 'text', value: 'WORDS', summary: 'the words that the new device shows' },
      output: { kind: 'text', short: 'o', value: 'FILE', summary: 'where the welcome goes (default: LABEL.welcome)' },
    },
    examples: [{ line: 'satchel device add /media/stick/laptop.request -o /media/stick', does: 'by a stick' }],
  },
  'device join': {
    name: 'device join',
    summary: 'on a new device: become one of yours',
    about: 'Asks for the six words that "device add" has shown.',
    positionals: [{ name: 'file', arity: 'one', value: 'FILE', summary: 'the welcome' }],
    options: { words: { kind: 'text', value: 'WORDS', summary: 'the words that your first device shows' } },
    examples: [{ line: 'satchel device join /media/stick/laptop.welcome', does: 'on the laptop' }],
  },
  'device list': {
    name: 'device list',
    summary: 'list your devices',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel device list', does: 'which they are, and which one adds others' }],
  },
  'device remove': {
    name: 'device remove',
    summary: 'on your first device: say that another one is yours no longer',
    about:
      'For a device that was lost, stolen or sold. It does not come back; the same computer returns by a new request.\nIf the device that adds and removes others is gone, use your recovery words on another one.',
    positionals: [{ name: 'device', arity: 'one', value: 'DEVICE', summary: 'a label, or the first digits of its id' }],
    options: {
      since: {
        kind: 'text',
        value: 'TIME',
        summary: 'in private topics believe only what came of it before: 2h, yesterday, a date',
      },
      yes: { kind: 'flag', summary: 'do not ask' },
    },
    examples: [
      { line: 'satchel device remove phone', does: 'asks first' },
      { line: 'satchel device remove phone --since yesterday', does: 'it was stolen in the night' },
    ],
  },
} as const satisfies Record<string, Command>;
