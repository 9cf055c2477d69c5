// A drive that was pulled out, or cannot be written to, looks like many things: the user has to know just that.
import { SatchelError } from '../../format/error.js';
import { type Drive, isThere } from './drive.js';

const ABSENT = ['drive-absent', 'no-drive', 'unreachable', 'outdated'];
const READ_ONLY = ['EROFS', 'EACCES', 'EPERM'];

/** What ended a visit, in words of the drive. */
export function explained(failure: SatchelError, drive: Drive): SatchelError {
  if (failure.code !== 'io') return failure;
  const name = `"${drive.label}"`;
  if (!isThere(drive)) {
    return new SatchelError('drive-absent', `${name} went away during the visit`, {
      cause: failure,
      hint: 'plug it in and run the same command again: the visit goes on',
    });
  }
  const { code } = (failure.cause ?? {}) as NodeJS.ErrnoException;
  if (code === undefined || !READ_ONLY.includes(code)) return failure;
  return new SatchelError('io', `${name} cannot be written to (${code})`, {
    cause: failure,
    hint: 'what was on it is taken in; unlock it, or run the same command with --import-only',
  });
}

/** Whether an error means that there is no drive to visit at this moment. */
export function isAbsent(error: unknown): boolean {
  return error instanceof SatchelError && ABSENT.includes(error.code);
}
