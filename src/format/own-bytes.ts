// Bytes that are kept for long.

/** A copy in memory of its own: a small piece that Node cut from its pool would keep all 8 KiB of that. */
export function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
