// Every command of the program, grouped as help shows them (spec/cli.md, "Commands").
import type { ArgsOf, Command } from '../command.js';
import { CONVERSATION_COMMANDS } from './conversation.js';
import { DEVICE_COMMANDS } from './devices.js';
import { DRIVE_COMMANDS } from './drives.js';
import { EXCHANGE_COMMANDS } from './exchange.js';
import { IDENTITY_COMMANDS } from './identity.js';
import { TOPIC_COMMANDS } from './topics.js';
import { UPKEEP_COMMANDS } from './upkeep.js';
import { WATCH_COMMANDS } from './watching.js';

/** All commands by name. */
export const COMMANDS = {
  ...IDENTITY_COMMANDS,
  ...DEVICE_COMMANDS,
  ...TOPIC_COMMANDS,
  ...CONVERSATION_COMMANDS,
  ...DRIVE_COMMANDS,
  ...WATCH_COMMANDS,
  ...EXCHANGE_COMMANDS,
  ...UPKEEP_COMMANDS,
} as const;

/** The name of a command: `post`, `contact add`. */
export type CommandName = keyof typeof COMMANDS;
/** What the handler of the command receives as `args`. */
export type Args<N extends CommandName> = ArgsOf<(typeof COMMANDS)[N]>;

/** The sections of the overview, in the order of a first session. */
export const SECTIONS: readonly { readonly title: string; readonly commands: Readonly<Record<string, Command>> }[] = [
  { title: 'You and others', commands: IDENTITY_COMMANDS },
  { title: 'Messages', commands: CONVERSATION_COMMANDS },
  { title: 'Drives', commands: { ...DRIVE_COMMANDS, ...WATCH_COMMANDS } },
  { title: 'Carrying', commands: EXCHANGE_COMMANDS },
  { title: 'Topics', commands: TOPIC_COMMANDS },
  { title: 'Your devices', commands: DEVICE_COMMANDS },
  { title: 'Upkeep', commands: UPKEEP_COMMANDS },
];

/** The command of that name or alias, or undefined. */
export function findCommand(name: string): Command | undefined {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name as CommandName];
  return Object.values<Command>(COMMANDS).find((command) => command.alias === name);
}

/** The commands of a group: for `contact` all that begin with `contact `; empty when there is no such group. */
export function groupOf(word: string): readonly Command[] {
  return Object.values<Command>(COMMANDS).filter((command) => command.name.startsWith(`${word} `));
}

/** What a command line can begin with. */
export function firstWords(): string[] {
  return [...new Set(Object.keys(COMMANDS).map((name) => name.split(' ')[0] ?? name)), 'help', 'log'];
}
