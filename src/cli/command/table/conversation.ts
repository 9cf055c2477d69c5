// Commands that write and read messages (spec/cli.md, "Conversation").
import type { Command, Option, Positional } from '../command.js';

const TOPIC = {
  kind: 'text',
  short: 't',
  value: 'TOPIC',
  summary: 'the topic (default: the current one)',
} as const satisfies Option;
const ID = {
  name: 'id',
  arity: 'one',
  value: 'ID',
  summary: 'the first digits of a message id',
} as const satisfies Positional;

export const CONVERSATION_COMMANDS = {
  post: {
    name: 'post',
    summary: 'write a message',
    about: 'Without text, asks for it on a terminal, up to Ctrl-D. "-" is standard input.',
    positionals: [{ name: 'text', arity: 'any', value: 'TEXT', summary: 'the message; words are joined by spaces' }],
    options: {
      topic: { ...TOPIC, summary: 'the topic; joined by name if you know none such' },
      to: { kind: 'list', value: 'CONTACT', summary: 'to this person alone, in private (may be repeated)' },
      file: { kind: 'text', value: 'FILE', summary: 'take the text from a file' },
      edit: { kind: 'flag', short: 'e', summary: 'write it in the editor that VISUAL or EDITOR names' },
      attach: {
        kind: 'list',
        value: 'FILE',
        summary: 'bring this file along (may be repeated)',
      },
      reply: { kind: 'text', value: 'ID', summary: 'answer this message' },
      expire: {
        kind: 'text',
        value: 'TIME',
        summary: 'hide and drop it after this: 7d, 12h, or a date',
      },
      lines: { kind: 'flag', summary: 'one message for each line of standard input' },
      ndjson: {
        kind: 'flag',
        summary: 'one for each JSON object {text, time?, reply?, type?, key?, attach?} of it',
      },
      journal: { kind: 'flag', summary: 'one for each entry of "journalctl -o json"' },
      mbox: { kind: 'text', value: 'FILE', summary: 'one for each mail of a mailbox, with its date' },
      me: { kind: 'list', value: 'ADDRESS', summary: 'mails of this address are your own words' },
      encoding: { kind: 'text', value: 'NAME', summary: 'of these, where it is not UTF-8 or marked UTF-16' },
    },
    examples: [{ line: 'satchel post --to ben Hello', does: 'only Ben and you can read it' }],
  },
  edit: {
    name: 'edit',
    summary: 'give a message of yours another text',
    about:
      'Everybody sees the newest text, marked as edited, and "show" the former ones. Without text, asks for it as "post" does.',
    positionals: [ID, { name: 'text', arity: 'any', value: 'TEXT', summary: 'the new text' }],
    options: {
      file: { kind: 'text', value: 'FILE', summary: 'take the text from a file' },
      edit: { kind: 'flag', short: 'e', summary: 'change it in the editor that VISUAL or EDITOR names' },
    },
    examples: [
      { line: 'satchel edit 3fa1 "The beans are up, and the peas"', does: 'who has read it sees the new text' },
    ],
  },
  react: {
    name: 'react',
    summary: 'put a sign under a message; without one, take yours back',
    positionals: [ID, { name: 'emoji', arity: 'optional', value: 'EMOJI', summary: 'one sign, or a short word' }],
    options: {},
    examples: [{ line: 'satchel react 3fa1 👍', does: 'counted under the message' }],
  },
  retract: {
    name: 'retract',
    summary: 'take back a message of yours: asks every copy to drop it',
    positionals: [ID],
    options: {},
    examples: [{ line: 'satchel retract 3fa1', does: 'others drop the text when they hear of it' }],
  },
  hide: {
    name: 'hide',
    summary: 'hide a message, here only',
    positionals: [ID],
    options: { undo: { kind: 'flag', summary: 'show it again' } },
    examples: [{ line: 'satchel hide 3fa1', does: 'nobody is told' }],
  },
  forget: {
    name: 'forget',
    summary: 'drop what messages say from this disk alone',
    about:
      'Text and files go from this repository, and what held them is overwritten. Nobody is told: to others you still have it, so nobody sends it again. Flash disks, snapshots and backups may keep older copies. Not in private topics.',
    positionals: [{ ...ID, name: 'ids', arity: 'some' }],
    options: { force: { kind: 'flag', summary: 'also messages of yours that nobody is known to have' } },
    examples: [
      { line: 'satchel forget 3fa1', does: 'what it said is gone from here' },
      { line: 'satchel topic forget -t garden --older 52w', does: 'all that is older than a year' },
    ],
  },
  read: {
    name: 'read',
    alias: 'log',
    summary: 'read a conversation',
    positionals: [],
    options: {
      topic: { ...TOPIC, kind: 'list', summary: 'the topic, or several (default: the current)' },
      'all-topics': { kind: 'flag', summary: 'every joined topic' },
      number: { kind: 'number', short: 'n', value: 'N', summary: 'the last N messages' },
      unread: { kind: 'flag', summary: 'only unread messages, as on a terminal' },
      since: { kind: 'text', value: 'TIME', summary: 'only newer: 2h, 10:00, yesterday, a date' },
      until: { kind: 'text', value: 'TIME', summary: 'only older; a day is whole' },
      'arrived-since': { kind: 'text', value: 'TIME', summary: 'only what came here since' },
      author: { kind: 'text', value: 'CONTACT', summary: 'only by this person' },
      grep: { kind: 'text', value: 'TEXT', summary: 'only with this text in it' },
      graph: { kind: 'flag', summary: 'draw which message follows which' },
      follow: { kind: 'flag', summary: 'stay, and print what arrives' },
      all: { kind: 'flag', summary: 'also what is hidden, gone, or no message' },
      'no-pager': { kind: 'flag', summary: 'never show it by $PAGER (less -FRX)' },
      mark: { kind: 'flag', summary: 'count as read, if all that is new was shown' },
      html: { kind: 'text', value: 'DIR', summary: 'write it with its files into a new DIR, as a page' },
      markdown: { kind: 'text', value: 'FILE', summary: 'write it as Markdown; "-" is standard output' },
      mbox: { kind: 'text', value: 'FILE', summary: 'write it with its files as a mailbox, or to "-"' },
    },
    examples: [
      { line: 'satchel read --all-topics --arrived-since 24h', does: 'what came in the last day, late or not' },
    ],
  },
  search: {
    name: 'search',
    summary: 'find messages by their words, in all topics',
    about: 'In texts and names of files. All of the words have to be there; "several words" in quotes as a phrase.',
    positionals: [{ name: 'words', arity: 'some', value: 'WORD', summary: 'a word, a part of one, or a phrase' }],
    options: {
      topic: { ...TOPIC, kind: 'list', summary: 'only this topic, or several (default: all joined ones)' },
      context: { kind: 'number', value: 'N', summary: 'also N messages before and behind each' },
      number: { kind: 'number', short: 'n', value: 'N', summary: 'the last N in each topic' },
      since: { kind: 'text', value: 'TIME', summary: 'only newer: 2h, 10:00, yesterday, a date' },
      until: { kind: 'text', value: 'TIME', summary: 'only older; a day is whole' },
      author: { kind: 'text', value: 'CONTACT', summary: 'only by this person' },
      'no-pager': { kind: 'flag', summary: 'never show it by $PAGER (less -FRX)' },
    },
    examples: [
      { line: 'satchel search beans "next spring"', does: 'the word and the phrase, anywhere' },
      {
        line: 'satchel search -t garden --context 2 cafe',
        does: 'accents count for nothing; with what was said around it',
      },
    ],
  },
  feed: {
    name: 'feed',
    summary: 'hand every message to a program once, late ones too',
    about:
      'What is handed out, at most 1,000 messages, comes again with the same offsets until it is committed. A program that keeps the last offset with its own result, and skips what it has, gets each message exactly once. Edits and reactions are lines of their own.',
    positionals: [],
    options: {
      as: { kind: 'text', value: 'NAME', summary: 'the consumer: each has a position of its own' },
      topic: { ...TOPIC, kind: 'list', summary: 'only these topics (default: all joined ones)' },
      commit: { kind: 'number', value: 'N', summary: 'only say that all up to offset N is taken' },
      auto: { kind: 'flag', summary: 'commit what was written out; who reads a pipe may still lose it' },
      follow: { kind: 'flag', summary: 'stay, and hand out what arrives' },
      'from-now': { kind: 'flag', summary: 'a new consumer gets only what arrives from now on' },
    },
    examples: [
      { line: 'satchel feed --as mailer --json', does: 'what is new to it, a line each' },
      { line: 'satchel feed --as mailer --commit 20', does: 'when it is done with the first 20' },
    ],
  },
  'consumer list': {
    name: 'consumer list',
    summary: 'list consumers: who gets messages with "satchel feed"',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel consumer list', does: 'how far each of them is' }],
  },
  'consumer remove': {
    name: 'consumer remove',
    summary: 'forget how far a consumer is',
    about: 'Under the same name a new one begins with everything, and with offset 1.',
    positionals: [{ name: 'name', arity: 'one', value: 'NAME', summary: 'the name that "satchel feed --as" takes' }],
    options: {},
    examples: [{ line: 'satchel consumer remove mailer', does: 'nothing is handed out to it any more' }],
  },
  show: {
    name: 'show',
    summary: 'show everything about one message',
    positionals: [ID],
    options: {},
    examples: [{ line: 'satchel show 3fa1', does: 'author, times, what it answers, who has it' }],
  },
  get: {
    name: 'get',
    summary: 'save the files that a message brings',
    about:
      'Into the current directory, under names made safe; nothing is ever overwritten. With a piece missing, nothing is saved.',
    positionals: [ID],
    options: {
      output: { kind: 'text', short: 'o', value: 'FILE', summary: 'file or directory; "-" is standard output' },
      attachment: { kind: 'number', value: 'N', summary: 'only the Nth file (default: all of them)' },
    },
    examples: [
      { line: 'satchel get 3fa1', does: 'all its files, here' },
      { line: 'satchel get 3fa1 --attachment 2 -o ~/plans', does: 'the second one, elsewhere' },
    ],
  },
  trace: {
    name: 'trace',
    summary: 'follow one message: how it came, where it went, who is known to have it',
    about: 'What was written to a drive or file is on its way; only what somebody acknowledged has arrived.',
    positionals: [ID],
    options: {},
    examples: [{ line: 'satchel trace 3fa1', does: 'who still lacks it, and what to do' }],
  },
  status: {
    name: 'status',
    summary: 'what is unread, what is not delivered yet, and what to do next',
    positionals: [],
    options: {
      check: { kind: 'flag', summary: 'say only what needs somebody, and end with 3 then: for cron' },
      'max-age': { kind: 'text', value: 'SPAN', summary: 'with --check: what takes longer does (default 7d)' },
    },
    examples: [
      { line: 'satchel status', does: 'a good first command of the day' },
      { line: 'satchel status --check --max-age 2d', does: 'silent as long as all is well' },
    ],
  },
} as const satisfies Record<string, Command>;
