// Keys and R with a part of small order: where verifiers of Ed25519 have always differed ("Taming the many EdDSAs",
// Chalkias et al., 2020). A key of mixed order is accepted here, and judged by the equation without the cofactor.
import {
  type Challenge,
  encodePoint,
  type Forged,
  forge,
  multiple,
  P,
  readScalar,
  writeScalar,
} from './ed25519-forge.js';
import { accepted, refused, type SignatureVector } from './signature-vector.js';

/** The cases about points of small and of mixed order. */
export function torsionVectors(): SignatureVector[] {
  return [...smallOrderVectors(), ...mixedOrderVectors(), ...reductionVectors()];
}

/** In all of these the equation holds for the points as a lenient decoder reads them. */
function smallOrderVectors(): SignatureVector[] {
  const encodings = smallOrderEncodings();
  return [
    ...encodings.map((encoding, i) => refused(`key-small-${i}`, `${encoding.what} as the key`, smallKey(encoding))),
    ...encodings.map((encoding, i) => refused(`r-small-${i}`, `${encoding.what} as R`, smallR(encoding))),
    refused('both-small', 'the identity as the key and as R, S = 0: signs every message', bothSmall()),
  ];
}

function mixedOrderVectors(): SignatureVector[] {
  return [1, 2, 4].flatMap((torsion) => {
    const what = `a key of mixed order ${8 / torsion}L`;
    const label = `mixed ${torsion}`;
    return [
      accepted(
        `mixed-key-${torsion}-cancels`,
        `${what}; its small part vanishes in [h]A`,
        forge({ label, keyTorsion: torsion, until: ({ reduced }) => (reduced * torsion) % 8 === 0 }),
      ),
      accepted(
        `mixed-key-${torsion}-balanced`,
        `${what}; R makes up for its small part`,
        forge({ label, keyTorsion: torsion, nonceTorsion: torsion, until: ({ reduced }) => addsUp(reduced, torsion) }),
      ),
      refused(
        `mixed-key-${torsion}-cofactored`,
        `${what}; valid only when multiplied by the cofactor`,
        forge({ label, keyTorsion: torsion, until: ({ reduced }) => (reduced * torsion) % 8 !== 0 }),
      ),
      refused(
        `mixed-r-${torsion}-cofactored`,
        `R of mixed order ${8 / torsion}L; valid only when multiplied by the cofactor`,
        forge({ label: `${label} R`, nonceTorsion: torsion }),
      ),
    ];
  });
}

/** A key of mixed order can tell whether h was reduced modulo L before it was multiplied. */
function reductionVectors(): SignatureVector[] {
  const search = (until: (challenge: Challenge) => boolean): Forged =>
    forge({ label: 'reduction', keyTorsion: 1, until });
  return [
    accepted(
      'h-reduced',
      'a key of mixed order; valid only with h reduced modulo L',
      search(({ reduced, unreduced }) => reduced === 0 && unreduced !== 0),
    ),
    refused(
      'h-unreduced',
      'a key of mixed order; valid only with h not reduced modulo L',
      search(({ reduced, unreduced }) => reduced !== 0 && unreduced === 0),
    ),
  ];
}

/** R's small part plus h times the key's is nothing: the equation holds without the cofactor. */
function addsUp(reduced: number, torsion: number): boolean {
  return (torsion + reduced * torsion) % 8 === 0;
}

interface SmallEncoding {
  readonly bytes: Buffer;
  /** Which multiple of the point of order 8 a lenient decoder reads. */
  readonly torsion: number;
  readonly what: string;
}

/** The eight points as they should be written, and the six further ways in which they can be. */
function smallOrderEncodings(): SmallEncoding[] {
  const canonical = [0, 1, 2, 3, 4, 5, 6, 7].map((torsion) => {
    const order = 8 / greatestDivisor(torsion);
    return { torsion, bytes: encodePoint(multiple(0n, torsion)), what: `a point of order ${order}` };
  });
  const aboveP = canonical
    .filter(({ bytes }) => yOf(bytes) < 19n)
    .map((point) => ({ ...point, bytes: raise(point.bytes), what: `${point.what} with y + p` }));
  const signed = [...canonical, ...aboveP]
    .filter(({ torsion }) => torsion % 4 === 0)
    .map((point) => ({ ...point, bytes: negated(point.bytes), what: `${point.what} with the sign bit of x = 0 set` }));
  return [...canonical, ...aboveP, ...signed];
}

function greatestDivisor(torsion: number): number {
  return [8, 4, 2, 1].find((divisor) => torsion % divisor === 0) ?? 1;
}

function smallKey({ bytes, torsion }: SmallEncoding): Forged {
  const until = ({ reduced }: Challenge): boolean => (reduced * torsion) % 8 === 0;
  return forge({ label: 'small key', secret: 0n, keyTorsion: torsion, keyEncoding: bytes, until });
}

/** For R to be small and the equation to hold, the key has to be of mixed order, unless R is the identity. */
function smallR({ bytes, torsion }: SmallEncoding): Forged {
  const keyTorsion = torsion === 0 ? 0 : 1;
  const until = ({ reduced }: Challenge): boolean => (torsion + reduced * keyTorsion) % 8 === 0;
  return forge({ label: 'small R', nonce: 0n, nonceTorsion: torsion, nonceEncoding: bytes, keyTorsion, until });
}

function bothSmall(): Forged {
  return forge({ label: 'both small', secret: 0n, nonce: 0n });
}

function yOf(bytes: Buffer): bigint {
  return readScalar(bytes) % 2n ** 255n;
}

/** The same point with y + p, which still fits into 255 bits; the sign stays. */
function raise(bytes: Buffer): Buffer {
  return writeScalar(readScalar(bytes) + P);
}

function negated(bytes: Buffer): Buffer {
  return writeScalar(readScalar(bytes) + 2n ** 255n);
}
