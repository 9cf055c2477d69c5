// The commands that are run most, each found without a look at the others: to load the declarations of all takes as long as
// to post a message.
import type { Command } from './command.js';
import type { Invocation } from './invocation.js';
import { splitWord, wantsHelp } from './words.js';

const conversation = (): Promise<typeof import('./table/conversation.js')> => import('./table/conversation.js');
const exchange = (): Promise<typeof import('./table/exchange.js')> => import('./table/exchange.js');

const EVERYDAY: Readonly<Record<string, () => Promise<Command>>> = {
  post: async () => (await conversation()).CONVERSATION_COMMANDS.post,
  read: async () => (await conversation()).CONVERSATION_COMMANDS.read,
  status: async () => (await conversation()).CONVERSATION_COMMANDS.status,
  export: async () => (await exchange()).EXCHANGE_COMMANDS.export,
  import: async () => (await exchange()).EXCHANGE_COMMANDS.import,
};

/** The command line as `resolveInvocation` understands it when it runs one of these or asks for the version; else undefined. */
export async function everydayInvocation(argv: readonly string[]): Promise<Invocation | undefined> {
  const { word, rest } = splitWord(argv);
  if (word === undefined && rest.includes('--version')) return { kind: 'version' };
  if (word === undefined || !Object.hasOwn(EVERYDAY, word) || wantsHelp(rest)) return undefined;
  const command = await EVERYDAY[word]?.();
  return command && { kind: 'run', command, words: rest };
}
