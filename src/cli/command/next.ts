// Command lines that a user is told to run next; they name the repository when it is not the usual one.
import os from 'node:os';
import path from 'node:path';
import { unicodePattern } from '../../format/unicode-pattern.js';
import { escapeLine } from '../terminal/escape.js';

/** `satchel REST`, with `-C` where a bare `satchel` would mean another repository. */
export function nextCommand(directory: string, rest: string, env: NodeJS.ProcessEnv): string {
  const usual = path.resolve(env['SATCHEL_DIR'] || os.homedir());
  return directory === usual ? `satchel ${rest}` : `satchel -C ${quoteWord(directory)} ${rest}`;
}

/** A name as one word of a command line, harmless on a terminal; what shells look for in double quotes stands in single ones. */
export function quoteWord(word: string): string {
  const shown = escapeLine(word);
  if (ASCII_WORD.test(shown) || plainWord().test(shown)) return shown;
  return ACTIVE.test(shown) ? `'${shown.replaceAll("'", `'\\''`)}'` : `"${shown}"`;
}

/** Asked first: the letters of all languages are looked up in tables, which takes a millisecond the first time. */
const ASCII_WORD = /^[\w./:@%+,=][\w./:@%+,=-]*$/;
const plainWord = unicodePattern(String.raw`^[\p{L}\p{N}_./:@%+,=][\p{L}\p{N}_./:@%+,=-]*$`);
const ACTIVE = /["$`\\!]/;
