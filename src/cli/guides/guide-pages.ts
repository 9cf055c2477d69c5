// The pages by situation as they lie in docs/, for a program that runs from its sources. The build puts the pages themselves in
// the place of this file (build/guides.ts): what is installed, or lies on a stick, has them without a network.
import path from 'node:path';
import { disk } from '../../repository/disk.js';

const DOCS = path.resolve(import.meta.dirname, '../../../docs');

/** Every page by its name, as Markdown; `README` lists the others by situation. */
export const PAGES: Readonly<Record<string, string>> = Object.fromEntries(
  disk
    .names(DOCS)
    .flatMap((name) => /^(.+)\.md$/.exec(name)?.[1] ?? [])
    .map((name) => [name, disk.content(path.join(DOCS, `${name}.md`)).toString('utf8')]),
);
