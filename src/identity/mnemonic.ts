// Bytes as words that people can write down and say aloud (BIP 39, English). The one owner of @scure/bip39.
import { unicodePattern } from '../format/unicode-pattern.js';

const letters = unicodePattern(String.raw`\p{L}+`, 'g');

/** The words of 16 or 32 bytes, separated by spaces, with their checksum: 12 or 24 of them. */
export async function mnemonicOf(bytes: Uint8Array): Promise<string> {
  // Loaded at the first use: a list of 2,048 words that hardly any command needs.
  const { entropyToMnemonic } = await import('@scure/bip39');
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return entropyToMnemonic(bytes, wordlist);
}

/** The bytes that such words were made of, in whatever case, spacing, numbering and punctuation; undefined when their checksum is wrong, or one is none. */
export async function entropyOf(words: string): Promise<Buffer | undefined> {
  const { mnemonicToEntropy } = await import('@scure/bip39');
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  try {
    return Buffer.from(mnemonicToEntropy(wordsIn(words).join(' '), wordlist));
  } catch {
    return undefined;
  }
}

/** The places, from 1 on, of what is no word of the list. */
export async function strangeWords(words: string): Promise<number[]> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return wordsIn(words).flatMap((word, at) => (wordlist.includes(word) ? [] : [at + 1]));
}

/** As typed or pasted, be they numbered or not. */
function wordsIn(text: string): readonly string[] {
  return text.toLowerCase().match(letters()) ?? [];
}

/** So many words, separated by spaces, for the first bits of the bytes, 11 each; without a checksum. */
export async function wordsOf(bytes: Uint8Array, count: number): Promise<string> {
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const numbers = Array.from({ length: count }, (_, i) => Number.parseInt(bits.slice(i * 11, (i + 1) * 11), 2));
  return numbers.map((number) => wordlist[number] ?? '').join(' ');
}
