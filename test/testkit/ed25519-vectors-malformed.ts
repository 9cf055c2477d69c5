// Inputs of the wrong length, scalars that are not below L, and points that are not on the curve or not canonical.
import { Point } from '@noble/ed25519';
import { type Forged, forge, L, P, readScalar, writeScalar } from './ed25519-forge.js';
import { refused, type SignatureVector } from './signature-vector.js';

/** The cases that break an encoding and have nothing to do with small order. */
export function malformedVectors(): SignatureVector[] {
  return [...lengthVectors(), ...scalarVectors(), ...pointVectors()];
}

function lengthVectors(): SignatureVector[] {
  const { key, message, signature } = forge({ label: 'length' });
  const keyLengths = [0, 31, 33, 64].map((length) =>
    refused(`key-length-${length}`, `a good key cut or zero-padded to ${length} bytes`, {
      key: resize(key, length),
      message,
      signature,
    }),
  );
  const signatureLengths = [0, 32, 63, 65, 128].map((length) =>
    refused(`signature-length-${length}`, `a good signature cut or zero-padded to ${length} bytes`, {
      key,
      message,
      signature: resize(signature, length),
    }),
  );
  return [...keyLengths, ...signatureLengths];
}

/** The equation holds in all of these but the last two: S is only ever used modulo L. */
function scalarVectors(): SignatureVector[] {
  const base = forge({ label: 'scalar' });
  const s = readScalar(base.signature.subarray(32));
  const added = [1n, 2n, 4n, 8n, 14n].map((times) =>
    refused(`s-plus-${times}l`, `S + ${times} L in place of S`, withS(base, s + times * L)),
  );
  return [
    ...added,
    refused('s-is-l', 'S is L', withS(base, L)),
    refused('s-highest', 'S is 2^256 - 1', withS(base, 2n ** 256n - 1n)),
  ];
}

/** Of these points nobody knows the secret scalar, so no equation can be made to hold; only a crash or a yes is a find. */
function pointVectors(): SignatureVector[] {
  const { key, message, signature } = forge({ label: 'point' });
  const withR = (r: Buffer): Forged => ({ key, message, signature: Buffer.concat([r, signature.subarray(32)]) });
  const withKey = (other: Buffer): Forged => ({ key: other, message, signature });
  const off = firstPoint(2n, false);
  const above = writeScalar(readScalar(firstPoint(2n, true)) + P);
  const highest = Buffer.from(`${'ff'.repeat(31)}7f`, 'hex');
  return [
    refused('key-off-curve', 'no point of the curve has this y', withKey(off)),
    refused('r-off-curve', 'no point of the curve has this y', withR(off)),
    refused('key-y-above-p', 'y + p in place of y, of large order', withKey(above)),
    refused('r-y-above-p', 'y + p in place of y, of large order', withR(above)),
    refused('key-y-highest', 'y is 2^255 - 1', withKey(highest)),
    refused('r-y-highest', 'y is 2^255 - 1', withR(highest)),
  ];
}

/** The lowest y from `start` that is, or is not, that of a point. */
function firstPoint(start: bigint, onCurve: boolean): Buffer {
  const bytes = writeScalar(start);
  return isPoint(bytes) === onCurve ? bytes : firstPoint(start + 1n, onCurve);
}

function isPoint(bytes: Buffer): boolean {
  try {
    Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
}

function withS(forged: Forged, s: bigint): Forged {
  return { ...forged, signature: Buffer.concat([forged.signature.subarray(0, 32), writeScalar(s)]) };
}

function resize(bytes: Buffer, length: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(length)]).subarray(0, length);
}
