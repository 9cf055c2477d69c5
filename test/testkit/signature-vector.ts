// The shape of one case in `fixtures/signature.json`.
import type { Forged } from './ed25519-forge.js';

/** One case: the hex of three byte strings, and whether the signature counts. */
export interface SignatureVector {
  readonly name: string;
  readonly comment: string;
  readonly key: string;
  readonly message: string;
  readonly signature: string;
  readonly valid: boolean;
}

/** The case that a signature counts. */
export function accepted(name: string, comment: string, forged: Forged): SignatureVector {
  return { name, comment, ...hexOf(forged), valid: true };
}

/** The case that a signature is refused. */
export function refused(name: string, comment: string, forged: Forged): SignatureVector {
  return { name, comment, ...hexOf(forged), valid: false };
}

function hexOf(forged: Forged): { key: string; message: string; signature: string } {
  return {
    key: forged.key.toString('hex'),
    message: forged.message.toString('hex'),
    signature: forged.signature.toString('hex'),
  };
}
