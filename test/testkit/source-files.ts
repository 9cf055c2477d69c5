// The program's own source, and what it imports and uses, as the compiler reads it.
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** Text of the files by their path below `src/`, with forward slashes. */
export type SourceFiles = ReadonlyMap<string, string>;

const SOURCE_DIRECTORY = path.resolve(import.meta.dirname, '../../src');

/** Every TypeScript file of the program. */
export function readSourceFiles(): SourceFiles {
  const names = fs.readdirSync(SOURCE_DIRECTORY, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.ts')).map((name) => name.split(path.sep).join('/'));
  return new Map(files.sort().map((name) => [name, fs.readFileSync(path.join(SOURCE_DIRECTORY, name), 'utf8')]));
}

/** What a file imports, types and `import()` included: as written there. */
export function importsOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The file below `src/` that a relative import names. */
export function resolveImport(from: string, specifier: string): string {
  return path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier)).replace(/\.js$/, '.ts');
}

/** Names of values that the file uses: `Date.now` for a member, `process` for the thing itself. */
export function namesUsedIn(name: string, text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isValue(node)) found.add(wholeName(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  return found;
}

function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  const isLabel = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent);
  return !(isLabel && parent.name === node) && !ts.isQualifiedName(parent);
}

function wholeName(node: ts.Identifier): string {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return `${node.text}.${parent.name.text}`;
  if (ts.isNewExpression(parent) && parent.expression === node && !parent.arguments?.length)
    return `new ${node.text}()`;
  if (ts.isCallExpression(parent) && parent.expression === node) return `${node.text}()`;
  return node.text;
}

/** Fields that the file reads, by `value.field` or by taking a value apart. */
export function fieldsReadIn(name: string, text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) found.add(node.name.text);
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const field = node.propertyName ?? node.name;
      if (ts.isIdentifier(field)) found.add(field.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** Methods that the file calls on what goes by this name, be it a variable or a field. */
export function methodsCalledOn(owner: string, name: string, text: string): Set<string> {
  const found = new Set<string>();
  const isOwner = (node: ts.Expression): boolean =>
    (ts.isIdentifier(node) && node.text === owner) || (ts.isPropertyAccessExpression(node) && node.name.text === owner);
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && isOwner(node.expression)) found.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  return found;
}
