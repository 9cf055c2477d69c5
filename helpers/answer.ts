// One request of satchel to a helper of ours, answered (spec/drive.md, "Helpers").
import { once } from 'node:events';
import { SatchelError } from '../src/format/error.js';
import { isSafeName } from '../src/sync/medium/names.js';
import { assertShowable } from '../src/sync/medium/url.js';
import { type CredentialsPlace, USUAL_CREDENTIALS } from '../src/sync/store/credentials.js';

/** What a helper ends with. */
export const EXIT = {
  done: 0,
  broken: 1,
  usage: 2,
  gone: 4,
  exists: 5,
  full: 6,
  denied: 7,
  unreachable: 8,
} as const;

/** An exit status, and a line that says why. */
export interface Failure {
  readonly status: (typeof EXIT)[keyof typeof EXIT];
  readonly why: string;
}

/** Takes what is printed, in its time. */
export type Write = (bytes: Uint8Array) => Promise<void>;

/** What can be asked of a place. */
export interface Requests {
  /** Prints a line for each file. */
  list(write: Write): Promise<void>;
  /** Prints the bytes of a file; whether it is there. */
  get(name: string, write: Write): Promise<boolean>;
  /** Returns why it was not put. */
  put(name: string, bytes: Buffer): Promise<Failure | undefined>;
  /** Whether it was there. */
  remove(name: string): Promise<boolean>;
}

/** What speaks for one kind of place. */
export interface Speaker {
  /** Said to whoever calls it otherwise. */
  readonly usage: string;
  /** More bytes than it takes as one file. */
  readonly putMax: number;
  /** Hands what can be asked at a URL to `work`, and ends afterwards whatever it opened. */
  readonly reach: <T>(url: string, credentials: CredentialsPlace, work: (there: Requests) => Promise<T>) => Promise<T>;
  /** What it means that this was thrown. */
  readonly failureOf: (error: unknown) => Failure;
}

/** Does what the words of the command line ask, says on standard error what fails, and returns the exit status; never rejects. */
export async function answer(speaker: Speaker, words: readonly string[]): Promise<number> {
  const { status, why } = await answerOrFail(speaker, words).catch(speaker.failureOf);
  if (why !== '') process.stderr.write(`${why.split(/[\r\n]/, 1)[0]}\n`);
  return status;
}

async function answerOrFail({ usage, putMax, reach }: Speaker, words: readonly string[]): Promise<Failure> {
  const [verb = '', name = ''] = words;
  const isAsked = verb === 'list' ? words.length === 1 : words.length === 2 && isSafeName(name);
  const work = isAsked ? VERBS[verb] : undefined;
  const url = process.env['SATCHEL_DRIVE_URL'];
  if (!work || url === undefined) throw new SatchelError('usage', usage);
  assertShowable(url);
  const named = process.env['SATCHEL_DRIVE_CREDENTIALS'] ?? USUAL_CREDENTIALS;
  const bytes = verb === 'put' ? await input(putMax) : NOTHING;
  if (!bytes) return { status: EXIT.full, why: `no file there holds more than ${putMax} bytes` };
  return reach(url, { named, env: process.env }, (there) => work(there, name, bytes));
}

const NOTHING = Buffer.alloc(0);
/** All was done. */
export const DONE: Failure = { status: EXIT.done, why: '' };
/** There is no such file. */
export const GONE: Failure = { status: EXIT.gone, why: '' };

const VERBS: Readonly<Record<string, (there: Requests, name: string, bytes: Buffer) => Promise<Failure>>> = {
  list: async (there) => {
    await there.list(write);
    return DONE;
  },
  get: async (there, name) => ((await there.get(name, write)) ? DONE : GONE),
  put: async (there, name, bytes) => (await there.put(name, bytes)) ?? DONE,
  remove: async (there, name) => ((await there.remove(name)) ? DONE : GONE),
};

/** All of standard input; undefined when it is too much. */
async function input(most: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > most) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Prints, and waits where nobody takes it yet. */
export async function write(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}
