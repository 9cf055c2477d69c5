// Commands that look after the repository and the program (spec/cli.md, "Upkeep").
import type { Command } from '../command.js';

export const UPKEEP_COMMANDS = {
  check: {
    name: 'check',
    summary: 'check that the repository is sound',
    positionals: [],
    options: { all: { kind: 'flag', summary: 'verify every entry and signature again' } },
    examples: [{ line: 'satchel check --all', does: 'slow and thorough' }],
  },
  repair: {
    name: 'repair',
    summary: 'say what is damaged, and repair it with --yes',
    about: 'Nothing is destroyed: what is damaged is set aside. What others hold of it is asked for, in a file.',
    positionals: [],
    options: {
      yes: { kind: 'flag', summary: 'do it' },
      output: {
        kind: 'text',
        short: 'o',
        value: 'FILE',
        summary: 'where the file that asks goes (default: a new name here)',
      },
    },
    examples: [
      { line: 'satchel repair', does: 'what is wrong, and what would be done' },
      { line: 'satchel repair --yes', does: 'do it' },
    ],
  },
  gc: {
    name: 'gc',
    summary: 'merge small pieces, and drop what has expired or was retracted',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel gc', does: 'now and then' }],
  },
  backup: {
    name: 'backup',
    summary: 'write the whole repository into one encrypted file',
    about:
      'All but the keys that sign goes into it, so nothing forks when it is restored. Your recovery words open it, or with --passphrase a passphrase: typed, or in the file that SATCHEL_PASSPHRASE_FILE names.',
    positionals: [],
    options: {
      output: {
        kind: 'text',
        short: 'o',
        value: 'FILE',
        summary: 'where it goes, replacing an older one; "-" is standard output (default: a new name here)',
      },
      passphrase: { kind: 'flag', summary: 'let a passphrase open it, not your recovery words' },
    },
    examples: [
      { line: 'satchel backup -o /media/disk/ana.backup', does: 'opened by your recovery words; from cron too' },
      { line: 'satchel backup --passphrase', does: 'into this directory, under a passphrase' },
    ],
  },
  restore: {
    name: 'restore',
    summary: 'make a repository of a backup, on a new computer',
    about:
      'Conversations, contacts, topics and settings are as they were. This computer is a new device: it writes into new logs, and nothing forks. With the recovery words you are yourself again, and it adds and removes your devices. Its keys are new: you are asked for a passphrase for them.\nWithout a terminal, SATCHEL_PASSPHRASE_FILE names a file with the passphrase or the words; the new keys are under no passphrase then.',
    positionals: [{ name: 'file', arity: 'one', value: 'FILE', summary: 'a file that "satchel backup" made' }],
    options: {
      keep: { kind: 'list', value: 'DEVICE', summary: 'with the words: a device that you still have; may be repeated' },
      'keep-none': { kind: 'flag', summary: 'with the words: you have none of the others any more' },
    },
    examples: [{ line: 'satchel restore /media/disk/ana.backup', does: 'asks for your recovery words' }],
  },
  'recovery print': {
    name: 'recovery print',
    summary: 'write down your recovery words, and take them off the disk',
    about:
      'Shows 24 words on a terminal, asks for three of them, and then removes what they are made of from this repository. A copy of keys/ made before still holds it; what "satchel backup" writes never does.\nPersons founded by version 0.1 have no words.',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel recovery print', does: 'with paper and pen' }],
  },
  'recovery use': {
    name: 'recovery use',
    summary: 'be yourself again by your recovery words, on any device',
    about:
      'Asks for the 24 words, or reads them from standard input where that is no terminal. This device adds and removes your devices then; those you no longer have stop being yours. Your friends see the same person.\nWithout a repository it makes one: then any card of yours says whose the words are, also an old one.',
    positionals: [],
    options: {
      card: { kind: 'text', value: 'FILE', summary: 'a card of yours; not needed where this repository has one' },
      keep: { kind: 'list', value: 'DEVICE', summary: 'a device that you still have, by label or id; may be repeated' },
      'keep-none': { kind: 'flag', summary: 'you have none of the others any more' },
      name: { kind: 'text', value: 'LABEL', summary: 'what you call this device (default: the name of the computer)' },
    },
    examples: [{ line: 'satchel recovery use --card ana.card', does: 'on a new computer; a friend has your card' }],
  },
  'passphrase set': {
    name: 'passphrase set',
    summary: 'protect your keys with a passphrase',
    about:
      'Asks on a terminal. Without one, the passphrase in use is read from the file named by SATCHEL_PASSPHRASE_FILE, and the new one from --file; the first passphrase may come from either.',
    positionals: [],
    options: { file: { kind: 'text', value: 'FILE', summary: 'its first line is the new passphrase' } },
    examples: [{ line: 'satchel passphrase set', does: 'post and export will ask for it' }],
  },
  'passphrase remove': {
    name: 'passphrase remove',
    summary: 'keep your keys without a passphrase',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel passphrase remove', does: 'asks for it a last time' }],
  },
  wipe: {
    name: 'wipe',
    summary: 'remove the whole repository for ever, its keys first',
    about:
      'Secret keys are overwritten and removed first, then notes outside the repository, then all the rest. Cut off in the middle, it is run again. End "satchel watch" and the like before. Flash disks, snapshots, swap and backups may keep what was there; others keep what they have.',
    positionals: [],
    options: { yes: { kind: 'flag', summary: 'do it without asking' } },
    examples: [{ line: 'satchel wipe --yes', does: 'gone in a hurry' }],
  },
  'config get': {
    name: 'config get',
    summary: 'print a setting',
    positionals: [{ name: 'key', arity: 'one', value: 'KEY', summary: 'see "satchel config list"' }],
    options: {},
    examples: [{ line: 'satchel config get export.uncompressed', does: 'its value' }],
  },
  'config set': {
    name: 'config set',
    summary: 'change a setting',
    positionals: [
      { name: 'key', arity: 'one', value: 'KEY', summary: 'see "satchel config list"' },
      { name: 'value', arity: 'one', value: 'VALUE', summary: 'the new value, or "default"' },
    ],
    options: {},
    examples: [
      { line: 'satchel config set export.uncompressed true', does: 'for a guard that scans' },
      { line: 'satchel config set quota.stranger 32M', does: 'take more of each stranger' },
    ],
  },
  'config list': {
    name: 'config list',
    summary: 'list all settings with their values',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel config list', does: 'what can be set' }],
  },
  completion: {
    name: 'completion',
    summary: 'print a completion script for your shell',
    positionals: [
      {
        name: 'shell',
        arity: 'one',
        value: 'SHELL',
        choices: ['bash', 'zsh', 'fish', 'powershell'],
        summary: 'bash, zsh, fish or powershell',
      },
    ],
    options: {},
    examples: [
      { line: 'satchel completion bash > ~/.local/share/bash-completion/completions/satchel', does: 'for bash' },
      { line: 'satchel completion fish > ~/.config/fish/completions/satchel.fish', does: 'for fish' },
      { line: 'satchel completion powershell >> $PROFILE', does: 'for PowerShell' },
    ],
  },
} as const satisfies Record<string, Command>;
