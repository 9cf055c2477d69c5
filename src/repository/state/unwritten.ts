// Derived files that the disk did not let us write: the work that they are about is done all the same, and its user is told
// afterwards (spec/repository.md, "Small files").
import { SatchelError } from '../../format/error.js';

const DISK_CODES: ReadonlySet<string> = new Set(['io', 'no-space']);

const unwritten = new Map<string, SatchelError>();

/** Writes what may be missing; false when the disk did not let it, which is noted. */
export function noteUnwritten(file: string, write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (!(error instanceof SatchelError) || !DISK_CODES.has(error.code)) throw error;
    if (!isReadOnly(error)) unwritten.set(file, error);
    return false;
  }
}

/** Who may only look at a repository knows that, and nothing new is lost by it. */
function isReadOnly({ cause }: SatchelError): boolean {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code === 'EROFS' || code === 'EACCES' || code === 'EPERM';
}

/** The files of which {@link noteUnwritten} had to note it since they were last asked for, with what the disk said. */
export function takeUnwritten(): ReadonlyMap<string, SatchelError> {
  const taken = new Map(unwritten);
  unwritten.clear();
  return taken;
}
