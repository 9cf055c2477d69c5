// What an error of a helper over HTTP means to satchel (spec/drive.md, "Helpers").
import { SatchelError } from '../../src/format/error.js';
import { EXIT, type Failure } from '../answer.js';

const STATUS_OF: Readonly<Record<string, Failure['status']>> = {
  usage: EXIT.usage,
  denied: EXIT.denied,
  'no-space': EXIT.full,
  unreachable: EXIT.unreachable,
};

/** What an error means to whoever started the helper. */
export function failureOf(error: unknown): Failure {
  const { message } = error as Error;
  const status = error instanceof SatchelError ? STATUS_OF[error.code] : undefined;
  return { status: status ?? EXIT.broken, why: message };
}
