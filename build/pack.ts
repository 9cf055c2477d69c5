// One file out of the modules that the bundler made: each becomes a function, and those that one command or another always
// needs together (groups.ts) are compiled as one text when the first of them is needed (loader.cjs). Until then all of it
// stands in a comment, which costs a compiler next to nothing.

import { createHash } from 'node:crypto';

/** A module as the bundler wrote it: minified, its imports each a statement of its own. */
export interface Part {
  readonly name: string;
  readonly code: string;
  /** What it imports, by path, once for each place. */
  readonly imports: readonly string[];
}

const IMPORT = /(?<=^|[;}\n])import(?:([^;'"()]*?)from)?"([^"]+)";/g;
const DYNAMIC_IMPORT = /(?<![\w$.])import\("([^"]+)"\)/g;
const EXPORT = /(?<=^|[;}\n])export\{([^}]*)\};\s*$/;
const AS = /([\w$]+) as ([\w$]+)/g;
const TABLE = 'const GROUPS = [];';
const DIGEST = "const DIGEST = '';";
const PLACE = 'PARTS\n';
/** In the loader: where the text of the program is, and the function that holds it. */
const OWN_TEXT = /^\/\/ where the whole program stands\n[\s\S]*?\nconst TEXT = .*;\n/m;
const PARTS_FUNCTION = /\n\/\/ never called[\s\S]*$/;
const SHEBANG = '#!/usr/bin/env node\n';

/**
 * Modules of Node that take milliseconds to load: their functions load them when they are first called. Only functions: what
 * else they export is there at once.
 */
const LATE: Readonly<Record<string, RegExp>> = {
  'node:crypto': /^(create\w+|hash|randomBytes|sign|verify)$/,
  'node:zlib': /^(brotli\w+|crc32)$/,
};

/** What becomes of the parts. */
export interface Packed {
  /** The whole program in one file. */
  readonly whole: string;
  /** A short file that starts it where the whole lies beside: Node reads and scans a file to its end before it runs it. */
  readonly starter: string;
}

/** What a program begins and ends with, and what the starter has instead of the parts. */
export interface Frame {
  /** With an empty table, and a place for the parts. */
  readonly loader: string;
  readonly starter: string;
  /** Of the packages in it. */
  readonly licenses: string;
}

/**
 * The program as text.
 * @param groups the parts, those that are compiled together in a group; the very first is run
 * @throws Error when a part holds what this does not understand
 */
export function packProgram(frame: Frame, groups: readonly (readonly Part[])[]): Packed {
  const [head = '', tail = ''] = frame.loader.trimEnd().split(PLACE);
  const numbers = new Map(groups.flat().map(({ name }, number) => [name, number]));
  const texts = groups.map((group) => textOf(group, numbers));
  const begin = `${SHEBANG}${comment(frame.licenses)}\n${head}`;
  const table = JSON.stringify(placesOf(groups, texts, { firstLine: lineBreaks(begin), behind: tail.length }));
  const digest = createHash('sha256').update(texts.join('')).digest('hex');
  const fill = (text: string): string =>
    text.replace(TABLE, () => `const GROUPS = ${table};`).replace(DIGEST, `const DIGEST = '${digest}';`);
  const whole = `${fill(begin)}${texts.join('')}${tail}\n`;
  const foreign = /[^\0-\x7f]|\r/.exec(whole);
  if (foreign) throw new Error(`a byte that is not ASCII at ${foreign.index}: the places behind it would be wrong`);
  return { whole, starter: starterOf(fill(head), frame.starter, { whole, digest }) };
}

/** The loader with another way to the text. Places in it are counted from its end, which is that of the file. */
function starterOf(
  loader: string,
  starter: string,
  { whole, digest }: { readonly whole: string; readonly digest: string },
): string {
  const places = JSON.stringify([whole.trimEnd().length, whole.indexOf(digest)]);
  const own = starter.replace('PLACES', places).replace(/^\/\/[\s\S]*?\n(?!\/\/)/, '');
  return `${SHEBANG}${loader.replace(OWN_TEXT, () => own).replace(PARTS_FUNCTION, '')}`;
}

