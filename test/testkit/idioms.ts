// Ways to write that save a line and cost the reader a second look, as findings over source text.
import ts from 'typescript';
import type { SourceFiles } from './source-files.js';

/** Where they stand: `file: what is written there`. */
export function idioms(files: SourceFiles): string[] {
  return [...files].flatMap(([name, text]) => {
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    return idiomsIn(source).map((node) => `${name}: ${node.getText()}`);
  });
}

function idiomsIn(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isSpreadLiteral(node) || isPairOfDeclarations(node) || isCastToNever(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `...{ a, b }` among the fields of another object. */
function isSpreadLiteral(node: ts.Node): boolean {
  return ts.isSpreadAssignment(node) && ts.isObjectLiteralExpression(node.expression);
}

/** `const [a, b] = [x, y]`: two declarations in one. */
function isPairOfDeclarations(node: ts.Node): boolean {
  if (!ts.isVariableDeclaration(node) || !ts.isArrayBindingPattern(node.name)) return false;
  const { initializer } = node;
  if (!initializer || !ts.isArrayLiteralExpression(initializer)) return false;
  return initializer.elements.length > 1 && !initializer.elements.some(ts.isSpreadElement);
}

function isCastToNever(node: ts.Node): boolean {
  return ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.NeverKeyword;
}
