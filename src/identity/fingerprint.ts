// A person's id in words that two people can compare aloud (spec/card.md, "Fingerprint").
import { idBytes, type PersonId } from '../format/ids.js';
import { mnemonicOf } from './mnemonic.js';

/** Twelve English words separated by spaces: BIP 39 over the first 16 bytes of the person's id. */
export function fingerprint(person: PersonId): Promise<string> {
  return mnemonicOf(idBytes(person).subarray(0, FINGERPRINT_BYTES));
}

const FINGERPRINT_BYTES = 16;
