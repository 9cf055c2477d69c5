// Commands about oneself and others (spec/cli.md, "Identity and contacts").
import type { Command, Positional } from '../command.js';

const WHO = {
  name: 'who',
  arity: 'one',
  value: 'CONTACT',
  summary: 'a petname, or the first digits of a person id',
} as const satisfies Positional;

export const IDENTITY_COMMANDS = {
  init: {
    name: 'init',
    summary: 'create a repository and an identity',
    about:
      'The repository is DIR/.satchel; without DIR and -C it is in your home directory.\nWithout --name, asks on a terminal; else takes your login name, or for root the name of the computer.',
    positionals: [{ name: 'dir', arity: 'optional', value: 'DIR', summary: 'where .satchel is created' }],
    options: {
      name: { kind: 'text', value: 'NAME', summary: 'the name others see until they choose their own for you' },
      passphrase: { kind: 'flag', summary: 'protect the keys: asks, or reads the file in SATCHEL_PASSPHRASE_FILE' },
    },
    examples: [
      { line: 'satchel init --name Ana', does: 'start here; prints your card' },
      { line: 'satchel init /srv/post --name web1', does: 'elsewhere; use it with -C /srv/post or SATCHEL_DIR' },
    ],
  },
  whoami: {
    name: 'whoami',
    summary: 'show who you are, and your 12 words to compare by voice',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel whoami', does: 'read the words to a friend over the phone' }],
  },
  card: {
    name: 'card',
    summary: 'print your card: give it to everyone you want to hear from',
    about: 'With -o it replaces nothing but an older card of yours.',
    positionals: [],
    options: {
      output: {
        kind: 'text',
        short: 'o',
        value: 'FILE',
        summary: 'write it to a file; in a directory, one with your name',
      },
      qr: { kind: 'flag', summary: 'show it as a QR code (-o FILE.svg: as a picture)' },
      name: { kind: 'text', value: 'NAME', summary: 'call yourself this from now on' },
      at: {
        kind: 'list',
        value: 'URL',
        summary: 'tell contacts that you publish there (may be repeated; none: nowhere)',
      },
    },
    examples: [
      { line: 'satchel card -o /media/stick', does: 'a file for the stick, /media/stick/ana.card' },
      { line: 'satchel card --qr', does: 'to be photographed' },
    ],
  },
  'contact add': {
    name: 'contact add',
    summary: 'accept cards',
    about:
      'Takes files, directories with *.card, drives, "-" for standard input, pasted text, or the name of somebody whose card a bundle has brought. Your own card is skipped.',
    positionals: [{ name: 'cards', arity: 'some', value: 'CARD', summary: 'a file, "-", a pasted card, or a name' }],
    options: { as: { kind: 'text', value: 'NAME', summary: 'your petname for this contact (one card only)' } },
    examples: [
      { line: 'satchel contact add bob.card', does: 'one friend' },
      {
        line: 'satchel contact add Bob --as "Bob (lab)"',
        does: 'somebody a bundle told of, under your own name for him',
      },
      { line: 'satchel contact add *.card', does: 'many at once' },
      { line: 'satchel contact add /media/stick', does: 'everybody who is listed on a drive' },
    ],
  },
  'contact list': {
    name: 'contact list',
    summary: 'list contacts, and strangers whose cards arrived',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel contact list', does: 'who you know' }],
  },
  'contact rename': {
    name: 'contact rename',
    summary: 'choose another petname for a contact',
    positionals: [WHO, { name: 'name', arity: 'one', value: 'NAME', summary: 'the new petname' }],
    options: {},
    examples: [{ line: 'satchel contact rename bob "Bob (lab)"', does: 'only you see it' }],
  },
  'contact confirm': {
    name: 'contact confirm',
    summary: "mark a contact's 12 words as compared",
    positionals: [WHO],
    options: { words: { kind: 'text', value: 'WORDS', summary: 'the words as you heard them' } },
    examples: [{ line: 'satchel contact confirm bob', does: 'shows the words and asks' }],
  },
  'contact replace': {
    name: 'contact replace',
    summary: 'put somebody who began anew in the place of the contact it was',
    about:
      'The new one has the petname, once its 12 words were compared. The former one stays known, and gets nothing more.',
    positionals: [
      { name: 'old', arity: 'one', value: 'OLD', summary: 'the contact as it was: petname, or first digits of the id' },
      { name: 'card', arity: 'one', value: 'NEW', summary: 'its new card: a file, text, "-", or a name or id' },
    ],
    options: { words: { kind: 'text', value: 'WORDS', summary: 'the new words as you heard them' } },
    examples: [{ line: 'satchel contact replace ben ben.card', does: 'shows the new words and asks' }],
  },
  'contact block': {
    name: 'contact block',
    summary: 'stop taking and showing what a person writes',
    positionals: [WHO],
    options: {},
    examples: [{ line: 'satchel contact block mallory', does: 'local; nobody is told' }],
  },
  'contact unblock': {
    name: 'contact unblock',
    summary: 'take and show what a person writes again',
    positionals: [WHO],
    options: {},
    examples: [{ line: 'satchel contact unblock mallory', does: 'the next bundle brings what was missed' }],
  },
  'contact remove': {
    name: 'contact remove',
    summary: 'forget a contact; its messages stay',
    positionals: [WHO],
    options: {},
    examples: [{ line: 'satchel contact remove bob', does: 'becomes a stranger again' }],
  },
} as const satisfies Record<string, Command>;
