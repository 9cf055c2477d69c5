// Takes the place of string-width in the built program, where only yargs' unused help would call it.

/** The text's length. */
export default function stringWidth(text: string): number {
  return text.length;
}
