// A place that rclone reaches: `rclone:REMOTE:PATH`, with a remote of its configuration (spec/drive.md, "rclone"). Its credentials
// are its own matter.
import { hash } from 'node:crypto';
import { SatchelError } from '../../format/error.js';
import { restOf } from '../medium/url.js';
import { type Ended, runChild } from '../watch/child.js';
import type { HelperOptions } from './helper.js';
import { Lines } from './lines.js';
import { lastOf, withoutSecrets } from './program.js';
import type { DriveStore, ListedInStore, LocalFile } from './store.js';

const PROGRAM = 'rclone';
/** Nothing is asked, told on the way or tried three times over; what a request brings is tried again by rclone all the same. */
const QUIETLY = ['--quiet', '--ask-password=false', '--retries', '1'];
/** Hashes where the place has them without a look into files; dates of the place itself, which cost no request each. */
const LISTING = ['lsjson', '--recursive', '--files-only', '--hash', '--use-server-modtime', '--no-mimetype'];
const LINE_MAX = 8_192;
const NO_FOLDER = 3;
const NO_FILE = 4;
const TEMPORARY = 5;
/** A remote by its name; one that is made up in its place could have a password. */
const REMOTE = /^[\w.+@][\w.+@ -]*:[^:]*$/;
const SAID = {
  'no-space': /no space|quota|insufficient ?storage|disk full|\b507\b/i,
  denied: /denied|forbidden|unauthori[sz]ed|not permitted|couldn't login|unable to authenticate|\b40[13]\b/i,
  unreachable: /dial tcp|no such host|connection refused|connection reset|timeout|timed out|unreachable/i,
} as const;

/** The place; nothing is asked of it yet. @throws SatchelError `usage` */
export function rcloneStore(url: string, options: HelperOptions): DriveStore {
  const remote = restOf(url);
  if (!REMOTE.test(remote))
    throw new SatchelError('usage', `${url} names no remote of rclone's configuration`, {
      hint: 'such as rclone:cloud:relay, with a remote that "rclone listremotes" shows',
    });
  const place = new Remote(url, remote, options);
  return {
    url,
    isExclusive: false,
    list: (each, signal) => place.list(each, signal),
    get: (name, write, signal) => place.get(name, write, signal),
    put: (name, file, _, signal) => place.put(name, file, signal),
    remove: (name, signal) => place.remove(name, signal),
  };
}

class Remote {
  readonly #url: string;
  readonly #remote: string;
  readonly #options: HelperOptions;

  constructor(url: string, remote: string, options: HelperOptions) {
    this.#url = url;
    this.#remote = remote;
    this.#options = options;
  }

  async list(each: (file: ListedInStore) => void, signal: AbortSignal): Promise<void> {
    const lines = new Lines((line) => {
      if (line !== '[' && line !== ']') each(this.#parsed(line));
    }, LINE_MAX);
    const ended = await this.#run([...LISTING, this.#remote], signal, (bytes) => lines.add(bytes));
    // a folder that is not there has nothing in it: it comes with the first file
    if (ended.status === NO_FOLDER && !ended.isLate) return;
    this.#assertDone(ended);
    lines.end();
  }

  async get(name: string, write: (bytes: Buffer) => void, signal: AbortSignal): Promise<boolean> {
    const ended = await this.#run(['cat', this.#at(name)], signal, write);
    if (isGone(ended)) return false;
    this.#assertDone(ended);
    return true;
  }

  /** It compares what has come with what was sent, where the place has hashes. */
  async put(name: string, file: LocalFile, signal: AbortSignal): Promise<object> {
    this.#assertDone(await this.#run(['copyto', '--ignore-times', '--no-traverse', file.path, this.#at(name)], signal));
    return {};
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const ended = await this.#run(['deletefile', this.#at(name)], signal);
    const isNone = ended.status === 1 && /doesn't exist|not found/.test(ended.stderr);
    if (!isNone && !isGone(ended)) this.#assertDone(ended);
  }

  #at(name: string): string {
    return /[:/]$/.test(this.#remote) ? `${this.#remote}${name}` : `${this.#remote}/${name}`;
  }

  #run(words: readonly string[], signal: AbortSignal, each?: (bytes: Buffer) => void): Promise<Ended> {
    const { env, times } = this.#options;
    // with this variable rclone reaches no bucket
    const { AWS_CA_BUNDLE: _, ...told } = withoutSecrets(env);
    return runChild(PROGRAM, [...QUIETLY, ...words], {
      env: told,
      limitMs: times.wholeMs,
      // while a file is put nothing tells how far it has come
      idleMs: each && times.idleMs,
      signal,
      isGroup: true,
      each: each ?? (() => {}),
    });
  }

  /** @throws SatchelError `io` for a line that is none */
  #parsed(line: string): ListedInStore {
    const file = parsedJson(line.replace(/,$/, ''));
    const { Path: name, Size: size, ModTime: modified, Hashes: hashes } = file ?? {};
    if (typeof name !== 'string' || typeof size !== 'number') throw this.#failed('io', `listed ${line.slice(0, 60)}`);
    const said = hashes && Object.keys(hashes).length > 0 ? JSON.stringify(hashes) : `${modified}`;
    return { name, size: size < 0 ? undefined : size, tag: hash('sha256', `${size} ${said}`) };
  }

  #assertDone({ status, stderr, isLate, error }: Ended): void {
    if (isLate) throw this.#failed('unreachable', 'did not answer in time and was ended');
    if (status === 0) return;
    if (error?.code === 'ENOENT')
      throw new SatchelError('usage', 'there is no program rclone in the PATH', {
        hint: 'install it (rclone.org), or use another URL',
      });
    if (/didn't find section/.test(stderr))
      throw new SatchelError('usage', `rclone has no remote ${this.#remote.split(':')[0]}`, {
        hint: 'run "rclone config" to make one, and "rclone listremotes" to see them',
      });
    const codes = ['no-space', 'denied', 'unreachable'] as const;
    const said = codes.find((code) => SAID[code].test(stderr));
    const code = said ?? (status === TEMPORARY ? 'unreachable' : 'io');
    const how = status === null ? 'was killed' : `ended with exit status ${status}`;
    throw this.#failed(code, `${how}${lastOf(stderr)}`);
  }

  #failed(code: keyof typeof HINTS, what: string): SatchelError {
    return new SatchelError(code, `rclone ${what} (${this.#url})`, { hint: HINTS[code] });
  }
}

const HINTS = {
  'no-space': 'free some space there, or give --max-size',
  denied: 'see "rclone config" for the credentials, and what they allow',
  unreachable: 'nothing is lost; run the same command again later',
  io: 'see whether "rclone lsf" works there',
} as const;

function isGone({ status, isLate }: Ended): boolean {
  return !isLate && (status === NO_FOLDER || status === NO_FILE);
}

interface Listed {
  readonly Path?: unknown;
  readonly Size?: unknown;
  readonly ModTime?: unknown;
  readonly Hashes?: object | undefined;
}

function parsedJson(text: string): Listed | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
