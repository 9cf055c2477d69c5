// The member `padding`, by which a bundle that is going to be sealed gets one of few lengths (spec/sealed.md, "Padding").
// The manifest names the member's size, so its own length changes with the digits: what fits is found by trying.
import { paddedSize } from '../sealed/padding.js';
import { TAR_BLOCK, paddedSize as wholeBlocks } from './tar.js';

/** Bytes that a bundle may have to grow by before padding fits: a header, a block of zeros, a block of the manifest. */
export const PADDING_SLACK = 3 * TAR_BLOCK;

/** Bytes of the bundle with a member `padding` of that size; 0: without one. */
export type SizeWith = (padding: number) => number;

/**
 * How many zeros bring a bundle to the smallest allowed length that it can have, 0 when it has one already; undefined when
 * that is more than `most`.
 */
export function paddingFor(sizeWith: SizeWith, most: number): number | undefined {
  const plain = sizeWith(0);
  for (let length = paddedSize(plain); length <= most; length = paddedSize(length + 1)) {
    const padding = length === plain ? 0 : paddingUpTo(sizeWith, length - plain, length);
    if (padding !== undefined) return padding;
  }
  return undefined;
}

/** The size of padding that gives exactly that length, whose number has no more digits than that of what is lacked. */
function paddingUpTo(sizeWith: SizeWith, lacked: number, length: number): number | undefined {
  for (let digits = String(lacked).length; digits > 0; digits -= 1) {
    const least = 10 ** (digits - 1);
    const room = length - (sizeWith(least) - wholeBlocks(least));
    const padding = Math.min(room, 10 * least - 1);
    if (padding >= least && wholeBlocks(padding) === room) return padding;
  }
  return undefined;
}
