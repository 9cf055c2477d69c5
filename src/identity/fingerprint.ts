// A person's id in words that two people can compare aloud (spec/card.md, "Fingerprint").
import { idBytes, type PersonId } from '../format/ids.js';

/** Twelve English words separated by spaces: BIP 39 over the first 16 bytes of the person's id. */
export async function fingerprint(person: PersonId): Promise<string> {
  // Loaded at the first use: a list of 2,048 words that hardly any command needs.
  const { entropyToMnemonic } = await import('@scure/bip39');
  const { wordlist } = await import('@scure/bip39/wordlists/english.js');
  return entropyToMnemonic(idBytes(person).subarray(0, FINGERPRINT_BYTES), wordlist);
}

const FINGERPRINT_BYTES = 16;
