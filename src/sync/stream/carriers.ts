// What streams go over, by their URLs (spec/cli.md, "Streams").
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import { assertShowable, restOf, schemeOf, wordsOf } from '../medium/url.js';
import { withoutSecrets } from '../store/program.js';
import { type CallOptions, call } from './call.js';
import { CallBook } from './call-keys.js';
import type { Desk } from './desk.js';
import { type BytePipe, pipeOf } from './pipe.js';
import { OPENED_TIMES, type StreamTimes } from './stream-options.js';
import { OWN_PIPE } from './stream-url.js';

/** A pipe to somewhere. */
export interface Carrier {
  readonly pipe: BytePipe;
  /** What a failure means of which nobody knows who was there; to be asked when the stream is over. */
  explain(failure: SatchelError): Promise<SatchelError>;
  /** Resolves when nothing of it is left, such as a program that ran; to be called when the stream is over. */
  close(): Promise<void>;
}

/** How a pipe is opened. */
export interface CarrierOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly desk: Desk;
  /** Only these people may be at the other end; undefined: every contact, and oneself. */
  readonly people?: readonly PersonId[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where ssh goes to, and what it runs there. */
export interface SshPlace {
  /** With the user, where one is named. */
  readonly host: string;
  readonly port: string | undefined;
  /** Of the repository there; undefined: the usual one. */
  readonly directory: string | undefined;
}

/** The host and the port that `tcp://HOST:PORT` names. @throws SatchelError `usage` */
export function parseTcp(url: string): { readonly host: string; readonly port: number } {
  const [, name, six, port] = TCP.exec(url) ?? [];
  const host = six ?? name;
  if (host !== undefined && !host.startsWith('-') && Number(port) <= PORT_MAX) return { host, port: Number(port) };
  throw new SatchelError('usage', `${url} names no host and port`, { hint: 'such as tcp://desk.example:7411' });
}

/** Opens a pipe to the place. @throws SatchelError `usage`, `unreachable`; as {@link call} where nothing else encrypts it */
export async function openCarrier(url: string, options: CarrierOptions): Promise<Carrier> {
  assertShowable(url);
  if (url === OWN_PIPE) return callOver(url, ownPipe(), NOTHING_LEFT, options);
  switch (schemeOf(url)) {
    case 'unix':
      return connectUnix(url, pathOf(url));
    case 'tcp':
      return callOver(url, await connectTcp(url, options), NOTHING_LEFT, options);
    case 'serial':
      return callOver(url, ...(await openLine(url, options)), options);
    case 'cmd':
      return callOver(url, ...(await runCommand(url, options)), options);
    default:
      return runSsh(url, parseSsh(url), options);
  }
}

/** Standard input and output as one. */
export function ownPipe(): Duplex {
  return Duplex.from({ readable: process.stdin, writable: process.stdout });
}

/** How a call is made, or answered, over this pipe. */
export function callingOf(
  name: string,
  { desk, people, signal }: Omit<CarrierOptions, 'env'>,
  { greetingMs }: Pick<StreamTimes, 'greetingMs'> = OPENED_TIMES,
): CallOptions {
  const { random } = desk.repository.world;
  return { name, book: new CallBook(desk, people), random, limitMs: greetingMs, signal };
}

/** The path of `unix:PATH`. @throws SatchelError `usage` */
export function pathOf(url: string): string {
  const path = restOf(url);
  if (path !== '' && Buffer.byteLength(path) <= SOCKET_PATH_MAX) return path;
  throw new SatchelError('usage', `${url} names no socket`, {
    hint: `such as unix:/run/user/1000/satchel.sock, of at most ${SOCKET_PATH_MAX} bytes`,
  });
}

/**
 * The place that `ssh://[USER@]HOST[:PORT][/DIR]` names; `/~/` begins a path from the home directory there.
 * @throws SatchelError `usage`
 */
export function parseSsh(url: string): SshPlace {
  const [, user = '', host = '', port, path = ''] = SSH.exec(url) ?? [];
  if (host === '' || user.startsWith('-') || host.startsWith('-')) {
    throw new SatchelError('usage', `${url} names no host`, { hint: 'such as ssh://ana@desk.example/srv/notes' });
  }
  if (port !== undefined && !(Number(port) > 0 && Number(port) <= PORT_MAX))
    throw new SatchelError('usage', `${url} names no port`, { hint: 'leave it out for the usual one' });
  const directory = decoded(url, path.startsWith('/~/') ? path.slice('/~/'.length) : path);
  return { host: `${user}${host}`, port, directory: directory === '' || directory === '/' ? undefined : directory };
}

/** The words for `ssh`: behind the host one line for the shell there, with nothing in it that is not quoted. */
export function sshWords({ host, port, directory }: SshPlace): string[] {
  const place = directory === undefined ? '' : `-C ${quoted(directory)} `;
  return ['-T', ...(port === undefined ? [] : ['-p', port]), '--', host, `satchel ${place}serve --stdio --plain`];
}

const SSH = /^ssh:\/\/([^@/:[\]]+@)?([^@/:[\]]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?(\/.*)?$/;
const TCP = /^tcp:\/\/(?:([^@/:[\]]+)|\[([0-9a-fA-F:.]+)\]):(\d{1,5})\/?$/;
const PORT_MAX = 65_535;
/** What every system has room for. */
const SOCKET_PATH_MAX = 100;
/** What `ssh` says when it has not got there, and what a shell says of a program that is not there. */
const EXIT = { notThere: 255, noProgram: 127 } as const;
const GRACE_MS = 5_000;

/** For any shell like that of Bourne. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function decoded(url: string, path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new SatchelError('usage', `${url} has a % that stands for nothing`, { hint: 'write %25 for a %' });
  }
}

async function connectUnix(url: string, path: string): Promise<Carrier> {
  const { connect } = await import('node:net');
  const socket = connect(path);
  await connected(socket, url);
  return { pipe: pipeOf(url, socket, socket), ...NOTHING_LEFT };
}

async function connectTcp(url: string, { signal }: CarrierOptions): Promise<Socket> {
  const { connect } = await import('node:net');
  const place = parseTcp(url);
  if (place.port === 0)
    throw new SatchelError('usage', `${url} names no port`, { hint: 'name the one that "satchel serve" told there' });
  const socket = connect({ ...place, signal });
  const late = (): void => void socket.destroy(Object.assign(new Error('nothing answered'), { code: 'ETIMEDOUT' }));
  socket.setTimeout(OPENED_TIMES.greetingMs, late);
  await connected(socket, url);
  socket.setTimeout(0).off('timeout', late);
  // a frame is not worth waiting for another one
  return socket.setNoDelay(true);
}

/** @throws SatchelError `unreachable` */
async function connected(socket: Socket, url: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(
        new SatchelError('unreachable', `nobody answers at ${url} (${(cause as NodeJS.ErrnoException).code})`, {
          cause,
          hint: isUnknownHost(cause)
            ? 'look at how the host is written'
            : `run "satchel serve --listen ${url}" there first`,
        }),
      ),
    );
  });
}

