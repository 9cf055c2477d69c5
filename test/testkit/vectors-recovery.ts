// Vectors of recovery words and what follows from their seed (spec/card.md, "Recovery words"), with words from BIP 39's own
// test vectors.
import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto';
import type { Vector } from './vector.js';
import { join, sha256, u8, wireKeyOf } from './wire.js';

/** A seed, its words, the key that it is the secret of, and the key that backups are encrypted to. */
export interface RecoveryVector extends Vector {
  readonly seed: string;
  readonly words: string;
  readonly key: string;
  readonly backup: string;
}

/** All of them. */
export function recoveryVectors(): RecoveryVector[] {
  return [
    recovery('zeros', Buffer.alloc(32), `${'abandon '.repeat(23)}art`),
    recovery('ones', Buffer.alloc(32, 0xff), `${'zoo '.repeat(23)}vote`),
    recovery('7f', Buffer.alloc(32, 0x7f), `${LEGAL}${LEGAL}${LEGAL.replace(/useful.*/, 'title')}`),
    recovery('80', Buffer.alloc(32, 0x80), `${LETTER}${LETTER}${LETTER.replace(/avoid.*/, 'bless')}`),
    recovery('mixed', Buffer.from(MIXED, 'hex'), MIXED_WORDS),
  ];
}

function recovery(name: string, seed: Buffer, words: string): RecoveryVector {
  return {
    name: `recovery-${name}`,
    comment: 'a checksum of 8 bits ends the last word',
    seed: seed.toString('hex'),
    words,
    key: wireKeyOf(seed).id.toString('hex'),
    backup: publicHalf(hkdf(seed, 'satchel/backup/v1\0')).toString('hex'),
  };
}

/** HKDF of RFC 5869 with SHA-256, no salt, and one block of output. */
function hkdf(secret: Buffer, info: string): Buffer {
  const extracted = createHmac('sha256', Buffer.alloc(sha256('').length))
    .update(secret)
    .digest();
  return createHmac('sha256', extracted)
    .update(join(info, u8(1)))
    .digest();
}

function publicHalf(scalar: Buffer): Buffer {
  const key = createPrivateKey({ key: join(X25519_PKCS8, scalar), format: 'der', type: 'pkcs8' });
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
}

const LEGAL = 'legal winner thank year wave sausage worth useful ';
const LETTER = 'letter advice cage absurd amount doctor acoustic avoid ';
const MIXED = '68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c';
const MIXED_WORDS =
  'hamster diagram private dutch cause delay private meat slide toddler razor book ' +
  'happy fancy gospel tennis maple dilemma loan word shrug inflict delay length';
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
