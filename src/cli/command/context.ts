// What a command works with: its outputs, its environment and its repository (spec/cli.md, "Repository").
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { Keyring } from '../../identity/keyring.js';
import type { Repository, World } from '../../repository/repository.js';
import type { LiveKeyring } from '../../topic/message/keyring.js';
import { jsonText } from '../terminal/escape.js';
import { type Interruption, listenForInterrupt } from '../terminal/interrupt.js';
import type { Output } from '../terminal/output.js';
import type { Paged } from '../terminal/pager.js';
import { chooseStyle, type Style } from '../terminal/style.js';
import { writeText } from '../terminal/write-text.js';
import { readConfig } from './config.js';
import { type Config, DEFAULT_CONFIG } from './settings.js';
import { BUILT } from './version.js';

/** The values of the global options. */
export interface GlobalArgs {
  readonly directory: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly lockTimeout: number | undefined;
  readonly noColor: boolean;
}

/** Handed to every command's `run`. */
export interface Context {
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether somebody can be asked: standard input and error are a terminal. */
  canAsk(): boolean;
  /** Whether a conversation is welcome: somebody can be asked, and has not asked for quiet or for JSON. */
  canTalk(): boolean;
  /**
   * One line from whom can be asked; undefined at the end of the input.
   * @throws Interrupted
   */
  ask(question: string): Promise<string | undefined>;
  /**
   * The same without showing what is typed; at the end of the input what was typed so far.
   * @throws Interrupted
   */
  askSecret(question: string): Promise<string>;
  /** Shows a text by the pager of whoever watches; absent where there is none. */
  readonly page?: ContextParts['page'];
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours for stdout. */
  readonly style: Style;
  readonly env: NodeJS.ProcessEnv;
  readonly world: World;
  /** The directory that holds `.satchel`: `-C`, SATCHEL_DIR, else home. Never searched for upwards. */
  readonly directory: string;
  /** How long `init` waits for the lock; an open repository knows its own, from the option or the setting. */
  readonly lockTimeoutMs: number;
  /** How long commands wait for others, ms: by the option, else by the setting. */
  lockTimeout(): Promise<number>;
  /**
   * The settings, read at the first call.
   * @throws SatchelError `damaged` when they are malformed
   */
  config(): Promise<Config>;
  /**
   * The repository, opened at the first call.
   * @throws SatchelError as `Repository.open`
   */
  repository(): Promise<Repository>;
  /**
   * The passphrase of the secret keys.
   * @throws SatchelError `locked` when there is nobody to ask
   */
  passphrase(): Promise<string>;
  /** The secret keys, opened when they are first asked for; the passphrase is asked for once, if there is one. */
  keyring(): Promise<Keyring>;
  /** SIGINT and SIGTERM as an abort signal, for commands that wait. */
  interruption(): Interruption;
  /** The exit status once a signal came that was waited for. */
  interrupted(): number | undefined;
  /** A result for people: a line on stdout, unless `--quiet` or `--json`. */
  print(line: string): void;
  /** A result for programs: one JSON document on one line of stdout. */
  printJson(value: unknown): void;
  /** A remark on stderr, unless `--quiet` or `--json`. */
  note(line: string): void;
}

/** What `main` passes in; tests pass their own. */
export interface ContextParts {
  readonly stdout: Output;
  readonly stderr: Output;
  canAsk(): boolean;
  /** Shows a text by the user's pager, and says whether it took all of it. */
  readonly page?: ((text: string) => Promise<Paged>) | undefined;
  /** Asks for a line in place of the terminal. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** The same for what is not shown. */
  readonly askSecret?: (question: string) => Promise<string>;
  readonly env: NodeJS.ProcessEnv;
  readonly world: World;
}

/** Time and randomness of this machine. */
export const SYSTEM_WORLD: World = { now: Date.now, random: randomBytes, built: BUILT };

