// The 24 recovery words as somebody types them (spec/cli.md, "Recovery words").
import { SatchelError } from '../../../format/error.js';
import { recoverySeedOf } from '../../../identity/recovery.js';

/** What the words were made of. @throws SatchelError `not-authentic` when they are none */
export async function seedOfWords(words: string): Promise<Buffer> {
  const seed = await recoverySeedOf(words);
  if (seed) return seed;
  throw new SatchelError('not-authentic', 'those are no recovery words: one is missing, misspelt or in another place', {
    hint: 'compare them with the paper; nothing was changed',
  });
}

/** What a terminal asks. */
export const WORDS_QUESTION = 'Your 24 recovery words: ';
