// Signatures as an honest signer makes them, and the same with one thing changed that any verifier must notice.
import { type Forged, forge, L, readScalar, seedOf, sha512, signHonestly, writeScalar } from './ed25519-forge.js';
import { accepted, refused, type SignatureVector } from './signature-vector.js';

/** The cases without any trick in the encoding. */
export function honestVectors(): SignatureVector[] {
  return [...validVectors(), ...tamperedVectors(), ...variantVectors()];
}

function validVectors(): SignatureVector[] {
  const sizes = [0, 1, 2, 32, 64, 111, 112, 300];
  return [
    ...sizes.map((size) => accepted(`valid-${size}`, `RFC 8032, a message of ${size} bytes`, signText(size))),
    accepted('valid-domain', 'RFC 8032, a message that starts with a domain string', honest('domain', HEAD)),
    accepted('valid-key-high-y', 'the highest byte of y is 0x7f, yet y is below p', highKey()),
    accepted('valid-r-high-y', "the highest byte of R's y is 0x7f, yet y is below p", highR()),
    accepted('valid-s-short', 'S is below 2^244: its highest byte is zero', shortS()),
  ];
}

function tamperedVectors(): SignatureVector[] {
  const { key, message, signature } = signText(32);
  const change = (changes: Partial<Forged>): Forged => ({ key, message, signature, ...changes });
  return [
    refused('message-bit', 'one bit of the message flipped', change({ message: flip(message, 0, 1) })),
    refused('message-longer', 'a zero byte after the message', change({ message: pad(message) })),
    refused('message-shorter', 'the last byte of the message gone', change({ message: message.subarray(0, -1) })),
    refused('message-empty', 'no message', change({ message: Buffer.alloc(0) })),
    refused('key-other', "somebody else's key", change({ key: signText(1).key })),
    refused('key-negated', 'the sign bit of the key flipped', change({ key: flip(key, 31, 0x80) })),
    refused('r-negated', 'the sign bit of R flipped', change({ signature: flip(signature, 31, 0x80) })),
    refused('r-bit', 'one bit of R flipped', change({ signature: flip(signature, 0, 1) })),
    refused('s-bit', 'one bit of S flipped', change({ signature: flip(signature, 32, 1) })),
    refused('s-negated', 'L - S in place of S', change({ signature: negateS(signature) })),
    refused('halves-swapped', 'S before R', change({ signature: swapHalves(signature) })),
    refused('signature-zero', '64 zero bytes', change({ signature: Buffer.alloc(64) })),
    refused('signature-ones', '64 bytes 0xff', change({ signature: Buffer.alloc(64, 0xff) })),
  ];
}

/** Signatures of the sibling schemes of RFC 8032 over the same message: another domain, so not ours. */
function variantVectors(): SignatureVector[] {
  const message = textOf(32);
  const prehashed = signHonestly(seedOf('variant'), sha512(message), dom2(1, ''));
  const inContext = signHonestly(seedOf('variant'), message, dom2(0, 'foo'));
  return [
    refused('ed25519ph', 'an Ed25519ph signature over the message', { ...prehashed, message }),
    refused('ed25519ctx', 'an Ed25519ctx signature over the message', inContext),
  ];
}

function honest(label: string, message: Buffer): Forged {
  return signHonestly(seedOf(`honest ${label}`), message);
}

function signText(size: number): Forged {
  return honest(`of ${size}`, textOf(size));
}

function textOf(size: number): Buffer {
  return Buffer.from('satchel test vector '.repeat(size).slice(0, size));
}

function highKey(): Forged {
  return firstOf(
    (attempt) => honest(`high key ${attempt}`, HEAD),
    ({ key }) => isHigh(key),
  );
}

function highR(): Forged {
  return firstOf(
    (attempt) => honest('high R', Buffer.from(`high R ${attempt}`)),
    ({ signature }) => isHigh(signature),
  );
}

function isHigh(point: Buffer): boolean {
  return ((point[31] ?? 0) & 0x7f) === 0x7f;
}

function shortS(): Forged {
  return forge({ label: 'short S', until: (_challenge, signature) => readScalar(signature.subarray(32)) < 2n ** 244n });
}

function firstOf(make: (attempt: number) => Forged, fits: (forged: Forged) => boolean): Forged {
  for (let attempt = 0; ; attempt++) {
    const forged = make(attempt);
    if (fits(forged)) return forged;
  }
}

function flip(bytes: Buffer, at: number, mask: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ mask;
  return flipped;
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(1)]);
}

function negateS(signature: Buffer): Buffer {
  return Buffer.concat([signature.subarray(0, 32), writeScalar(L - readScalar(signature.subarray(32)))]);
}

function swapHalves(signature: Buffer): Buffer {
  return Buffer.concat([signature.subarray(32), signature.subarray(0, 32)]);
}

/** What RFC 8032 section 2 puts before both hashes of the two sibling schemes. */
function dom2(flag: number, context: string): Buffer {
  const name = 'SigEd25519 no Ed25519 collisions';
  return Buffer.concat([Buffer.from(name), Buffer.of(flag, context.length), Buffer.from(context)]);
}

const HEAD = Buffer.from(`satchel/head/v1\0${'\x01'.repeat(72)}`, 'latin1');
