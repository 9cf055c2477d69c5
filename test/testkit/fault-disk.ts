// A disk that fails at its n-th call: once, or from then on like a drive that was pulled out. Only calls below a directory
// count, so that everything else stays sound. A write that fails has written half of its bytes.
import { type Disk, disk, useDisk } from '../../src/repository/disk.js';
import { Below, type DiskCall, isChange, wrapDisk } from './wrapped-disk.js';

/** How the disk fails. */
export interface Failing {
  /** Which call fails, from 1. */
  readonly at: number;
  readonly mode: 'once' | 'forever';
  readonly code?: string;
  /** Which calls fail and count: all of them, or only those that change something. */
  readonly calls?: 'all' | 'changes';
}

/** What came of work on such a disk, and how many calls to it there were. */
export interface Worked<T> {
  readonly result: T;
  readonly calls: number;
  /** The first call that failed. */
  readonly failed: string | undefined;
}

/** Runs `work` with a drive that fails; it has to close what it opened there. */
export async function withFailingDrive<T>(
  directory: string,
  failing: Failing,
  work: () => Promise<T>,
): Promise<Worked<T>> {
  const faults = new FaultDisk(disk, directory, failing);
  const worked = await faults.during(work);
  if (faults.below.handles.size > 0)
    throw new Error(`${faults.below.handles.size} handles were left open on the drive`);
  return worked;
}

/** Runs `work`, which is a process of its own, with a disk that fails: what it leaves open is closed when it ends. */
export async function withFailingDisk<T>(
  directory: string,
  failing: Failing,
  work: () => Promise<T>,
  sound: Disk = disk,
): Promise<Worked<T>> {
  return new FaultDisk(sound, directory, failing).during(work);
}

class FaultDisk {
  calls = 0;
  /** The call that failed first. */
  failed: string | undefined;
  readonly below: Below;
  readonly #sound: Disk;
  readonly #failing: Failing;

  constructor(sound: Disk, directory: string, failing: Failing) {
    this.#sound = sound;
    this.#failing = failing;
    this.below = new Below(directory);
  }

  /** Runs it with this disk in use; afterwards the sound one is, and what was left open is closed. */
  async during<T>(work: () => Promise<T>): Promise<Worked<T>> {
    const restore = useDisk(wrapDisk(this.#sound, (call, make) => this.#answer(call, make)));
    try {
      const result = await work();
      return { result, calls: this.calls, failed: this.failed };
    } finally {
      restore();
      for (const handle of [...this.below.handles.keys()]) this.#sound.close(handle as number);
    }
  }

  #answer(call: DiskCall, make: (...args: unknown[]) => unknown): unknown {
    if (!this.below.has(call)) return make(...call.args);
    if (this.#fails(call)) return this.#fail(call, make);
    const result = make(...call.args);
    this.below.note(call, result);
    return result;
  }

  #fails(call: DiskCall): boolean {
    const { at, mode, calls = 'all' } = this.#failing;
    if (call.name === 'close' || (calls === 'changes' && !isChange(call))) return false;
    this.calls++;
    return this.calls === at || (mode === 'forever' && this.calls > at);
  }

  #fail(call: DiskCall, make: (...args: unknown[]) => unknown): unknown {
    const { name, args } = call;
    this.failed ??= `${name} ${this.below.placeOf(call)}`;
    // nobody can tell
    if (name === 'exists') return false;
    const [handle, bytes, to] = args as [number, Buffer, number | null];
    if (name === 'write') make(handle, bytes.subarray(0, bytes.length / 2), to);
    const { code = 'EIO' } = this.#failing;
    throw Object.assign(new Error(`${code}: made to fail, ${name}`), { code, syscall: name, errno: -5 });
  }
}