/** Whether the host has no address: nothing is said of who is there. */
function isUnknownHost({ code = '' }: NodeJS.ErrnoException): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN'].includes(code);
}

type Behind = Omit<Carrier, 'pipe'>;

const NOTHING_LEFT: Behind = { explain: async (failure) => failure, close: async () => {} };

/** An encrypted pipe over one that is there. */
async function callOver(url: string, duplex: Duplex, behind: Behind, options: CarrierOptions): Promise<Carrier> {
  try {
    return { pipe: await call(duplex, callingOf(url, options)), ...behind };
  } catch (error) {
    try {
      throw error instanceof SatchelError && error.code === 'peer-lost' ? await behind.explain(error) : error;
    } finally {
      await behind.close();
    }
  }
}

/** A device, by itself in a session of its own. */
async function openLine(url: string, { desk }: CarrierOptions): Promise<readonly [Duplex, Behind]> {
  const { openSerial, parseSerial } = await import('./serial.js');
  const { line, close } = await openSerial(parseSerial(url));
  return [line.open(desk.repository.world.random(4).readUInt32BE()), { ...NOTHING_LEFT, close }];
}

/** A program with words of its own, and no shell. */
async function runCommand(url: string, { env, signal }: CarrierOptions): Promise<readonly [Duplex, Behind]> {
  const [program, ...args] = wordsOf(restOf(url));
  if (program === undefined)
    throw new SatchelError('usage', `${url} names no program`, { hint: 'such as "cmd:socat - TCP:desk.example:7411"' });
  const { child, behind } = await start([program, ...args], {
    env: withoutSecrets(env),
    signal,
    explain: (failure, ended) => endedBy(failure, program, ended),
  });
  return [Duplex.from({ readable: child.stdout, writable: child.stdin }), behind];
}

