// A command of the program in this process, as `main` runs it: for tests that take hold of the disk below it, or measure
// or look at what it does.
import { readCommandLine } from '../../src/cli/command/command-line.js';
import { type ContextParts, createContext, type GlobalArgs } from '../../src/cli/command/context.js';
import { describeFailure } from '../../src/cli/command/errors.js';
import { HANDLERS } from '../../src/cli/command/handlers.js';
import { lookAt } from '../../src/cli/command/well-formed.js';
import type { Output } from '../../src/cli/terminal/output.js';
import { writeText } from '../../src/cli/terminal/write-text.js';
import type { World } from '../../src/repository/repository.js';
import type { Replica } from './replica.js';

/** How a command ended. */
export interface EndedHere {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What somebody answers to a question, having seen what is on stderr by then. */
export type Answer = (question: string, shown: string) => string | undefined;

/** What it runs with. */
export interface HereOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly world: World;
  /** It writes for people instead of programs: into a pipe, or on a terminal of that width. */
  readonly people?: 'pipe' | { readonly columns: number };
  /** A pager of whoever watches; else there is none. */
  readonly page?: ContextParts['page'];
  /** Somebody who is asked, and sees what is on stderr by then; else there is nobody. */
  readonly answer?: Answer | undefined;
}

type Loaders = Record<string, () => Promise<{ run(context: unknown, args: unknown): Promise<unknown> }>>;

/** Runs a command line, with `--json` unless it is for people; a failure is what `main` would report, never thrown. */
export async function runHere(argv: readonly string[], options: HereOptions): Promise<EndedHere> {
  const { people, answer, ...parts } = options;
  const stdout = gathering(people);
  const stderr = gathering(people);
  const ended = (exit: number): EndedHere => ({ exit, stdout: stdout.text(), stderr: stderr.text() });
  try {
    const line = people ? argv : [...argv, '--json'];
    const asked = await readCommandLine(line, lookAt(line));
    if (asked.kind !== 'run') throw new Error(`"${argv.join(' ')}" runs no command`);
    const { args } = asked;
    const ask = async (question: string): Promise<string | undefined> => {
      stderr.write(`${question}\n`);
      return answer?.(question, stderr.text());
    };
    const askSecret = async (question: string): Promise<string> => (await ask(question)) ?? '';
    const given = { ...parts, stdout, stderr, ask, askSecret, canAsk: () => answer !== undefined };
    const context = createContext(args as unknown as GlobalArgs, given);
    const handler = await (HANDLERS as unknown as Loaders)[asked.command.name]?.();
    const exit = await handler?.run(context, args);
    return ended(typeof exit === 'number' ? exit : 0);
  } catch (error) {
    const failure = describeFailure(error, { json: !people });
    writeText(stderr, failure.text);
    return ended(failure.exit);
  }
}

/** The same in the repository of a replica, at its time. */
export function runFor(
  { directory, stateDirectory, now }: Pick<Replica, 'directory' | 'stateDirectory' | 'now'>,
  argv: readonly string[],
  options: Partial<HereOptions> = {},
): Promise<EndedHere> {
  const world = { now: () => now, random: (size: number) => Buffer.alloc(size, 7) };
  return runHere(['-C', directory, ...argv], { env: { SATCHEL_STATE_DIR: stateDirectory }, world, ...options });
}

function gathering(people: HereOptions['people']): Output & { text(): string } {
  const chunks: Buffer[] = [];
  return {
    isTerminal: typeof people === 'object',
    columns: typeof people === 'object' ? people.columns : 80,
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    flush: () => undefined,
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
