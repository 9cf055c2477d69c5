// The lengths that a sealed file's content may have, so that its size says little about what is in it (spec/sealed.md,
// "Padding").
import { padme, padmeUnit } from '../padme.js';

const STEPS = [16_384, 32_768, 65_536] as const;

/** The smallest length allowed that is no less than `size`: 16, 32 or 64 KiB, beyond these by Padme, at most 6 % more. */
export function paddedSize(size: number): number {
  const step = STEPS.find((one) => size <= one);
  return step ?? padme(size);
}

/** The largest length allowed that is no more than `size`; 0 when there is none. */
export function paddedSizeWithin(size: number): number {
  if (size >= STEPS[2]) return Math.floor(size / padmeUnit(size)) * padmeUnit(size);
  return STEPS.findLast((one) => one <= size) ?? 0;
}
