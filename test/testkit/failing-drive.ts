// A drive whose file system fails at the n-th call: once, or from then on like one that was pulled out. Only calls below
// the drive's directory count, so that the repository's own disk stays sound.
import fs from 'node:fs';
import path from 'node:path';

/** How the drive fails. */
export interface Failing {
  /** Which call fails, from 1. */
  readonly at: number;
  readonly mode: 'once' | 'forever';
  readonly code?: string;
}

type Call = (...args: unknown[]) => unknown;

const BY_PATH = [
  'lstatSync',
  'mkdirSync',
  'openSync',
  'readdirSync',
  'readFileSync',
  'renameSync',
  'rmSync',
  'statSync',
  'statfsSync',
];
const BY_HANDLE = ['fstatSync', 'fsyncSync', 'readSync', 'writeSync'];

/** Runs `work` with a drive that fails; returns its result, and how many calls to the drive there were. */
export async function withFailingDrive<T>(
  directory: string,
  failing: Failing,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly calls: number }> {
  const disk = fs as unknown as Record<string, Call>;
  const originals = new Map([...BY_PATH, ...BY_HANDLE, 'closeSync'].map((name) => [name, disk[name] as Call]));
  const handles = new Set<unknown>();
  let calls = 0;
  const fail = (syscall: string): void => {
    calls++;
    if (calls !== failing.at && (failing.mode === 'once' || calls < failing.at)) return;
    const code = failing.code ?? 'EIO';
    throw Object.assign(new Error(`${code}: made to fail, ${syscall}`), { code, syscall, errno: -5 });
  };
  const original = (name: string): Call => originals.get(name) as Call;
  for (const name of BY_PATH) {
    disk[name] = (...args) => {
      const isHere = isBelow(directory, args[0]);
      if (isHere) fail(name);
      const result = original(name)(...args);
      if (isHere && name === 'openSync') handles.add(result);
      return result;
    };
  }
  for (const name of BY_HANDLE) {
    disk[name] = (...args) => {
      if (handles.has(args[0])) fail(name);
      return original(name)(...args);
    };
  }
  disk['closeSync'] = (fd) => {
    handles.delete(fd);
    return original('closeSync')(fd);
  };
  try {
    const result = await work();
    if (handles.size > 0) throw new Error(`${handles.size} handles were left open on the drive`);
    return { result, calls };
  } finally {
    for (const [name, call] of originals) disk[name] = call;
  }
}

function isBelow(directory: string, file: unknown): boolean {
  return typeof file === 'string' && (file === directory || file.startsWith(directory + path.sep));
}
