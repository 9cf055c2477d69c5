// Commands about topics (spec/cli.md, "Topics").
import type { Command, Positional } from '../command.js';

const TOPIC = {
  name: 'topic',
  arity: 'one',
  value: 'TOPIC',
  summary: 'a label, or the first digits of a topic id',
} as const;
const THIS_OR = {
  ...TOPIC,
  arity: 'optional',
  summary: 'a topic (default: the current one)',
} as const satisfies Positional;

export const TOPIC_COMMANDS = {
  'topic create': {
    name: 'topic create',
    summary: 'start a topic: private, or open to your contacts',
    about:
      'Only people whom you invite can read a private topic; an open one your contacts can join. Everybody in a private topic can read all of it, and who read what when, since its beginning, and prove who wrote it: it is not forward secret. Asks on a terminal which of both is meant.',
    positionals: [{ name: 'label', arity: 'one', value: 'LABEL', summary: 'what to call it' }],
    options: {
      with: { kind: 'list', value: 'CONTACT', summary: 'private, with these people; also C,C,...' },
      private: { kind: 'flag', summary: 'private, with nobody yet' },
      open: { kind: 'flag', summary: 'open: contacts join it from your messages' },
    },
    examples: [
      { line: 'satchel topic create family --with ben,cleo', does: 'they are invited with the next sync' },
      { line: 'satchel topic create "Summer trip" --open', does: 'contacts join it from your messages' },
    ],
  },
  'topic join': {
    name: 'topic join',
    summary: 'join a topic by its name, or one seen from contacts',
    about:
      'A topic that contacts write in, or invite you into, is found by its label or id; a letter that begins with "satchelletter1:" is an invitation too. Any other name is a meeting place: it is open to anyone who knows the name. The topic becomes the current one.',
    positionals: [
      {
        name: 'name',
        arity: 'one',
        value: 'NAME',
        summary: "the exact name, or the first digits of a seen topic's id",
      },
    ],
    options: {},
    examples: [{ line: 'satchel topic join garden', does: 'everyone who joins "garden" meets there' }],
  },
  'topic invite': {
    name: 'topic invite',
    summary: 'make contacts members of a private topic',
    about:
      'Each gets a letter with its keys, which goes with what you export next. Who was invited before gets a new one.',
    positionals: [{ name: 'contacts', arity: 'some', value: 'CONTACT', summary: 'a petname' }],
    options: {
      topic: { kind: 'text', short: 't', value: 'TOPIC', summary: 'the topic (default: the current one)' },
      text: { kind: 'flag', summary: 'print the letter, to be sent over any channel' },
    },
    examples: [{ line: 'satchel topic invite ben -t garden', does: 'with all that was written there' }],
  },
  'topic members': {
    name: 'topic members',
    summary: 'who is in a private topic, and knows of the newest change',
    positionals: [],
    options: { topic: { kind: 'text', short: 't', value: 'TOPIC', summary: 'the topic (default: the current one)' } },
    examples: [{ line: 'satchel topic members -t garden', does: 'owners, members, and who was removed' }],
  },
  'topic remove': {
    name: 'topic remove',
    summary: 'take somebody out of a private topic',
    about:
      'It works as fast as news travels: who knows of it counts nothing more that the person writes, and seals nothing more for it. What it had it keeps.',
    positionals: [{ name: 'contact', arity: 'one', value: 'CONTACT', summary: 'a petname, or ~NAME' }],
    options: {
      since: { kind: 'text', value: 'TIME', summary: 'count only what came of it before: 2h, yesterday, a date' },
      topic: { kind: 'text', short: 't', value: 'TOPIC', summary: 'the topic (default: the current one)' },
    },
    examples: [{ line: 'satchel topic remove eve -t garden', does: 'keys are renewed at once' }],
  },
  'topic renew': {
    name: 'topic renew',
    summary: 'write a private topic under new keys from now on',
    positionals: [],
    options: { topic: { kind: 'text', short: 't', value: 'TOPIC', summary: 'the topic (default: the current one)' } },
    examples: [{ line: 'satchel topic renew -t garden', does: 'old keys stay, to read what was written' }],
  },
  'topic list': {
    name: 'topic list',
    summary: 'list joined topics, and those seen from contacts',
    positionals: [],
    options: {},
    examples: [{ line: 'satchel topic list', does: 'with unread counts' }],
  },
  'topic switch': {
    name: 'topic switch',
    summary: 'make a topic the current one',
    positionals: [TOPIC],
    options: {},
    examples: [{ line: 'satchel topic switch garden', does: 'post and read use it from now on' }],
  },
  'topic leave': {
    name: 'topic leave',
    summary: 'leave a topic; what you hold of it stays',
    about: 'Of a private topic the others are told, and an owner does not come back.',
    positionals: [THIS_OR],
    options: { force: { kind: 'flag', summary: 'also as the only owner of a private topic' } },
    examples: [{ line: 'satchel topic leave garden', does: 'no more messages are taken' }],
  },
  'topic forget': {
    name: 'topic forget',
    summary: 'drop what an open topic said before a time from this disk',
    about: 'As "satchel forget", for all messages that are older. Others keep theirs.',
    positionals: [],
    options: {
      topic: { kind: 'text', short: 't', value: 'TOPIC', summary: 'the topic (default: the current one)' },
      older: { kind: 'text', value: 'SPAN', summary: 'what was written before that: 12h, 30d, 52w' },
      force: { kind: 'flag', summary: 'also messages of yours that nobody is known to have' },
    },
    examples: [{ line: 'satchel topic forget -t garden --older 52w', does: 'keep a year of it' }],
  },
  'topic mute': {
    name: 'topic mute',
    summary: 'do not count a topic as unread',
    positionals: [THIS_OR],
    options: {},
    examples: [{ line: 'satchel topic mute garden', does: 'still carried and readable' }],
  },
  'topic unmute': {
    name: 'topic unmute',
    summary: 'count a topic as unread again',
    positionals: [THIS_OR],
    options: {},
    examples: [{ line: 'satchel topic unmute garden', does: 'back to normal' }],
  },
  'topic receipts': {
    name: 'topic receipts',
    summary: 'say whether you acknowledge messages in a topic',
    about: '"auto" acknowledges in topics of up to 64 logs.',
    positionals: [
      { name: 'mode', arity: 'one', value: 'MODE', choices: ['on', 'off', 'auto'], summary: 'on, off or auto' },
      THIS_OR,
    ],
    options: {},
    examples: [
      { line: 'satchel topic receipts off garden', does: 'nobody learns what you received, except from bundles' },
    ],
  },
  'topic carry': {
    name: 'topic carry',
    summary: 'say what you carry for others',
    about:
      '"on" and "off" are about one topic you have not joined: everybody\'s messages in it, within a quota.\n"all" carries whatever bundles bring, within a quota; "none" ends that.',
    positionals: [
      {
        name: 'mode',
        arity: 'one',
        value: 'MODE',
        choices: ['on', 'off', 'all', 'none'],
        summary: 'on, off, all or none',
      },
      THIS_OR,
    ],
    options: {},
    examples: [
      { line: 'satchel topic carry all', does: 'be a postman for everybody' },
      { line: 'satchel topic carry on garden', does: 'for this one' },
    ],
  },
} as const satisfies Record<string, Command>;
