// A disk whose file system fails at the n-th call: once, or from then on like a drive that was pulled out. Only calls below
// a directory count, so that everything else stays sound. A write that fails has written half of its bytes.
import fs from 'node:fs';
import path from 'node:path';

/** How the disk fails. */
export interface Failing {
  /** Which call fails, from 1. */
  readonly at: number;
  readonly mode: 'once' | 'forever';
  readonly code?: string;
  /** Which calls fail and count: all of them, or only those that change something. */
  readonly calls?: 'all' | 'changes';
}

type Call = (...args: unknown[]) => unknown;

const READS_BY_PATH = ['lstatSync', 'readdirSync', 'statSync', 'statfsSync'];
const CHANGES_BY_PATH = ['mkdirSync', 'renameSync', 'rmSync'];
const READS_BY_HANDLE = ['fstatSync', 'readSync'];
const CHANGES_BY_HANDLE = ['fdatasyncSync', 'fsyncSync', 'ftruncateSync'];
const READS_BY_EITHER = ['readFileSync'];
/** Calls that write their second argument. */
const WRITES = ['appendFileSync', 'writeFileSync', 'writeSync'];

/** Runs `work` with a drive that fails; returns its result, and how many calls to the drive there were. */
export async function withFailingDrive<T>(
  directory: string,
  failing: Failing,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly calls: number }> {
  const disk = new FailingDisk(directory, failing);
  try {
    const result = await work();
    if (disk.open > 0) throw new Error(`${disk.open} handles were left open on the drive`);
    return { result, calls: disk.calls };
  } finally {
    disk.repair();
  }
}

/**
 * Runs `work`, which is a process of its own: what it leaves open is closed when it ends. Returns its result, and how many
 * calls to the disk there were.
 */
export async function withFailingDisk<T>(
  directory: string,
  failing: Failing,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly calls: number }> {
  const disk = new FailingDisk(directory, failing);
  try {
    return { result: await work(), calls: disk.calls };
  } finally {
    disk.repair();
  }
}

class FailingDisk {
  calls = 0;
  readonly #directory: string;
  readonly #failing: Failing;
  readonly #fs = fs as unknown as Record<string, Call>;
  readonly #originals = new Map<string, Call>();
  readonly #handles = new Set<unknown>();

  constructor(directory: string, failing: Failing) {
    this.#directory = directory;
    this.#failing = failing;
    for (const name of [...READS_BY_PATH, ...READS_BY_HANDLE, ...READS_BY_EITHER]) this.#replace(name, false);
    for (const name of [...CHANGES_BY_PATH, ...CHANGES_BY_HANDLE]) this.#replace(name, true);
    for (const name of WRITES) this.#replaceWrite(name);
    this.#replaceOpen();
  }

  /** Handles that are open on it. */
  get open(): number {
    return this.#handles.size;
  }

  /** It works again; what was open on it is closed. */
  repair(): void {
    for (const [name, call] of this.#originals) this.#fs[name] = call;
    for (const handle of this.#handles) fs.closeSync(handle as number);
  }

  #replace(name: string, isChange: boolean): void {
    const original = this.#original(name);
    this.#fs[name] = (...args) => {
      if (this.#isHere(args[0])) this.#count(name, isChange);
      return original(...args);
    };
  }

  #replaceWrite(name: string): void {
    const original = this.#original(name);
    this.#fs[name] = (file, data, ...rest) => {
      const half = (): unknown =>
        name === 'writeSync' ? this.#writeHalf(original, file, data, rest) : original(file, halfOf(data), ...rest);
      if (this.#isHere(file)) this.#count(name, true, half);
      return original(file, data, ...rest);
    };
  }

  #writeHalf(original: Call, file: unknown, data: unknown, [offset, length, position]: unknown[]): void {
    original(file, data, offset, Math.floor(Number(length ?? (data as Buffer).length) / 2), position);
  }

  #replaceOpen(): void {
    const [open, close] = [this.#original('openSync'), this.#original('closeSync')];
    this.#fs['openSync'] = (...args) => {
      const isHere = this.#isHere(args[0]);
      if (isHere) this.#count('openSync', isForWriting(args[1]));
      const handle = open(...args);
      if (isHere) this.#handles.add(handle);
      return handle;
    };
    this.#fs['closeSync'] = (handle) => {
      this.#handles.delete(handle);
      return close(handle);
    };
  }

  #original(name: string): Call {
    const original = this.#fs[name] as Call;
    this.#originals.set(name, original);
    return original;
  }

  #isHere(file: unknown): boolean {
    if (typeof file !== 'string') return this.#handles.has(file);
    return file === this.#directory || file.startsWith(this.#directory + path.sep);
  }

  /** Counts a call, and fails it when its turn has come, after what it does until then. */
  #count(syscall: string, isChange: boolean, begin?: () => void): void {
    const { at, mode, calls = 'all', code = 'EIO' } = this.#failing;
    if (calls === 'changes' && !isChange) return;
    this.calls++;
    if (this.calls !== at && (mode === 'once' || this.calls < at)) return;
    begin?.();
    throw Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, syscall, errno: -5 });
  }
}

function halfOf(data: unknown): unknown {
  return typeof data === 'string'
    ? data.slice(0, data.length / 2)
    : (data as Buffer).subarray(0, (data as Buffer).length / 2);
}

function isForWriting(flags: unknown): boolean {
  if (typeof flags === 'string') return flags !== 'r';
  return (
    typeof flags === 'number' && (flags & (fs.constants.O_WRONLY | fs.constants.O_RDWR | fs.constants.O_CREAT)) !== 0
  );
}
