// The pages by situation in the program: src/cli/guides/guide-pages.ts reads docs/, which is not there on a stick.
import fs from 'node:fs';
import type { Plugin } from 'esbuild';

/** The module that has the pages, as it is imported. */
export const GUIDE_PAGES = /\/guide-pages\.[jt]s$/;
/** What is installed has them beside the program, and reads them when somebody asks. */
export const PAGES_BESIDE = './guides.cjs';
const LISTED = /\]\(([a-z-]+)\.md\) \|$/gm;

/** The source that has the pages, for {@link guidePages} to fill. */
export const GUIDES_ENTRY = 'src/cli/guides/guide-pages.ts';

/** Puts the pages in their place. */
export const guidePages: Plugin = {
  name: 'guides',
  setup: ({ onLoad }) => {
    onLoad({ filter: GUIDE_PAGES }, () => ({ contents: `export const PAGES = ${JSON.stringify(pages())};` }));
  },
};

/** The list, and what it names. */
function pages(): Record<string, string> {
  const list = fs.readFileSync('docs/README.md', 'utf8');
  const names = ['README', ...[...list.matchAll(LISTED)].map(([, name]) => String(name))];
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(`docs/${name}.md`, 'utf8')]));
}
