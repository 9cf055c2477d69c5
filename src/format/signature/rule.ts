// The part of the signature rule that looks at bytes only (spec/log.md, "Signature rule"). Every library decides
// these cases its own way, and some decide them differently from one release to the next. Replicas that disagree
// about one signature diverge for ever, so the cases are settled here and never reach a library.

/** An Ed25519 verifying key. */
export const PUBLIC_KEY_BYTES = 32;

/** An Ed25519 signature: the point R, then the scalar S. */
const SIGNATURE_BYTES = 64;

/**
 * The group equation `[S]B - [h]A = R`, compared as bytes: cofactorless, with h reduced
 * modulo L. An equation is only ever asked about inputs that are `isStrictlyEncoded`.
 */
export type Equation = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/**
 * Whether key and signature have the right lengths, canonical points that are not of small
 * order, and S below L. What is refused here is refused whatever the equation would say.
 */
export function isStrictlyEncoded(publicKey: Uint8Array, signature: Uint8Array): boolean {
  // Lengths come first: wrapped in SPKI, a key of 33 bytes imports and verifies.
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  return (
    isStrictPoint(publicKey) &&
    isStrictPoint(signature.subarray(0, PUBLIC_KEY_BYTES)) &&
    isCanonicalScalar(signature.subarray(PUBLIC_KEY_BYTES))
  );
}

/** Whether 32 bytes, read little-endian, are below the group order L; otherwise S + L would do as well as S. */
export function isCanonicalScalar(scalar: Uint8Array): boolean {
  for (let i = PUBLIC_KEY_BYTES - 1; i >= 0; i--) {
    const digit = scalar[i] ?? 0;
    const bound = GROUP_ORDER[i] ?? 0;
    if (digit !== bound) return digit < bound;
  }
  return false;
}

/** Whether 32 bytes encode y below p and are none of the 14 encodings of a point of small order. */
function isStrictPoint(point: Uint8Array): boolean {
  // Masking the sign covers both x and -x, and also x = 0 with the sign bit set, the other
  // encoding that is not canonical: x is 0 only for y = 1 and y = p - 1, both in the table.
  const y = Buffer.from(point);
  y[SIGN_BYTE] = (y[SIGN_BYTE] ?? 0) & 0x7f;
  return isBelowPrime(y) && !SMALL_ORDER_Y.has(y.toString('hex'));
}

function isBelowPrime(y: Uint8Array): boolean {
  // p = 2^255 - 19, so only the lowest byte can tell once all others are at their highest.
  if (y[SIGN_BYTE] !== 0x7f || (y[0] ?? 0) < 0xed) return true;
  return y.subarray(1, SIGN_BYTE).some((byte) => byte !== 0xff);
}

const SIGN_BYTE = PUBLIC_KEY_BYTES - 1;

// L = 2^252 + 27742317777372353535851937790883648493
const GROUP_ORDER = Buffer.from('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'hex');

/** The y of every encoding of a point of order 1, 2, 4 or 8; with either sign bit, 14 encodings. */
const SMALL_ORDER_Y: ReadonlySet<string> = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000', // 1: order 1
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // p - 1: order 2
  '0000000000000000000000000000000000000000000000000000000000000000', // 0: order 4
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', // order 8
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', // order 8
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // p, read as 0
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', // p + 1, read as 1
]);
