// One request of satchel, answered by a helper that asks a server over HTTP (spec/drive.md, "Helpers").
import { SatchelError } from '../../src/format/error.js';
import { isSafeName } from '../../src/sync/medium/names.js';
import { assertShowable } from '../../src/sync/medium/url.js';
import { type CredentialsPlace, USUAL_CREDENTIALS } from '../../src/sync/store/credentials.js';
import { DONE, type Failure, GONE, type Write, write } from '../answer.js';
import { failureOf } from './failure.js';

/** A file as it is listed. */
export interface ListedFile {
  readonly name: string;
  readonly size: number;
  readonly tag: string;
}

/** What a helper does in a place. Whatever fails throws a {@link SatchelError}. */
export interface Place {
  list(): Promise<readonly ListedFile[]>;
  /** Whether it is there. */
  get(name: string, write: Write): Promise<boolean>;
  /** The bytes can be had once. */
  put(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Whether it was there. */
  remove(name: string): Promise<boolean>;
  /** By which URLs others read what is published there. */
  addresses(): Promise<readonly string[]>;
}

/** What a helper is made of. */
export interface Helper {
  /** The form of its URLs. */
  readonly form: string;
  /** @throws SatchelError `usage`, `denied` */
  open(url: string, credentials: CredentialsPlace): Place;
}

/** Does what the words of the command line ask, says on standard error what failed, and sets the exit status. */
export async function answer(words: readonly string[], helper: Helper): Promise<void> {
  const { status, why } = await answerOrFail(words, helper).catch(failureOf);
  if (why !== '') process.stderr.write(`${why.split(/[\r\n]/, 1)[0]}\n`);
  process.exitCode = status;
}

async function answerOrFail(words: readonly string[], { form, open }: Helper): Promise<Failure> {
  const [verb = '', name = ''] = words;
  const isNamed = ['get', 'put', 'remove'].includes(verb);
  const isAsked = isNamed ? words.length === 2 && isSafeName(name) : words.length === 1;
  const work = isAsked ? WORK[verb] : undefined;
  const url = process.env['SATCHEL_DRIVE_URL'];
  if (!work || url === undefined)
    throw new SatchelError(
      'usage',
      `satchel runs this for URLs ${form}: list | get NAME | put NAME | remove NAME | addresses`,
    );
  assertShowable(url);
  const named = process.env['SATCHEL_DRIVE_CREDENTIALS'] ?? USUAL_CREDENTIALS;
  return work(open(url, { named, env: process.env }), name);
}

const WORK: Readonly<Record<string, (place: Place, name: string) => Promise<Failure>>> = {
  list: async (place) => {
    const lines = (await place.list()).map(({ size, tag, name }) => `${size} ${tag} ${name}\n`);
    await write(Buffer.from(lines.join('')));
    return DONE;
  },
  get: async (place, name) => ((await place.get(name, write)) ? DONE : GONE),
  put: async (place, name) => {
    await place.put(name, process.stdin as AsyncIterable<Buffer>);
    return DONE;
  },
  remove: async (place, name) => ((await place.remove(name)) ? DONE : GONE),
  addresses: async (place) => {
    const lines = (await place.addresses()).map((address) => `${address}\n`);
    await write(Buffer.from(lines.join('')));
    return DONE;
  },
};
