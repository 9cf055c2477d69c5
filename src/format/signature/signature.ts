// Ed25519 as this format means it: one strict, cofactorless rule on every platform (spec/log.md, "Signature rule").
// Never `node:crypto` alone: its releases disagree about odd keys, and replicas that disagree about one signature
// diverge for ever.
import { platformEquation, platformPublicKey, platformSignature } from '../platform.js';
import { fallbackEquation } from './fallback.js';
import { type Equation, isStrictlyEncoded } from './rule.js';
import { passesSelfTest } from './selftest.js';

/**
 * Whether `signature` (64 bytes) is the statement of `publicKey` (32 bytes) over exactly these bytes.
 * Whatever a stranger may have put into any of the three, the answer is yes or no. The first question of a process tests
 * the platform, in about 3 ms.
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictlyEncoded(publicKey, signature)) return false;
  chosen ??= chooseEquation(platformEquation);
  return chosen(publicKey, message, signature);
}

/**
 * The 64-byte signature over a message, the same for the same input (RFC 8032); `message` starts with its domain.
 * @throws RangeError when the seed is not 32 bytes
 */
export function sign(secretSeed: Uint8Array, message: Uint8Array): Buffer {
  assertSeed(secretSeed);
  return platformSignature(secretSeed, message);
}

/**
 * The 32-byte verifying key of a secret seed.
 * @throws RangeError when the seed is not 32 bytes
 */
export function publicKeyOf(secretSeed: Uint8Array): Buffer {
  assertSeed(secretSeed);
  return platformPublicKey(secretSeed);
}

/** `candidate` if it answers the self-test as the rule does, else the slow equation that is ours to answer for. */
export function chooseEquation(candidate: Equation): Equation {
  return passesSelfTest(candidate) ? candidate : fallbackEquation;
}

function assertSeed(secretSeed: Uint8Array): void {
  if (secretSeed.length === 32) return;
  throw new RangeError(`expected a secret seed of 32 bytes, found ${secretSeed.length}`);
}

let chosen: Equation | undefined;
