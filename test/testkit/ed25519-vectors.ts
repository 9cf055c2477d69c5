// The vectors of the signature rule, `fixtures/signature.json` (spec/log.md, "Signature rule"). One violation each,
// and wherever arithmetic allows it the equation itself holds, so that only the refusal under test can say no.
import { honestVectors } from './ed25519-vectors-honest.js';
import { malformedVectors } from './ed25519-vectors-malformed.js';
import { torsionVectors } from './ed25519-vectors-torsion.js';

/** The text of `fixtures/signature.json`, the same at every run. */
export function signatureFixture(): string {
  const vectors = [...honestVectors(), ...malformedVectors(), ...torsionVectors()];
  return `${JSON.stringify({ comment: COMMENT, vectors }, null, 2)}\n`;
}

const COMMENT =
  'Ed25519, strict and cofactorless (spec/log.md, "Signature rule"); made by test/testkit/ed25519-vectors.ts. ' +
  'key, message and signature are hex.';
