import { beforeAll, expect, test } from 'vitest';
import { verifyBundle } from '../../../src/format/bundle-verify.js';
import { prepareSignatures } from '../../../src/format/signature.js';
import { sourceOf } from '../../../src/format/source.js';
import { makeBundle, makeLog, makeSegments } from '../../testkit/make.js';

beforeAll(() => prepareSignatures());

test('a bundle verifies and says what is in it', () => {
  const ada = makeLog(
    'ada',
    Array.from({ length: 10 }, (_, i) => `entry ${i}`),
  );
  const bob = makeLog('bob', ['x', 'y']);
  const file = makeBundle([...makeSegments(ada, 3), ...makeSegments(bob, 1)], {
    blobs: [Buffer.from('blob')],
    padding: 5000,
  });
  const summary = verifyBundle(sourceOf(file));
  expect(summary).toMatchObject({ segments: 6, entries: 12, blobs: 1, bytes: file.length, refused: [] });
  const logs = [
    { log: ada.log, from: 0, to: 10 },
    { log: bob.log, from: 0, to: 2 },
  ];
  expect(summary.logs).toEqual(logs.sort((a, b) => (a.log < b.log ? -1 : 1)));
});
