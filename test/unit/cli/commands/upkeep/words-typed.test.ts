// The recovery words as somebody types or pastes them.
import { describe, expect, test } from 'vitest';
import { seedOfWords } from '../../../../../src/cli/commands/upkeep/words-typed.js';
import { recoveryWords } from '../../../../../src/identity/recovery.js';

const SEED = Buffer.alloc(32, 7);

describe('recovery words', () => {
  test('count as they are written on paper: numbered, in columns, in capitals', async () => {
    const words = await recoveryWords(SEED);
    for (const text of [
      words.join(' '),
      words.map((word, at) => `${at + 1}. ${word}\n`).join(''),
      words.map((word, at) => ` ${at + 1}) ${word.toUpperCase()}, `).join('\r\n'),
    ])
      expect(await seedOfWords(text)).toEqual(SEED);
  });

  test('that are mistyped are named by their places, and never repeated', async () => {
    const words = [...(await recoveryWords(SEED))];
    const wrong = words.map((word, at) => (at === 2 ? 'abandonn' : at === 9 ? 'zzz' : word));
    await expect(seedOfWords(wrong.slice(0, 9).join(' '))).rejects.toThrow(/: word 3 is none of the list$/);
    await expect(seedOfWords(wrong.map((word, at) => `${at + 1}. ${word}`).join('\n'))).rejects.toThrow(
      /: words 3, 10 are none of the list$/,
    );
    await expect(seedOfWords(words.slice(1).join(' '))).rejects.toThrow(/one is missing, misspelt or in another place/);
    await expect(seedOfWords('')).rejects.toThrow(/one is missing/);
  });
});
