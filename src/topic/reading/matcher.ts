// Whether a message says what somebody looks for (spec/cli.md, "search"): letter case, the form in which Unicode spells a
// letter and, where none was typed, accents and points aside.

/** Says whether texts that belong together have everything that is looked for. */
export type Matcher = (texts: readonly string[]) => boolean;

/** Accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic: who looks for a word often types none. */
const MARK =
  '[\\u0300-\\u036f\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670]';
const MARKED = new RegExp(MARK, 'u');
/** Where letters stand that may be composed with such a mark. */
const COMPOSED = /[\u00c0-\u024f\u0370-\u06ff\u1e00-\u1fff]/g;
const ASCII = /^[\0-\x7f]*$/;

/**
 * A matcher for which each of the words has to occur in one of the texts, also within a word. White space in a word stands
 * for any white space. A letter matches itself under any marks; one that was typed with marks only itself with these.
 */
export function openMatcher(words: readonly string[]): Matcher {
  const patterns = words.map((word) => new RegExp(patternOf(fold(word.trim())), 'u'));
  return (texts) => {
    const folded = texts.map(fold);
    return patterns.every((pattern) => folded.some((text) => pattern.test(text)));
  };
}

/**
 * What to look for, out of the arguments of a command: each is a word or, with white space in it, a phrase; within double
 * quotes a phrase stands beside words.
 */
export function wordsIn(args: readonly string[]): string[] {
  const parts = args.flatMap((arg) => (arg.includes('"') ? unquoted(arg) : [arg]));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function unquoted(arg: string): string[] {
  return Array.from(arg.matchAll(/"([^"]*)"?|([^\s"]+)/g), ([, phrase, word]) => phrase ?? word ?? '');
}

function patternOf(folded: string): string {
  const letters = [...folded.replace(/\s+/g, ' ')];
  return letters.map((letter, at) => letterPattern(letter, letters[at + 1])).join('');
}

function letterPattern(letter: string, next: string | undefined): string {
  if (letter === ' ') return '\\s+';
  const literal = letter.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  if (next !== undefined && MARKED.test(next)) return literal;
  // behind a typed mark no further one; behind a bare letter any
  return `${literal}${MARKED.test(letter) ? `(?!${MARK})` : `${MARK}*`}`;
}

/** In lower case, with marks behind their letters. */
function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text.normalize('NFC').toLowerCase().replaceAll('ς', 'σ').replace(COMPOSED, decomposed);
}

const decompositions = new Map<string, string>();

function decomposed(letter: string): string {
  const known = decompositions.get(letter);
  if (known !== undefined) return known;
  const parts = letter.normalize('NFD');
  const found = MARKED.test(parts) ? parts : letter;
  decompositions.set(letter, found);
  return found;
}
