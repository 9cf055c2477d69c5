// Text of which only the beginning is shown where no columns are counted.

/** Characters of a text that is only named, at most. */
export const SNIPPET_MAX = 160;

/** The text, or as much of it as makes so many code units with the sign that it goes on; cut between characters. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