/** The bodies of a group as one text, each in brackets: a compiler takes that as a sign that it is called at once. */
function textOf(group: readonly Part[], numbers: ReadonlyMap<string, number>): string {
  const bodies = group.map((part) => `(function(){${bodyOf(part, numbers)}\n})`);
  const text = `return[\n${bodies.join(',\n')}]\n`;
  if (text.includes('*%/')) throw new Error('"*%/" stands for the end of a comment');
  return text.replaceAll('*/', '*%/');
}

/** The module as a function body: what it imports it asks for, and what it exports it returns. */
function bodyOf({ name, code, imports }: Part, numbers: ReadonlyMap<string, number>): string {
  const found: string[] = [];
  const named = (path: string): string => {
    found.push(path);
    if (!path.startsWith('./')) return JSON.stringify(path);
    const number = numbers.get(path.slice(2, -'.js'.length));
    if (number === undefined) throw new Error(`${name}: imports ${path}, which is not there`);
    return String(number);
  };
  const body = code
    .replace(IMPORT, (_, names: string | undefined, path: string) => binding(names, path, named(path)))
    .replace(DYNAMIC_IMPORT, (_, path: string) => `$load(${named(path)})`)
    .replace(EXPORT, (_, names: string) => `return${exportsOf(names, { name, code })};`);
  if (found.sort().join() !== [...imports].sort().join())
    throw new Error(`${name}: not all its imports are understood`);
  return body.trimEnd();
}

/** What an import statement becomes; of Node's modules the default export is the whole. */
function binding(names: string | undefined, path: string, named: string): string {
  const text = names?.trim().replace(/^\*\s*as\s+/, '');
  if (text === undefined) return `$need(${named});`;
  const late = text.startsWith('{') && lateBinding(text.slice(1, -1).split(','), path);
  return late || `var ${text.replace(AS, '$1:$2')}=$need(${named});`;
}

/** Functions that put the ones they stand for in their own place; undefined when these are not all known to be functions. */
function lateBinding(names: readonly string[], path: string): string | undefined {
  const pairs = names.map((each) => each.trim().split(' as '));
  if (!pairs.every(([exported = '']) => LATE[path]?.test(exported))) return undefined;
  const wrapped = pairs.map(
    ([exported = '', local = exported]) => `${local}=(...$args)=>(${local}=$need("${path}").${exported})(...$args)`,
  );
  return `var ${wrapped.join()};`;
}

function exportsOf(names: string, { name, code }: Pick<Part, 'name' | 'code'>): string {
  const pairs = names.split(',').flatMap((each) => (each === '' ? [] : [each.split(' as ')]));
  for (const [local = ''] of pairs) {
    // exports are handed over once: whoever has them would never see a value that comes later
    const isLate = new RegExp(`(?<![\\w$.])(?:let|var) ${local.replaceAll('$', '\\$')}[,;]`).test(code);
    if (isLate) throw new Error(`${name}: "${local}" is exported before it has its value`);
  }
  return `{${pairs.map(([local, exported = local]) => `${exported}:${local}`).join()}}`;
}

/** Where each text begins and ends, counted from the end of the function, on which line of the file, and its first part. */
function placesOf(
  groups: readonly (readonly Part[])[],
  texts: readonly string[],
  { firstLine, behind }: { readonly firstLine: number; readonly behind: number },
): (readonly [number, number, number, number])[] {
  let line = firstLine;
  let part = 0;
  let left = texts.reduce((sum, text) => sum + text.length, behind);
  return texts.map((text, i) => {
    const place = [left, left - text.length, line, part] as const;
    left -= text.length;
    line += lineBreaks(text);
    part += groups[i]?.length ?? 0;
    return place;
  });
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}

function comment(text: string): string {
  return `//${text.replaceAll('\n', '\n//')}`;
}
