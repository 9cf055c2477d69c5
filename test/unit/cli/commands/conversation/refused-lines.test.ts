import { expect, it } from 'vitest';
import { RefusedLines } from '../../../../../src/cli/commands/conversation/refused-lines.js';
import { SatchelError } from '../../../../../src/format/error.js';

const BAD = new SatchelError('usage', 'not valid JSON', { hint: 'expected is an object' });

function refusals(json = false): { readonly refused: RefusedLines; readonly told: string[] } {
  const told: string[] = [];
  const write = (text: string | Uint8Array): void => void told.push(String(text));
  return {
    refused: new RefusedLines({ json, stderr: { isTerminal: false, columns: 80, write, flush: () => {} } }),
    told,
  };
}

it('tells a thousand of a batch by their numbers, and counts the others', () => {
  const { refused, told } = refusals();
  expect(refused.hasAny).toBe(false);
  for (let number = 1_999; number > 0; number--) refused.add(number, BAD);
  refused.endBatch();
  expect(told).toHaveLength(1_001);
  expect(told[0]).toBe('satchel: error: line 1999: not valid JSON\nsatchel: hint: expected is an object\n');
  expect(told.at(-1)).toMatch(/^satchel: error: 999 more lines are refused, the first of them line 1\n/);
  expect(refused.hasAny).toBe(true);
});

it('tells of every batch anew, and nothing of one without', () => {
  const { refused, told } = refusals(true);
  for (let number = 1; number <= 1_001; number++) refused.add(number, BAD);
  refused.endBatch();
  refused.endBatch();
  expect(told).toHaveLength(1_001);
  expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({
    code: 'refused',
    line: 1001,
    message: '1 more line is refused, the first of them line 1001',
  });
  refused.add(1_002, BAD);
  expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({
    code: 'usage',
    exit: 3,
    line: 1002,
    message: 'line 1002: not valid JSON',
  });
});
