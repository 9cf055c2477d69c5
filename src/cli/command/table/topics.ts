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
    summary: 'start a topic that only your contacts can find',
    positionals: [{ name: 'label', arity: 'one', value: 'LABEL', summary: 'what to call it' }],
    options: {},
    examples: [{ line: 'satchel topic create "Summer trip"', does: 'contacts join it from your messages' }],
  },
  'topic join': {
    name: 'topic join',
    summary: 'join a topic by its name, or one seen from contacts',
    about:
      'A topic that contacts write in is found by its label or id. Any other name is a meeting place: it is open to anyone who knows the name. The topic becomes the current one.',
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
    positionals: [THIS_OR],
    options: {},
    examples: [{ line: 'satchel topic leave garden', does: 'no more messages are taken' }],
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
