// The 24 recovery words as somebody types them (spec/cli.md, "Recovery words").
import { SatchelError } from '../../../format/error.js';
import { strangeWords } from '../../../identity/mnemonic.js';
import { recoverySeedOf } from '../../../identity/recovery.js';

/** What the words were made of. @throws SatchelError `not-authentic` when they are none */
export async function seedOfWords(words: string): Promise<Buffer> {
  const seed = await recoverySeedOf(words);
  if (seed) return seed;
  throw new SatchelError('not-authentic', `those are no recovery words: ${await problemWith(words)}`, {
    hint: 'compare them with the paper; nothing was changed',
  });
}

async function problemWith(words: string): Promise<string> {
  const places = await strangeWords(words);
  if (places.length === 0) return 'one is missing, misspelt or in another place';
  if (places.length === 1) return `word ${places[0]} is none of the list`;
  return `words ${places.slice(0, SHOWN_MAX).join(', ')} are none of the list`;
}

const SHOWN_MAX = 24;

/** What a terminal asks. */
export const WORDS_QUESTION = 'Your 24 recovery words: ';
