// Bytes that somebody pastes: base64url behind a prefix that says what they are, with anything around (spec/README.md, "Versions").

/** What stands behind the prefix; `isWhole` is false where it is no encoding of the bytes, whose last letter has bits to spare. */
export interface PastedBytes {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** The bytes behind the first such prefix in a text, undefined when there is none. */
export function pastedBytes(text: string, prefix: string): PastedBytes | undefined {
  const at = text.indexOf(prefix);
  if (at < 0) return undefined;
  const [letters = ''] = /^[\w-]*/.exec(text.slice(at + prefix.length)) ?? [];
  const bytes = Buffer.from(letters, 'base64url');
  return { bytes, isWhole: bytes.toString('base64url') === letters };
}