/** The context of one run of a command. */
export function createContext(args: GlobalArgs, parts: ContextParts): Context {
  const { stdout, stderr, env } = parts;
  const directory = resolveDirectory(args.directory, env);
  const lockTimeoutMs = (args.lockTimeout ?? DEFAULT_CONFIG['lock-timeout']) * 1_000;
  const config = once(async () => readConfig(directory));
  // who has to look at a repository with damaged settings gets to see it
  const waiting = async (): Promise<number> => (await config().catch(() => DEFAULT_CONFIG))['lock-timeout'];
  const lockTimeout = async (): Promise<number> => (args.lockTimeout ?? (await waiting())) * 1_000;
  const forPeople = !args.quiet && !args.json;
  const askSecret =
    parts.askSecret ?? (async (question: string) => (await import('../terminal/prompt.js')).askSecret(question));
  const passphrase = (): Promise<string> => askPassphrase({ ...parts, askSecret });
  let interruption: Interruption | undefined;
  const keys = once(async () => openKeyring(directory, passphrase));
  return {
    ...parts,
    directory,
    lockTimeoutMs,
    json: args.json,
    quiet: args.quiet,
    canTalk: () => forPeople && parts.canAsk(),
    style: chooseStyle(stdout.isTerminal, { env, noColor: args.noColor }),
    config,
    lockTimeout,
    repository: once(async () => {
      const keyring = await openTopicKeyring(directory, keys);
      return openRepository(directory, { keyring, world: parts.world, lockTimeoutMs: await lockTimeout() });
    }),
    ask: parts.ask ?? (async (question) => (await import('../terminal/prompt.js')).askLine(question)),
    askSecret,
    passphrase,
    keyring: keys,
    interruption: () => {
      interruption ??= listenForInterrupt();
      return interruption;
    },
    interrupted: () => interruption?.exit(),
    print: (line) => forPeople && writeText(stdout, `${line}\n`),
    printJson: (value) => stdout.write(`${jsonText(value)}\n`),
    note: (line) => forPeople && remark(line, stdout, stderr),
  };
}

/** The same where standard output is somebody else's: what people read goes to standard error. */
export function besideOutput(context: Context): Context {
  const { stderr, json, quiet } = context;
  const isForPeople = !quiet && !json;
  return { ...context, stdout: stderr, print: (line) => isForPeople && writeText(stderr, `${line}\n`) };
}

/** The directory that holds `.satchel`, absolute. */
function resolveDirectory(given: string | undefined, env: NodeJS.ProcessEnv): string {
  return path.resolve(given ?? (env['SATCHEL_DIR'] || os.homedir()));
}

/** The keys of private topics: at hand unless they are under a passphrase, which nobody is asked for here. */
async function openTopicKeyring(directory: string, keys: () => Promise<Keyring>): Promise<LiveKeyring> {
  const [{ LiveKeyring }, { hasTopicKeys }] = await Promise.all([
    import('../../topic/message/keyring.js'),
    import('../../identity/topic-keys-there.js'),
  ]);
  const keyring = new LiveKeyring(hasTopicKeys(directory));
  if (!keyring.isLocked) return keyring;
  const [{ secretsForm }, { readTopicKeys }] = await Promise.all([
    import('../../identity/keys.js'),
    import('../../identity/topic-keys.js'),
  ]);
  if (secretsForm(directory) !== 'plain') return keyring;
  try {
    keyring.take((await readTopicKeys(await keys())).topics);
    keyring.isLocked = false;
  } catch (error) {
    // who has to look at a repository with damaged keys gets to see it
    if (!(error instanceof SatchelError)) throw error;
  }
  return keyring;
}

interface Opening {
  readonly keyring: LiveKeyring;
  readonly world: World;
  readonly lockTimeoutMs: number;
}

async function openRepository(directory: string, { keyring, world, lockTimeoutMs }: Opening): Promise<Repository> {
  const [{ Repository }, { createInterpreter }] = await Promise.all([
    import('../../repository/repository.js'),
    import('../../topic/message/interpret.js'),
  ]);
  return Repository.open(directory, { interpreter: createInterpreter(keyring), world, lockTimeoutMs });
}

async function openKeyring(directory: string, passphrase: () => Promise<string>): Promise<Keyring> {
  const { Keyring } = await import('../../identity/keyring.js');
  return new Keyring(directory, passphrase);
}

async function askPassphrase({
  env,
  canAsk,
  askSecret,
}: Pick<Context, 'env' | 'canAsk' | 'askSecret'>): Promise<string> {
  const { findPassphrase } = await import('../terminal/passphrase.js');
  return findPassphrase('Passphrase: ', { env, canAsk: canAsk(), ask: askSecret });
}

// What was said before stays before, where both streams end in one file.
function remark(line: string, stdout: Output, stderr: Output): void {
  stdout.flush();
  writeText(stderr, `${line}\n`);
  stderr.flush();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
