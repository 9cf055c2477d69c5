// Questions that are answered by yes or no.
import type { Context } from './context.js';

/** Whether the person at the terminal says yes; whoever only presses Enter, or ends the input, does not. */
export async function confirm(context: Pick<Context, 'ask'>, question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await context.ask(`${question} [y/N] `))?.trim() ?? '');
}