async function runSsh(url: string, place: SshPlace, { env, signal }: CarrierOptions): Promise<Carrier> {
  const { child, behind } = await start(['ssh', ...sshWords(place)], {
    env,
    signal,
    explain: (failure, ended) => explained(failure, place, ended),
  });
  return { pipe: pipeOf(url, child.stdout, child.stdin), ...behind };
}

interface Ended {
  readonly status: number | null;
  readonly error?: NodeJS.ErrnoException | undefined;
}

type Explain = (failure: SatchelError, ended: Ended) => SatchelError;

/** A program whose input and output are a pipe. */
async function start(
  [program, ...args]: readonly [string, ...string[]],
  { env, signal, explain }: Pick<CarrierOptions, 'env' | 'signal'> & { readonly explain: Explain },
) {
  const { spawn } = await import('node:child_process');
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true });
  const ended = endOf(child, signal);
  const behind: Behind = {
    // what was ended from here says nothing of the program
    explain: async (failure) => (signal?.aborted ? failure : explain(failure, await ended())),
    close: async () => void (await ended()),
  };
  return { child, behind };
}

/** Waits for its end, and no longer than is worth it: not at all for one that is to be over. */
function endOf(child: ChildProcess, signal: AbortSignal | undefined): () => Promise<Ended> {
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => resolve({ status: null, error }));
    child.once('exit', (status) => resolve({ status }));
  });
  return async () => {
    const ask = setTimeout(() => child.kill(), signal?.aborted ? 0 : GRACE_MS);
    const force = setTimeout(() => child.kill('SIGKILL'), 2 * GRACE_MS);
    try {
      return await ended;
    } finally {
      clearTimeout(ask);
      clearTimeout(force);
    }
  };
}

function endedBy(failure: SatchelError, program: string, { status, error }: Ended): SatchelError {
  if (error)
    return new SatchelError('unreachable', `${program} cannot be run (${error.code})`, {
      cause: failure,
      hint: 'name a program, by its path if it is not in the PATH; blanks separate its words',
    });
  if (status === 0) return failure;
  return new SatchelError('unreachable', `${program} ended with ${status ?? 'a signal'}`, {
    cause: failure,
    hint: 'run it by hand to see what it says',
  });
}

function explained(failure: SatchelError, { host }: SshPlace, { status, error }: Ended): SatchelError {
  const { cause } = { cause: failure };
  if (error)
    return new SatchelError('unreachable', `ssh cannot be run (${error.code})`, { cause, hint: 'install OpenSSH' });
  if (status === EXIT.notThere) {
    return new SatchelError('unreachable', `ssh does not get to ${host}`, { cause, hint: `try "ssh ${host} true"` });
  }
  if (status !== EXIT.noProgram) return failure;
  return new SatchelError('unreachable', `there is no satchel in the PATH of ${host}`, {
    cause,
    hint: `install it there, so that "ssh ${host} satchel --version" answers`,
  });
}
