// One file out of the modules that the bundler made: each becomes the body of a function that is compiled when it is first
// needed (loader.mjs), and stands in comments until then, which cost a compiler next to nothing.

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
const TABLE = 'const PARTS = {};';

/**
 * The text of the program.
 * @param loader what stands at its beginning, with an empty table of parts
 * @param licenses of the packages in it
 * @throws Error when a part holds what this does not understand
 */
export function packProgram(loader: string, parts: readonly Part[], licenses: string): string {
  const head = `#!/usr/bin/env node\n${loader.trimEnd()}\n${comment(licenses)}\n`;
  const bodies = parts.map((part) => ({ name: part.name, text: `${comment(bodyOf(part))}\n` }));
  const table = `const PARTS = ${JSON.stringify(placesOf(bodies, head.split('\n').length - 1))};`;
  const program = head.replace(TABLE, () => table) + bodies.map(({ text }) => text).join('');
  const foreign = /[^\0-\x7f]|\r/.exec(program);
  if (foreign) throw new Error(`a byte that is not ASCII at ${foreign.index}: the places behind it would be wrong`);
  return program;
}

/** The module as a function body: what it imports it asks for, and what it exports it returns. */
function bodyOf({ name, code, imports }: Part): string {
  const found: string[] = [];
  const named = (path: string): string => {
    found.push(path);
    return JSON.stringify(path.replace(/^\.\//, '').replace(/\.js$/, ''));
  };
  const body = code
    .replace(IMPORT, (_, names: string | undefined, path: string) => `${bindings(names)}$need(${named(path)});`)
    .replace(DYNAMIC_IMPORT, (_, path: string) => `$load(${named(path)})`)
    .replace(EXPORT, (_, names: string) => `return${exportsOf(names, { name, code })};`);
  if (found.sort().join() !== [...imports].sort().join())
    throw new Error(`${name}: not all its imports are understood`);
  return body.trimEnd();
}

/** What an import statement binds; of Node's modules the default export is the whole. */
function bindings(names: string | undefined): string {
  if (names === undefined) return '';
  const text = names.trim().replace(/^\*\s*as\s+/, '');
  return text.startsWith('{') ? `var${text.replace(AS, '$1:$2')}=` : `var ${text}=`;
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

/** Where each text begins and ends, counted from the end of the file, and on which line, counted from 0. */
function placesOf(
  bodies: readonly { readonly name: string; readonly text: string }[],
  firstLine: number,
): Record<string, readonly [number, number, number]> {
  const places: Record<string, readonly [number, number, number]> = {};
  let line = firstLine;
  let left = bodies.reduce((sum, { text }) => sum + text.length, 0);
  for (const { name, text } of bodies) {
    places[name] = [left - '//'.length, left - text.length, line];
    left -= text.length;
    line += text.split('\n').length - 1;
  }
  return places;
}

function comment(text: string): string {
  return `//${text.replaceAll('\n', '\n//')}`;
}
