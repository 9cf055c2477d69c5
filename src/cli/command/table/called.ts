// Which command the first words of a line are the name of. The everyday ones are found without a look at the others, whose
// declarations take longer to load than a line to be read.
import type { Command } from '../command.js';

type Commands = Readonly<Record<string, Command>>;

const conversation = async (): Promise<Commands> => (await import('./conversation.js')).CONVERSATION_COMMANDS;
const exchange = async (): Promise<Commands> => (await import('./exchange.js')).EXCHANGE_COMMANDS;

const EVERYDAY: Readonly<Record<string, () => Promise<Commands>>> = {
  post: conversation,
  read: conversation,
  status: conversation,
  export: exchange,
  import: exchange,
};

/** The command that the words begin with; behind it stand its arguments. */
export async function calledBy([first = '', second = '']: readonly string[]): Promise<Command | undefined> {
  const everyday = Object.hasOwn(EVERYDAY, first) ? await EVERYDAY[first]?.() : undefined;
  if (everyday) return everyday[first];
  const { findCommand } = await import('./commands.js');
  return findCommand(first) ?? findCommand(`${first} ${second}`);
}
