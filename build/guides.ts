// The pages by situation in the program: src/cli/guides/guide-pages.ts reads docs/, which is not there on a stick.
import fs from 'node:fs';
import type { Plugin } from 'esbuild';

const PAGES = /\/guide-pages\.[jt]s$/;
/** What is installed has them beside the program, and reads them when somebody asks. */
const BESIDE = './guides.cjs';
const LISTED = /\]\(([a-z-]+)\.md\) \|$/gm;

/** The source that has the pages, for {@link guidePages} to fill. */
export const GUIDES_ENTRY = { guides: 'src/cli/guides/guide-pages.ts' };

/** Puts the pages in their place, or leaves them beside the program. */
export function guidePages({ areBeside }: { readonly areBeside: boolean }): Plugin {
  return {
    name: 'guides',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: PAGES }, ({ kind }) =>
        areBeside && kind !== 'entry-point' ? { path: BESIDE, external: true } : undefined,
      );
      onLoad({ filter: PAGES }, () => ({ contents: `export const PAGES = ${JSON.stringify(pages())};` }));
    },
  };
}

/** The list, and what it names. */
function pages(): Record<string, string> {
  const list = fs.readFileSync('docs/README.md', 'utf8');
  const names = ['README', ...[...list.matchAll(LISTED)].map(([, name]) => String(name))];
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(`docs/${name}.md`, 'utf8')]));
}
