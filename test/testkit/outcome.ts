// How a call ends, as one word.
import { SatchelError } from '../../src/format/error.js';
import type { Outcome } from './vector.js';

/** `ok`, or the code word of the refusal; anything else that is thrown is a bug and goes on up. */
export function outcomeOf(run: () => unknown): Outcome {
  try {
    run();
    return 'ok';
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}
