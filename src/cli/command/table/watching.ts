// Commands that work by themselves (spec/cli.md, "watch", "service", "serve").
import type { Command, Option, Positional } from '../command.js';

const DIRS = {
  name: 'dirs',
  arity: 'any',
  value: 'DIR',
  summary: 'folders to watch besides: shared, synced, or where something is mounted elsewhere',
} as const satisfies Positional;

const NO_MOUNTS = { kind: 'flag', summary: 'only the folders given' } as const satisfies Option;

const PRINT = { kind: 'flag', summary: 'only print the file and the commands' } as const satisfies Option;

const SYSTEM = {
  kind: 'text',
  value: 'SYSTEM',
  choices: ['linux', 'macos', 'windows'],
  summary: 'with --print, for another one: linux, macos or windows',
} as const satisfies Option;

export const WATCH_COMMANDS = {
  watch: {
    name: 'watch',
    summary: 'wait for drives, and sync each when it appears or changes',
    about:
      'Drives are noticed where this system mounts them (/media, /run/media, /mnt; /Volumes; drive letters). Each is synced again when it changes and when there is something new for it. Stays until it is interrupted.',
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
  serve: {
    name: 'serve',
    summary: 'answer who opens a stream to this repository: a contact, or a device of yours',
    about:
      'The other side runs "satchel sync ssh://HOST", which starts "satchel serve --stdio --plain" there, or "satchel sync" with the URL that is listened at. Nobody else is answered. With --listen it stays until it is interrupted.',
    positionals: [],
    options: {
      stdio: { kind: 'flag', summary: 'one stream, over standard input and output, encrypted' },
      plain: { kind: 'flag', summary: 'with --stdio, behind ssh alone: not encrypted again' },
      listen: { kind: 'text', value: 'URL', summary: 'where: unix:PATH, tcp://ADDRESS:PORT or serial:DEVICE' },
      for: { kind: 'list', value: 'CONTACT', summary: 'answer only this contact (may be repeated)' },
    },
    examples: [
      { line: 'satchel serve --listen unix:$XDG_RUNTIME_DIR/satchel.sock', does: 'for other users of this computer' },
      { line: 'satchel serve --listen tcp://0.0.0.0:7411', does: 'for contacts on this network, encrypted' },
    ],
  },
  live: {
    name: 'live',
    summary: 'hear at once what others write, through a broker, and tell them',
    about:
      'The broker is told nothing but sealed hints: what others write in the topic, while they run "satchel live" too, is shown as "read --follow" would, and what any command writes here is told. What got lost on the way comes with the next sync: nothing counts as delivered by a hint. Stays until it is interrupted.',
    positionals: [
      {
        name: 'url',
        arity: 'optional',
        value: 'URL',
        summary:
          'the broker (default: setting live.channel): mqtts://HOST[/PREFIX], nats://HOST/PREFIX or exec:COMMAND',
      },
    ],
    options: {
      topic: {
        kind: 'list',
        short: 't',
        value: 'TOPIC',
        summary: 'the topic, or several (default: the current)',
      },
      'all-topics': { kind: 'flag', summary: 'every joined topic' },
      'max-duration': { kind: 'number', value: 'SECONDS', summary: 'end after this time' },
    },
    examples: [
      { line: 'satchel live -t garden mqtts://field.example:8883', does: 'through this broker' },
      { line: 'satchel live --all-topics', does: 'through the one that live.channel names' },
    ],
  },
  'service install': {
    name: 'service install',
    summary: 'let "satchel watch" start by itself',
    about:
      'On Linux a user unit of systemd is installed and started. For macOS and Windows, --print gives an agent or a scheduled task. What is set in SATCHEL_PASSPHRASE_FILE, SATCHEL_STATE_DIR and SATCHEL_STATE_COPY holds for the service too.',
    positionals: [DIRS],
    options: { 'no-mounts': NO_MOUNTS, print: PRINT, system: SYSTEM },
    examples: [
      { line: 'satchel service install', does: 'from now on, plug in and wait a moment' },
      { line: 'satchel service install --print --system macos', does: 'to be installed by hand' },
    ],
  },
  'service uninstall': {
    name: 'service uninstall',
    summary: 'stop and remove the service',
    positionals: [],
    options: { print: PRINT, system: SYSTEM },
    examples: [{ line: 'satchel service uninstall', does: 'drives wait for "satchel sync" again' }],
  },
  'service status': {
    name: 'service status',
    summary: 'say whether the service is installed and running',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel service status', does: 'is it there?' }],
  },
} as const satisfies Record<string, Command>;
