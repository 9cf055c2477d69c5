// Patterns whose work can grow faster than the text they look at (spec/cli.md, "Escaping"): what is repeated within
// something that is repeated, and what is repeated up to the end of the text without a fixed beginning.
import ts from 'typescript';
import type { SourceFiles } from './source-files.js';

/** Looked at one by one. */
const REVIEWED: ReadonlySet<string> = new Set([
  // begin at a character that the repetition excludes, so no stretch is walked twice
  '/(?<=.)(\\.tar)?\\.[^.\\s]+$/',
  '/\\.([^.]+)$/',
  // begins where a line does, and ends where it does
  '/^.*$/gm',
  // the user's own paths
  '/(\\\\+)$/',
]);

/** Every pattern of the program that may be slow on a long text, with its file. */
export function slowPatterns(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) =>
    patternsIn(name, text)
      .filter((pattern) => mayBeSlow(pattern) && !REVIEWED.has(pattern))
      .map((pattern) => `${name}: ${pattern}`),
  );
}

/** Every literal that has classes of Unicode in it, with its file: Node looks them up whenever it reads the file. */
export function unicodeLiterals(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) =>
    patternsIn(name, text)
      .filter((pattern) => /\\p\{/i.test(pattern) && text.includes(pattern))
      .map((pattern) => `${name}: ${pattern}`),
  );
}

/** Literals, and what is given to `unicodePattern()`, as a literal would have it. */
function patternsIn(name: string, text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    if (ts.isCallExpression(node) && node.expression.getText() === 'unicodePattern') {
      const [source, flags] = node.arguments.map((argument) => argument.getText());
      found.push(`/${source?.slice('String.raw`'.length, -1)}/u${flags?.slice(1, -1) ?? ''}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  return found;
}

function mayBeSlow(literal: string): boolean {
  const end = literal.lastIndexOf('/');
  const pattern = plain(literal.slice(1, end));
  const isFixed = pattern.startsWith('^') && !literal.slice(end).includes('m');
  return hasNestedRepetition(pattern) || (!isFixed && /(?:[+*]|\{\d*,\})\??\)?\$/.test(pattern));
}

/** With classes and escapes as one letter each, and the heads of groups gone: only the structure is left. */
function plain(pattern: string): string {
  return pattern
    .replace(/\\[pPuxk](?:\{[^}]*\}|[0-9a-f]{2,4})?|\\./gu, 'a')
    .replace(/\[[^\]]*\]/g, 'a')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(');
}

function hasNestedRepetition(pattern: string): boolean {
  const repeats: boolean[] = [false];
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '(') repeats.push(false);
    const isClosing = pattern[at] === ')';
    const inner = isClosing ? (repeats.pop() ?? false) : false;
    const isRepeated = isUnbounded(pattern, at + 1);
    if (isClosing && inner && isRepeated) return true;
    if (isRepeated || inner) repeats[repeats.length - 1] = true;
  }
  return false;
}

function isUnbounded(pattern: string, at: number): boolean {
  return pattern[at] === '+' || pattern[at] === '*' || /^\{\d*,\}/.test(pattern.slice(at, at + 12));
}
