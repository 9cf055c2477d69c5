// A bug of ours must not look like a stranger's bad introduction: the log would stay outside its topic for good.
import { expect, test, vi } from 'vitest';
import { prepareSignatures } from '../../../src/format/signature/signature.js';
import { createInterpreter } from '../../../src/topic/message/interpret.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';

test('introductions are not judged before signatures are', async () => {
  await prepareSignatures();
  const ana = await Replica.create('Ana', scratchDirectory());
  await ana.post('garden', 'hello');
  const [log] = [...ana.repository.logs()];
  const payload = log && ana.repository.entry(log.log, 0)?.payload;
  if (!log || !payload) throw new Error('no introduction');
  expect(createInterpreter().introduction(log.log, payload)).toBeDefined();
  vi.resetModules();
  const fresh = await import('../../../src/topic/message/interpret.js');
  expect(() => fresh.createInterpreter().introduction(log.log, payload)).toThrow(/prepareSignatures/);
});
