// What a name may hold, its own or one given to others (spec/card.md, "Names").
import { SatchelError } from '../format/error.js';
import { NAME_MAX } from '../format/limits.js';
import { unicodePattern } from '../format/unicode-pattern.js';
import { hasSpaceAround, hasUnseen } from './unseen.js';

/** Bytes of a petname in UTF-8, at most: a self-chosen name and a number that tells it from another. */
export const PETNAME_MAX = 2 * NAME_MAX;

/**
 * What is wrong with a name on a card, or one that is stored, in words that follow "the name"; undefined when it is one: 1 to
 * `maxBytes` bytes of UTF-8, no space at either end, and nothing in it that is known not to show. The same with every version
 * of Unicode: whether a card is one must not depend on where it is read.
 */
export function cardNameProblem(name: string, maxBytes = NAME_MAX): string | undefined {
  const sizeBytes = Buffer.byteLength(name);
  if (sizeBytes === 0) return 'is empty';
  if (sizeBytes > maxBytes) return `is longer than ${maxBytes} bytes: ${sizeBytes}`;
  if (hasUnseen(name)) return 'has a character in it that does not show';
  return hasSpaceAround(name) ? 'begins or ends with a space' : undefined;
}

/**
 * The same for a name that somebody gives: it is composed (NFC), too, and has nothing in it of which this version of Unicode
 * says that it does not show.
 */
export function nameProblem(name: string, maxBytes = NAME_MAX): string | undefined {
  const problem = cardNameProblem(name, maxBytes);
  if (problem !== undefined) return problem;
  if (unprintable().test(name)) return 'has a character in it that does not show';
  if (name.trim() !== name) return 'begins or ends with a space';
  return name.normalize('NFC') === name ? undefined : 'is not in Unicode normal form C';
}

/**
 * The name that somebody typed: composed (NFC) and without spaces around it.
 * @throws SatchelError `usage` when it is no name
 */
export function parseName(text: string, options: { maxBytes?: number } = {}): string {
  const name = text.trim().normalize('NFC');
  const problem = nameProblem(name, options.maxBytes);
  if (problem === undefined) return name;
  const hint = `a name has 1 to ${options.maxBytes ?? NAME_MAX} bytes of visible text`;
  throw new SatchelError('usage', `the name ${problem}`, { hint });
}

/** What two names have in common when people would take one for the other's: all but letter case. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

// Control, format (bidi among them), lone surrogates, line and paragraph separators; and, because two names must
// not look the same by something invisible, whatever Unicode says is to be ignored where it cannot be drawn.
const unprintable = unicodePattern(String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`);
