// Lengths that tell only their order (Padme; spec/sealed.md, "Padding"; spec/veiled.md, "Sealed entries").

/** The smallest length that is no less than `size`, of those that are few: at most 12 % more, of large ones 6 %. */
export function padme(size: number): number {
  const unit = padmeUnit(size);
  return Math.ceil(size / unit) * unit;
}

/** Lengths of that order are multiples of this: so that a length tells as many bits as its logarithm has. */
export function padmeUnit(size: number): number {
  const exponent = Math.floor(Math.log2(size));
  return 2 ** (exponent - Math.floor(Math.log2(exponent)) - 1);
}
