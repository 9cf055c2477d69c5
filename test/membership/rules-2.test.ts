// Why there are no topics with history from joining, and none that delete keys: a link gives what is behind it to whoever is given
// the epoch it stands in (spec/private.md, "Versioning"). Whoever designs such rules begins with these two histories.
import { expect, test } from 'vitest';
import { epochOf } from '../../src/format/private/epoch.js';
import { linksTo, openLinks } from '../../src/format/private/link.js';

const wholeEpoch = (n: number) => epochOf(Buffer.alloc(32, n), Buffer.alloc(32, n + 100));

test('an epoch from beside a grant leads who was added to what lies before it', () => {
  const before = wholeEpoch(1);
  // made by a member who had not heard of the grant, so that it is not in the grant's past, and linked for those there were then
  const beside = wholeEpoch(2);
  const links = linksTo(beside, { control: [before], data: [before] });
  expect(openLinks(beside, links)[0]?.data).toEqual(before.data);
});

test('a deleted key comes back from the key of any later epoch', () => {
  const deleted = wholeEpoch(1);
  const between = wholeEpoch(2);
  const kept = wholeEpoch(3);
  const first = linksTo(between, { control: [deleted], data: [deleted] });
  const second = linksTo(kept, { control: [between], data: [between] });
  const again = openLinks(kept, second)[0];
  if (!again) throw new Error('the link gives nothing');
  const parent = { id: again.epoch, control: between.control, data: again.data };
  expect(openLinks(parent, first)[0]?.data).toEqual(deleted.data);
});
