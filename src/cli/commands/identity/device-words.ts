// Six words of one screen, as the user of another one types them (spec/devices.md, "Words").
import { SatchelError } from '../../../format/error.js';
import { areSameWords } from '../../../identity/words.js';
import type { Context } from '../../command/context.js';

/**
 * Passes when the words that were given, or are typed now, are those expected. They are not shown here: whoever only says yes
 * has compared nothing.
 * @throws SatchelError `not-authentic` for others, `usage` where nobody can be asked
 */
export async function compareWords(
  context: Context,
  expected: string,
  { given, question }: { readonly given: string | undefined; readonly question: string },
): Promise<void> {
  const typed = given ?? (await context.ask(question)) ?? '';
  if (areSameWords(expected, typed)) return;
  throw new SatchelError('not-authentic', 'the words are not the same; nothing was changed', {
    hint: 'compare them again; if they differ, the file was mixed up or swapped: begin anew with "satchel device request"',
  });
}

/** Passes where words are given, or can be asked for. @throws SatchelError `usage` */
export function assertCanCompare(context: Context, given: string | undefined): void {
  if (given !== undefined || context.canAsk()) return;
  throw new SatchelError('usage', 'there is no terminal to ask for the words', {
    hint: 'give the words that the other device shows: --words "..."',
  });
}
