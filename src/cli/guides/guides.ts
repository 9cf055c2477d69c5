// The guides: pages by situation, which somebody without a network can read in the program (spec/cli.md, "Help").
import { nearest } from '../../topic/nearest.js';
import { PAGES } from './guide-pages.js';

/** A page, and for whom it is. */
export interface Guide {
  /** What it is called on the command line. */
  readonly name: string;
  readonly title: string;
  /** Who reads it: "two people with a stick". */
  readonly situation: string;
  /** Markdown. */
  readonly text: string;
}

/** A row of the table in docs/README.md. */
const ROW = /^\| (.+?) \| \[(.+?)\]\(([a-z-]+)\.md\) \|$/gm;

/** All of them, in the order of docs/README.md. */
export function listGuides(): Guide[] {
  const rows = [...(PAGES['README'] ?? '').matchAll(ROW)];
  return rows.flatMap(([, situation = '', title = '', name = '']) => {
    const text = PAGES[name];
    return text === undefined ? [] : [{ name, title, situation, text }];
  });
}

/** The guide of that name, or the only one for whose readers or in whose name the words are; else all of either kind. */
export function guidesAbout(words: string): readonly Guide[] {
  const asked = nameOf(words);
  const all = listGuides();
  const exact = all.filter(({ name }) => name === asked);
  const read = all.filter(({ situation }) => ` ${situation.toLowerCase()}`.includes(` ${words.trim().toLowerCase()}`));
  const named = all.filter(({ name }) => name.includes(asked));
  const only = [exact, read, named].find(({ length }) => length === 1);
  return only ?? all.filter((guide) => read.includes(guide) || named.includes(guide));
}

/** The guide whose name was mistyped. */
export function guideMeant(words: string): string | undefined {
  const names = listGuides().map(({ name }) => name);
  return nearest(nameOf(words), names);
}

function nameOf(words: string): string {
  return words.trim().toLowerCase().replaceAll(/\s+/g, '-');
}
