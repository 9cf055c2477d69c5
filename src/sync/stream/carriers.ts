// What streams go over, by their URLs (spec/cli.md, "Streams").
import type { ChildProcess } from 'node:child_process';
import { SatchelError } from '../../format/error.js';
import { assertShowable, restOf, schemeOf } from '../medium/url.js';
import { type BytePipe, pipeOf } from './pipe.js';

/** A pipe to somewhere. */
export interface Carrier {
  readonly pipe: BytePipe;
  /** What a failure means of which nobody knows who was there; to be asked when the stream is over. */
  explain(failure: SatchelError): Promise<SatchelError>;
}

/** Where ssh goes to, and what it runs there. */
export interface SshPlace {
  /** With the user, where one is named. */
  readonly host: string;
  readonly port: string | undefined;
  /** Of the repository there; undefined: the usual one. */
  readonly directory: string | undefined;
}

/** Opens a pipe to the place. @throws SatchelError `usage`, `unreachable` */
export async function openCarrier(url: string, env: NodeJS.ProcessEnv): Promise<Carrier> {
  assertShowable(url);
  return schemeOf(url) === 'unix' ? connectUnix(url, pathOf(url)) : runSsh(url, parseSsh(url), env);
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
  const directory = decoded(url, path.startsWith('/~/') ? path.slice('/~/'.length) : path);
  return { host: `${user}${host}`, port, directory: directory === '' || directory === '/' ? undefined : directory };
}

/** The words for `ssh`: behind the host one line for the shell there, with nothing in it that is not quoted. */
export function sshWords({ host, port, directory }: SshPlace): string[] {
  const place = directory === undefined ? '' : `-C ${quoted(directory)} `;
  return ['-T', ...(port === undefined ? [] : ['-p', port]), '--', host, `satchel ${place}serve --stdio`];
}

const SSH = /^ssh:\/\/([^@/:[\]]+@)?([^@/:[\]]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?(\/.*)?$/;
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
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause) =>
      reject(
        new SatchelError('unreachable', `nobody answers at ${url} (${(cause as NodeJS.ErrnoException).code})`, {
          cause,
          hint: `run "satchel serve --listen ${url}" there first`,
        }),
      ),
    );
  });
  return { pipe: pipeOf(url, socket, socket), explain: async (failure) => failure };
}

async function runSsh(url: string, place: SshPlace, env: NodeJS.ProcessEnv): Promise<Carrier> {
  const { spawn } = await import('node:child_process');
  const child = spawn('ssh', sshWords(place), { env, stdio: ['pipe', 'pipe', 'inherit'], windowsHide: true });
  const ended = endOf(child);
  const { stdin, stdout } = child;
  return {
    pipe: pipeOf(url, stdout, stdin),
    explain: async (failure) => explained(failure, place, await ended()),
  };
}

interface Ended {
  readonly status: number | null;
  readonly error?: NodeJS.ErrnoException | undefined;
}

/** Waits for its end, and no longer than is worth it. */
function endOf(child: ChildProcess): () => Promise<Ended> {
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => resolve({ status: null, error }));
    child.once('exit', (status) => resolve({ status }));
  });
  return async () => {
    const kill = setTimeout(() => child.kill(), GRACE_MS);
    try {
      return await ended;
    } finally {
      clearTimeout(kill);
    }
  };
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
