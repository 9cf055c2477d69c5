// One request of satchel, answered (spec/drive.md, "Helpers" and "IMAP").
import { once } from 'node:events';
import { SatchelError } from '../../src/format/error.js';
import { isSafeName } from '../../src/sync/medium/names.js';
import { assertShowable } from '../../src/sync/medium/url.js';
import { USUAL_CREDENTIALS } from '../../src/sync/store/credentials.js';
import { EXIT, type Failure, failureOf } from './failure.js';
import { withMailbox } from './mailbox.js';
import about from './package.json' with { type: 'json' };
import { parsePlace } from './place.js';
import { get, list, put, type Request, remove } from './requests.js';

/** A larger file than any mailbox takes as one mail. */
const PUT_MAX = 128 * 2 ** 20;
const USAGE = 'satchel runs this for URLs imap://[LOGIN@]HOST/FOLDER: list | get NAME | put NAME | remove NAME';

/** Answers what the words of the command line ask; never rejects. */
export function answer(words: readonly string[]): Promise<Failure> {
  return answerOrFail(words).catch(failureOf);
}

async function answerOrFail(words: readonly string[]): Promise<Failure> {
  const [verb = '', name] = words;
  const isAsked = verb === 'list' ? words.length === 1 : words.length === 2 && isSafeName(name ?? '');
  const work = isAsked ? REQUESTS[verb] : undefined;
  const url = process.env['SATCHEL_DRIVE_URL'];
  if (!work || url === undefined) throw new SatchelError('usage', USAGE);
  assertShowable(url);
  const place = parsePlace(url);
  const named = process.env['SATCHEL_DRIVE_CREDENTIALS'] ?? USUAL_CREDENTIALS;
  const bytes = verb === 'put' ? await input() : NOTHING;
  if (!bytes) return { status: EXIT.full, why: `no mail holds more than ${PUT_MAX} bytes` };
  return withMailbox(place, { credentials: { named, env: process.env }, version: about.version }, (client) =>
    work({ client, place }, name ?? '', bytes),
  );
}

const NOTHING = Buffer.alloc(0);
const DONE: Failure = { status: EXIT.done, why: '' };
const GONE: Failure = { status: EXIT.gone, why: '' };

const REQUESTS: Readonly<Record<string, (request: Request, name: string, bytes: Buffer) => Promise<Failure>>> = {
  list: async (request) => {
    await list(request, write);
    return DONE;
  },
  get: async (request, name) => ((await get(request, name, write)) ? DONE : GONE),
  put: async (request, name, bytes) => (await put(request, name, bytes)) ?? DONE,
  remove: async (request, name) => ((await remove(request, name)) ? DONE : GONE),
};

/** All of standard input; undefined when it is too much. */
async function input(): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > PUT_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function write(bytes: Buffer): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
}
