// The pages of the specification, the README and the source's references to them, as a test sees them.
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A page by its path from the top of the project. */
export interface Page {
  readonly file: string;
  readonly text: string;
}

/** A fenced block: what stands behind the fence's language, and its lines. */
export interface Block {
  readonly page: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly info: readonly string[];
  readonly lines: readonly string[];
}

/** The README, and every page of `docs/` and `spec/`. */
export function readPages(): Page[] {
  const files = ['README.md', ...pagesIn('docs'), ...pagesIn('spec')];
  return files.filter((file) => fs.existsSync(path.join(ROOT, file))).map(readPage);
}

/** The pages of a directory, by their paths from the top of the project. */
export function pagesIn(directory: string): string[] {
  const names = fs.readdirSync(path.join(ROOT, directory)).filter((name) => name.endsWith('.md'));
  return names.sort().map((name) => `${directory}/${name}`);
}

/** One page. */
export function readPage(file: string): Page {
  return { file, text: fs.readFileSync(path.join(ROOT, file), 'utf8') };
}

/** The headings of a page, without marks. */
export function headingsOf({ text }: Page): string[] {
  return linesOutsideBlocks(text).flatMap((line) => /^#+ (.*)$/.exec(line)?.[1]?.replaceAll('`', '') ?? []);
}

/** The name by which a link finds a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Targets of the links in a page: `[file, anchor]`, from the top of the project; links to elsewhere left out. */
export function linksOf({ file, text }: Page): (readonly [string, string])[] {
  const found = linesOutsideBlocks(text)
    .join('\n')
    .matchAll(/\]\(([^)\s]+)\)/g);
  return [...found].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [target = '', anchor = ''] = link.split('#');
    const whole = target === '' ? file : path.posix.join(path.posix.dirname(file), target);
    return [[whole, anchor] as const];
  });
}

/** Whether a file or directory of the project is there. */
export function isThere(file: string): boolean {
  return fs.existsSync(path.join(ROOT, file));
}

/** The rows of every table in a section, as cells with their marks; the section ends at the next heading. */
export function tableRows(page: Page, heading: string): string[][] {
  const lines = linesOutsideBlocks(page.text);
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  const end = lines.findIndex((line, at) => at > start && /^#+ /.test(line));
  const section = start < 0 ? [] : lines.slice(start + 1, end < 0 ? undefined : end);
  return section.flatMap((line, at) => (isRow(line, section[at + 1]) ? [cellsOf(line)] : []));
}

/** The fenced blocks of a page. */
export function blocksOf({ file, text }: Page): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; language: string; info: string[]; lines: string[] } | undefined;
  for (const [at, line] of text.split('\n').entries()) {
    const [, fence] = /^```(.*)$/.exec(line) ?? [];
    if (fence === undefined) open?.lines.push(line);
    else if (open) {
      blocks.push({ page: file, ...open });
      open = undefined;
    } else {
      const [language = '', ...info] = fence.trim().split(/\s+/);
      open = { line: at + 1, language, info, lines: [] };
    }
  }
  return blocks;
}

/** Every page and section that a text refers to in the form `spec/log.md, "Heads"`, also across lines of a comment. */
export function citationsIn(text: string): { readonly page: string; readonly section: string | undefined }[] {
  const joined = text.replace(/\n\s*(?:\/\/|\*)\s?/g, ' ');
  return [...joined.matchAll(/(spec\/[a-z]+\.md)((?:(?:,| and)\s+"[^"]+")*)/g)].flatMap(([, page = '', list = '']) => {
    const sections = [...list.matchAll(/"([^"]+)"/g)].map(([, section]) => section);
    return (sections.length > 0 ? sections : [undefined]).map((section) => ({ page, section }));
  });
}

function isRow(line: string, next: string | undefined): boolean {
  const isHead = next !== undefined && /^\|[-| ]+\|$/.test(next);
  return line.startsWith('|') && !isHead && !/^\|[-| ]+\|$/.test(line);
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function linesOutsideBlocks(text: string): string[] {
  let inside = false;
  return text.split('\n').filter((line) => {
    const isFence = line.startsWith('```');
    if (isFence) inside = !inside;
    return !inside && !isFence;
  });
}
