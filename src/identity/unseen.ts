// The characters that no name holds (spec/card.md, "Names"): a list that stays as it is, whatever Unicode does.

/** First and last of each range: what does not show, or turns text around. */
const UNSEEN: readonly (readonly [number, number])[] = [
  ...pairs(0x00, 0x1f, 0x7f, 0x9f, 0xad, 0xad, 0x34f, 0x34f, 0x600, 0x605, 0x61c, 0x61c, 0x6dd, 0x6dd, 0x70f, 0x70f),
  ...pairs(0x890, 0x891, 0x8e2, 0x8e2, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180f, 0x200b, 0x200f, 0x2028, 0x202e),
  ...pairs(0x2060, 0x206f, 0x3164, 0x3164, 0xd800, 0xdfff, 0xfe00, 0xfe0f, 0xfeff, 0xfeff, 0xffa0, 0xffa0),
  ...pairs(0xfff0, 0xfffb, 0x110bd, 0x110bd, 0x110cd, 0x110cd, 0x13430, 0x1343f, 0x1bca0, 0x1bca3),
  ...pairs(0x1d173, 0x1d17a, 0xe0000, 0xe0fff),
];

/** White space that a name may hold, though not at its ends. */
const SPACES = [' ', '\u00a0', '\u1680', '\u202f', '\u205f', '\u3000'];
const SPACE_FIRST = '\u2000';
const SPACE_LAST = '\u200a';

/** Whether something in the text does not show. */
export function hasUnseen(text: string): boolean {
  return [...text].some((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return UNSEEN.some(([first, last]) => first <= code && code <= last);
  });
}

/** Whether the text begins or ends with white space. */
export function hasSpaceAround(text: string): boolean {
  return [text[0], text.at(-1)].some((letter = '') => {
    return SPACES.includes(letter) || (SPACE_FIRST <= letter && letter <= SPACE_LAST);
  });
}

function pairs(...ends: readonly number[]): [number, number][] {
  return ends.flatMap((first, i): [number, number][] => (i % 2 === 0 ? [[first, ends[i + 1] ?? first]] : []));
}
