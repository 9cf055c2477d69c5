// Which own devices stay when somebody takes back who they are: what is asked on a terminal.
import { expect, it } from 'vitest';
import type { Context } from '../../../../../src/cli/command/context.js';
import { chooseKept } from '../../../../../src/cli/commands/upkeep/kept-devices.js';
import type { DeviceKey } from '../../../../../src/format/ids.js';

const FIRST = 'ab'.repeat(32) as DeviceKey;
const SECOND = 'cd'.repeat(32) as DeviceKey;

async function asked(known: { device: DeviceKey; label: string }[]): Promise<string> {
  const questions: string[] = [];
  const ask = async (question: string): Promise<string> => {
    questions.push(question);
    return 'n';
  };
  const context = { ask, canAsk: () => true, stdout: { flush: () => {} } } as unknown as Context;
  expect(await chooseKept(context, known, { keep: [], keepNone: false })).toEqual([]);
  return questions.join('\n');
}

it('a device that never got a name is the computer before', async () => {
  const nameless = { device: FIRST, label: FIRST.slice(0, 10) };
  expect(await asked([nameless])).toContain('Do you still have the computer that you were on before (ababababab)?');
  const both = await asked([nameless, { device: SECOND, label: 'laptop' }]);
  expect(both).toContain('Do you still have "ababababab" (ababababab)?');
  expect(both).toContain('Do you still have "laptop" (cdcdcdcdcd)?');
});
