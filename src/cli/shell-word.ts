// A word as it is typed into a shell, for commands that are shown to be copied.

const PLAIN_WORD = /^[\w./@%+,:][\w./@%+,:-]*$/;

/** The word, quoted when a shell would take it for more than one or for something else. */
export function shellWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
