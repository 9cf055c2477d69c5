// Cards as text that survives chat, mail and paper (spec/card.md, "Text").
import { SatchelError } from '../format/error.js';
import { CARDS_MAX } from '../format/limits.js';
import { type Card, cardSizeBytes, decodeCard } from './card.js';

/** What a card's text begins with, whatever version of a card follows. */
export const CARD_PREFIX = 'satchel1:';

/** The card as one line of at most {@link CARD_TEXT_MAX} characters. */
export function formatCard(card: Pick<Card, 'bytes'>): string {
  return CARD_PREFIX + card.bytes.toString('base64url');
}

/**
 * Every card in a text, each once, in order: pasted, quoted, wrapped, amid prose, in UTF-8 or UTF-16.
 * @throws SatchelError `bad-card` when there is none, or one of them is damaged, or there are more than {@link CARDS_MAX}
 */
export function parseCards(text: Buffer): Card[] {
  const cards = new Map<string, Card>();
  for (const region of regionsOf(decodeText(text))) {
    const card = readRegion(region);
    cards.set(formatCard(card), card);
    // each costs two signatures, whoever made them
    if (cards.size > CARDS_MAX) throw tooMany();
  }
  if (cards.size > 0) return [...cards.values()];
  throw new SatchelError('bad-card', 'no card found', { hint: `a card is the text that begins with "${CARD_PREFIX}"` });
}

/** Whether a text begins as a card does, and ends before its last letter, or holds a damaged one. */
export function isCutOffCard(text: string): boolean {
  if (!text.startsWith(CARD_PREFIX)) return false;
  try {
    parseCards(Buffer.from(text));
    return false;
  } catch (error) {
    if (error instanceof SatchelError) return true;
    throw error;
  }
}

/** The refusal of more cards than are taken at once. */
export function tooMany(): SatchelError {
  const hint = 'give them in smaller portions';
  return new SatchelError('bad-card', `more than ${CARDS_MAX} cards at once`, { hint });
}

/** What stands behind each prefix, up to the next one, where a card begins. */
function* regionsOf(text: string): Generator<string> {
  let at = text.indexOf(CARD_PREFIX);
  while (at >= 0) {
    const start = at + CARD_PREFIX.length;
    at = text.indexOf(CARD_PREFIX, start);
    const region = text.slice(start, at < 0 ? undefined : at);
    if (BEGINS_A_CARD.test(region)) yield region;
  }
}

function readRegion(region: string): Card {
  const letters = lettersOf(region);
  try {
    return decodeCard(bytesOf(letters));
  } catch (cause) {
    if (!(cause instanceof SatchelError)) throw cause;
    const hint = `copy it again, from "${CARD_PREFIX}" to its last character`;
    throw new SatchelError('bad-card', `a card is cut off or mistyped: ${cause.message}`, { cause, hint });
  }
}

/** The card's letters with what mail and terminals put between them taken out; they may run on into what follows. */
function lettersOf(region: string): string {
  const run = LETTERS_AND_WRAPPING.exec(region.slice(0, REGION_MAX))?.[0] ?? '';
  return run.replace(/[^\w-]/g, '');
}

/** The bytes of the card that the letters begin with: its own length says where the card ends and prose goes on. */
function bytesOf(letters: string): Buffer {
  const all = Buffer.from(letters, 'base64url');
  const sizeBytes = cardSizeBytes(all) ?? all.length;
  const used = letters.slice(0, Math.ceil((sizeBytes * 8) / 6));
  const bytes = all.subarray(0, sizeBytes);
  // The last letter has bits to spare: one card, one text.
  if (bytes.length === sizeBytes && bytes.toString('base64url') !== used) {
    throw new SatchelError('bad-card', 'a card ends in a letter that none ends in');
  }
  return bytes;
}

function decodeText(bytes: Buffer): string {
  // PowerShell's ">" writes UTF-16 with a mark in front.
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  }
  return bytes.toString('utf8');
}

// A card's own letters follow at once, or after a line break, when they are those that the two versions at its start give
// (1 and 1, 2 and 1, 2 and 2); "satchel1:" in a sentence is no card.
const BEGINS_A_CARD = /^(?:[\w-]|[\s>|=]{1,80}(?:AQ[E-H]|Ag[E-L]))/;
// Line breaks and the marks of quoted mail, soft line breaks of quoted-printable, invisible break opportunities.
const LETTERS_AND_WRAPPING = /^[\w\-\s>|=\u00ad\u200b\u2060]*/;
/** Characters looked at per card, at most: a card in the narrowest sensible wrapping, deeply quoted. */
const REGION_MAX = 8_192;
