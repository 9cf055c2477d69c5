// What is left of a name when everything is taken away by which eyes might not tell it from another (spec/card.md,
// "Contacts"). A warning depends on it, nothing else: it may take two names for alike that are not.
import { unicodePattern } from '../format/unicode-pattern.js';

const marks = unicodePattern(String.raw`[\p{M}\s]`, 'g');

/** Each letter with those that look like it, in lower case, after the compatibility forms of Unicode are taken apart. */
const ALIKE: Readonly<Record<string, string>> = {
  a: 'аɑα',
  b: 'ьвβƅ',
  c: 'сϲᴄ',
  d: 'ԁ',
  e: 'еєεҽ',
  f: 'ғ',
  g: 'ɡց',
  h: 'һнհ',
  j: 'јϳ',
  k: 'кκ',
  l: 'iі1|ı!ӏιɩǀا',
  m: 'м',
  n: 'пηո',
  o: '0оοσօө',
  p: 'рρ',
  q: 'ԛգ',
  r: 'гя',
  s: 'ѕ5ꜱ',
  t: 'тτ',
  u: 'υսц',
  v: 'ѵν',
  w: 'ѡωԝшա',
  x: 'хχ×',
  y: 'уүγ',
  z: 'ᴢ2',
  '~': '˜∼∿〜',
  '-': '‐‑‒–—−',
  "'": '’‘ʼ`´',
};
/** Greek capitals look like other Latin letters than their small ones. */
const GREEK = 'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ';
const LIKE_GREEK = 'abezhikmnoptyx';

const LETTER_OF = new Map(
  Object.entries(ALIKE).flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
);

/** The same for names that look alike: letter case, accents, width, spaces and lookalikes aside. */
export function nameSkeleton(name: string): string {
  const plain = withLetters(name)
    .normalize('NFKD')
    .replace(/[\u0391-\u03A7]/g, latinOf)
    .toLowerCase()
    .normalize('NFKD')
    .replace(marks(), '');
  return withLetters(plain).replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/** Also before the compatibility forms are taken apart: those of some lookalikes are blanks and marks. */
function withLetters(text: string): string {
  return Array.from(text, (character) => LETTER_OF.get(character) ?? character).join('');
}

function latinOf(capital: string): string {
  return LIKE_GREEK[GREEK.indexOf(capital)] ?? capital;
}
