// The colour of an author: on the terminal and on pages the same person always has the same one.
import type { AuthorView } from '../../topic/reading/view.js';

/** Colours that the pages have (`hue-0`, `hue-1` ...). */
export const PAGE_HUES = 6;

/** The number of the author's colour, of so many. */
export function hueOf({ person }: Pick<AuthorView, 'person'>, hues: number): number {
  return Number.parseInt((person ?? '0').slice(0, 4), 16) % hues;
}
