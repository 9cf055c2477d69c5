// The stricter check that device keys of cards get (spec/card.md): it costs more than ten verifications, so log keys,
// of which there are many, are not put through it.
import { Point } from '@noble/ed25519';

/**
 * Whether a key is a point of the prime-order subgroup, and not its identity. Without this one secret could show
 * itself under eight keys, seven of them of mixed order.
 */
export function isTorsionFree(publicKey: Uint8Array): boolean {
  try {
    const point = Point.fromBytes(publicKey);
    return !point.is0() && point.isTorsionFree();
  } catch {
    // Not 32 bytes, not canonical, or not on the curve.
    return false;
  }
}
