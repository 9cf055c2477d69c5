// A store behind a program: `exec:COMMAND`, and any scheme X with a program `satchel-drive-X` in the PATH (spec/drive.md,
// "Helpers").
import { SatchelError } from '../../format/error.js';
import { disk } from '../../repository/disk.js';
import { onDisk } from '../../repository/files.js';
import { isTag } from '../medium/names.js';
import { restOf, schemeOf, wordsOf } from '../medium/url.js';
import { type Ended, runChild } from '../watch/child.js';
import { USUAL_CREDENTIALS } from './credentials.js';
import { Lines } from './lines.js';
import { lastOf, withoutSecrets } from './program.js';
import type { DriveStore, ListedInStore, LocalFile, StoreTimes } from './store.js';

/** What a helper's exit status says, beyond 0. */
const EXIT = { gone: 4, exists: 5, full: 6, denied: 7, unreachable: 8 } as const;
/** What `ssh` says when it has not got there. */
const SSH_FAILED = 255;

/** What it may say of where others read what is published there. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:[\x21-\x7e]{1,200}$/;
const ADDRESSES_MAX = 8;

/** How helpers are run. */
export interface HelperOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly times: StoreTimes;
  /** What the setting `drive.credentials` names; a helper may look there. */
  readonly credentials?: string | undefined;
}

/** The store that the program of a URL speaks for. @throws SatchelError `usage` */
export function helperStore(url: string, options: HelperOptions): DriveStore {
  const helper = new Helper(url, options);
  return {
    url,
    isExclusive: false,
    list: (each, signal) => helper.list(each, signal),
    get: (name, write, signal) => helper.get(name, write, signal),
    put: (name, file, how, signal) => helper.put(name, file, how === 'replace', signal),
    remove: (name, signal) => helper.remove(name, signal),
    addresses: (signal) => helper.addresses(signal),
  };
}

/** The words of its command line: blanks separate them, and `%20` stands for one in a word. */
function commandOf(url: string): readonly [string, ...string[]] {
  const scheme = schemeOf(url);
  if (scheme !== 'exec') return [`satchel-drive-${scheme}`];
  const [program, ...args] = wordsOf(restOf(url));
  if (program !== undefined) return [program, ...args];
  throw new SatchelError('usage', 'exec: names no program', { hint: 'such as "exec:my-helper there"' });
}

class Helper {
  readonly #url: string;
  readonly #command: readonly [string, ...string[]];
  readonly #options: HelperOptions;

  constructor(url: string, options: HelperOptions) {
    this.#url = url;
    this.#command = commandOf(url);
    this.#options = options;
  }

  async list(each: (file: ListedInStore) => void, signal: AbortSignal): Promise<void> {
    const lines = new Lines((line) => each(this.#parsed(line)));
    this.#assertDone(await this.#run(['list'], { signal, each: (bytes) => lines.add(bytes) }));
    lines.end();
  }

  async get(name: string, write: (bytes: Buffer) => void, signal: AbortSignal): Promise<boolean> {
    const ended = await this.#run(['get', name], { signal, each: write });
    if (ended.status === EXIT.gone && !ended.isLate) return false;
    this.#assertDone(ended);
    return true;
  }

  async put(name: string, file: LocalFile, isReplacing: boolean, signal: AbortSignal): Promise<object | 'exists'> {
    const ended = await this.#put(name, file, signal);
    if (ended.status !== EXIT.exists) {
      this.#assertDone(ended);
      return {};
    }
    if (!isReplacing) return 'exists';
    // one that never replaces a file is made to
    await this.remove(name, signal);
    this.#assertDone(await this.#put(name, file, signal));
    return {};
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const ended = await this.#run(['remove', name], { signal });
    if (ended.status !== EXIT.gone) this.#assertDone(ended);
  }

  /** A helper that does not know the word knows of no addresses. */
  async addresses(signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = [];
    const lines = new Lines((line) => {
      if (ADDRESS.test(line) && found.length < ADDRESSES_MAX) found.push(line);
    });
    const { status } = await this.#run(['addresses'], { signal, each: (bytes) => lines.add(bytes) });
    lines.end();
    return status === 0 ? found : [];
  }

  async #put(name: string, file: LocalFile, signal: AbortSignal): Promise<Ended> {
    const stdin = onDisk(`reading ${file.path}`, () => disk.open(file.path, 'reading'));
    try {
      return await this.#run(['put', name], { signal, stdin });
    } finally {
      disk.close(stdin);
    }
  }

  #run(
    words: readonly string[],
    { signal, each, stdin }: { signal: AbortSignal; each?: (bytes: Buffer) => void; stdin?: number },
  ): Promise<Ended> {
    const [program, ...args] = this.#command;
    const { env, times, credentials = USUAL_CREDENTIALS } = this.#options;
    return runChild(program, [...args, ...words], {
      env: { ...withoutSecrets(env), SATCHEL_DRIVE_URL: this.#url, SATCHEL_DRIVE_CREDENTIALS: credentials },
      limitMs: times.wholeMs,
      // while a file is put nothing tells how far it has come
      idleMs: each && times.idleMs,
      signal,
      isGroup: true,
      each: each ?? (() => {}),
      stdin,
    });
  }

  #parsed(line: string): ListedInStore {
    const [, size = '', tag = '', name = ''] = /^(\d{1,15}|-) (\S+) (.+)$/.exec(line) ?? [];
    if (!isTag(tag)) {
      throw this.#broken(`listed ${JSON.stringify(line.slice(0, 60))}, which is not "SIZE TAG NAME"`);
    }
    return { name, tag, size: size === '-' ? undefined : Number(size) };
  }

  /** @throws SatchelError what the exit status means */
  #assertDone({ status, stderr, isLate, error }: Ended): void {
    if (isLate) throw this.#unreachable('did not answer in time and was ended', stderr);
    if (status === 0) return;
    if (error) throw this.#notRun(error);
    if (status === EXIT.unreachable || status === SSH_FAILED) throw this.#unreachable('does not reach it', stderr);
    if (status === EXIT.denied)
      throw new SatchelError('denied', `${this.#name} is not allowed to do that${lastOf(stderr)}`, {
        hint: `see which credentials ${this.#name} uses, and what they allow`,
      });
    if (status === EXIT.full)
      throw new SatchelError('no-space', `there is no space at ${this.#url}${lastOf(stderr)}`, {
        hint: 'free some space there, or give --max-size',
      });
    throw this.#broken(`${status === null ? 'was killed' : `ended with exit status ${status}`}${lastOf(stderr)}`);
  }

  get #name(): string {
    return this.#command[0];
  }

  #notRun(error: NodeJS.ErrnoException): SatchelError {
    const scheme = schemeOf(this.#url);
    const why = error.code === 'ENOENT' ? 'there is no such program' : error.message;
    const hint =
      scheme === 'exec'
        ? 'name a program in the PATH, or by its path'
        : `put one into the PATH; a folder of this name is written ./${this.#url}`;
    return new SatchelError('usage', `${this.#name} cannot be run: ${why}`, { cause: error, hint });
  }

  #unreachable(why: string, stderr: string): SatchelError {
    return new SatchelError('unreachable', `${this.#name} ${why}${lastOf(stderr)}`, {
      hint: 'nothing is lost; run the same command again later',
    });
  }

  #broken(what: string): SatchelError {
    return new SatchelError('io', `${this.#name} ${what}`, {
      hint: 'docs/a-store-far-away.md says what a helper has to answer',
    });
  }
}
