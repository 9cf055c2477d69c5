// What a helper ends with (spec/drive.md, "Helpers").
import { SatchelError } from '../../src/format/error.js';

/** Exit statuses. */
export const EXIT = { done: 0, broken: 1, usage: 2, gone: 4, full: 6, denied: 7, unreachable: 8 } as const;

/** An exit status, and a line that says why. */
export interface Ending {
  readonly status: (typeof EXIT)[keyof typeof EXIT];
  readonly why: string;
}

/** All was done. */
export const DONE: Ending = { status: EXIT.done, why: '' };
/** There is no such file. */
export const GONE: Ending = { status: EXIT.gone, why: '' };

const STATUS_OF: Readonly<Record<string, Ending['status']>> = {
  usage: EXIT.usage,
  denied: EXIT.denied,
  'no-space': EXIT.full,
  unreachable: EXIT.unreachable,
};

/** What an error means to whoever started the helper. */
export function endingOf(error: unknown): Ending {
  const { message } = error as Error;
  const status = error instanceof SatchelError ? STATUS_OF[error.code] : undefined;
  return { status: status ?? EXIT.broken, why: message };
}
