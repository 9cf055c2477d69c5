// What everyday commands say is in words that need no glossary; those of experts may name what the specification names.
import ts from 'typescript';
import { expect, it } from 'vitest';
import { readSourceFiles } from '../../testkit/source-files.js';

/** Words of the formats. */
const OF_FORMATS = /housekeeping|\bentr(y|ies)\b|\bfrontiers?\b|\bepochs?\b|\bheard of\b/i;
/** Those that explain formats: inspect, trace, check, and what has rotten. */
const EXPERTS = /\/(inspect|trace|check|cbor)[a-z-]*\.ts$|\/table\/upkeep\.ts$|\/table\/conversation\.ts$/;
/** Of somebody else's. */
const OTHERS = ['an entry that was found is not held'];

/** Texts in the file: literals with a space in them, what is counted, and the parts of templates. */
function textsIn(name: string, source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isCounted = ts.isCallExpression(node.parent ?? node) && /^(plural|count)\(/.test(node.parent.getText());
    if (ts.isStringLiteral(node) && !ts.isImportDeclaration(node.parent) && (isCounted || node.text.includes(' ')))
      found.push(node.text);
    if (ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true));
  return found;
}

const files = [...readSourceFiles()].filter(([name]) => /^(cli|reader\/page|sync\/watch)\//.test(name));

it('everyday commands say nothing in the words of the formats', () => {
  const everyday = files.filter(([name]) => !EXPERTS.test(name));
  expect(everyday.length).toBeGreaterThan(100);
  const said = everyday.flatMap(([name, source]) => textsIn(name, source).map((text) => ({ name, text })));
  expect(said.length).toBeGreaterThan(500);
  expect(said.filter(({ text }) => OF_FORMATS.test(text) && !OTHERS.includes(text))).toEqual([]);
});

it('and it would be found', () => {
  const template = ['`no messages, but $', '{n} of housekeeping`'].join('');
  const source = `plural(n, 'entry'); print(${template}); x('never heard of'); t('entry');`;
  expect(textsIn('a.ts', source).filter((text) => OF_FORMATS.test(text))).toEqual([
    'entry',
    ' of housekeeping',
    'never heard of',
  ]);
});
