// Ed25519 as this format means it: one strict, cofactorless rule on every platform (spec/log.md, "Signature rule").
// Never `node:crypto` alone: its releases disagree about odd keys, and replicas that disagree about one signature
// diverge for ever.
import { platformEquation, platformPublicKey, platformSignature } from './platform.js';
import { type Equation, isStrictlyEncoded } from './rule.js';

/**
 * Makes `verifySignature` usable: tests the platform once, and loads our own arithmetic if its answers are not the
 * rule's. To be awaited once at start; any further call costs nothing.
 */
export function prepareSignatures(): Promise<void> {
  preparing ??= chooseEquation(platformEquation).then((equation) => {
    chosen = equation;
  });
  return preparing;
}

/**
 * Whether `signature` (64 bytes) is the statement of `publicKey` (32 bytes) over exactly these bytes.
 * Whatever a stranger may have put into any of the three, the answer is yes or no.
 * @throws Error when `prepareSignatures` was not awaited before: a bug of ours
 */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (chosen === undefined) throw new Error('prepareSignatures was not awaited before the first verification');
  return isStrictlyEncoded(publicKey, signature) && chosen(publicKey, message, signature);
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
export async function chooseEquation(candidate: Equation): Promise<Equation> {
  // No static imports: they cost every start, most commands verify nothing, and hardly any platform needs our own.
  const { passesSelfTest } = await import('./selftest.js');
  if (passesSelfTest(candidate)) return candidate;
  const { fallbackEquation } = await import('./fallback.js');
  return fallbackEquation;
}

function assertSeed(secretSeed: Uint8Array): void {
  if (secretSeed.length === 32) return;
  throw new RangeError(`expected a secret seed of 32 bytes, found ${secretSeed.length}`);
}

let chosen: Equation | undefined;
let preparing: Promise<void> | undefined;
