import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cbor, decodeCbor, encodeCbor } from '../../../../src/format/cbor/cbor.js';
import {
  controlEpochsIn,
  type EpochKeys,
  epochFits,
  epochItems,
  epochOf,
  mergedEpochs,
  wholeEpochsIn,
} from '../../../../src/format/private/epoch.js';
import { linksTo, openLinks } from '../../../../src/format/private/link.js';

const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const epochs = fc.tuple(secrets, secrets).map(([control, data]) => epochOf(control, data));
/** What three kinds of readers have of an epoch: all, C with proof, C by a link alone. */
const keys = fc.tuple(epochs, fc.constantFrom(0, 1, 2)).map(([epoch, less]): EpochKeys => {
  const { id, control, dataHash } = epoch;
  return less === 0 ? epoch : less === 1 ? { id, control, dataHash } : { id, control };
});
const several = fc.uniqueArray(keys, { maxLength: 6, selector: ({ id }) => id });

it('keys that travel are those that were sent, and fit', () => {
  fc.assert(
    fc.property(several, (all) => {
      const { whole, control } = epochItems(all);
      const travel = (list: Cbor) => decodeCbor(encodeCbor(list));
      const got = [...(wholeEpochsIn(travel(whole)) ?? []), ...(controlEpochsIn(travel(control)) ?? [])];
      expect(got.every(epochFits)).toBe(true);
      const proven = all.filter(({ dataHash }) => dataHash);
      expect(mergedEpochs(proven, got)).toEqual(proven);
      expect(got).toHaveLength(proven.length);
    }),
  );
});

it('merging keeps the most that is had of each epoch, in whatever order', () => {
  fc.assert(
    fc.property(epochs, fc.shuffledSubarray([0, 1, 2], { minLength: 1 }), (epoch, order) => {
      const { id, control, dataHash } = epoch;
      const forms: EpochKeys[] = [epoch, { id, control, dataHash }, { id, control }];
      const merged = order.reduce<EpochKeys[]>((all, one) => mergedEpochs(all, [forms[one] as EpochKeys]), []);
      expect(merged).toEqual([forms[Math.min(...order)]]);
    }),
  );
});

it('who has the newest of a row of epochs reaches the oldest by links, and who has C alone reads no D', () => {
  fc.assert(
    fc.property(fc.array(epochs, { minLength: 2, maxLength: 5 }), (row) => {
      const links = row.map((child, i) => {
        const parents = row.slice(i + 1, i + 2);
        return linksTo(child, { control: parents, data: parents });
      });
      const follow = (from: EpochKeys) =>
        links.slice(0, -1).reduce((one, of): EpochKeys => {
          const [{ epoch: id, control, data } = { epoch: one.id, control: undefined, data: undefined }] = openLinks(
            one,
            of,
          );
          return { id, control: control ?? Buffer.alloc(0), ...(data && { data }) };
        }, from);
      const [newest] = row as [EpochKeys, ...EpochKeys[]];
      const { id, control, data } = row.at(-1) as EpochKeys;
      expect(follow({ id: newest.id, control: newest.control, data: newest.data })).toEqual({ id, control, data });
      expect(follow({ id: newest.id, control: newest.control })).toEqual({ id, control });
    }),
  );
});

it('a link that lies about both secrets gives none of them', () => {
  const child = epochFrom(1);
  const parent = epochFrom(2);
  const lying = { ...parent, control: Buffer.alloc(32, 9) };
  expect(openLinks(child, linksTo(child, { control: [lying], data: [parent] }))).toEqual([]);
  const { id: epoch, control, data } = parent;
  expect(openLinks(child, linksTo(child, { control: [parent], data: [parent] }))).toEqual([{ epoch, control, data }]);
  expect(openLinks(epochFrom(3), linksTo(child, { control: [parent], data: [parent] }))).toEqual([]);
});

it('links ascend, and lead to D only where it is had', () => {
  const parents = [5, 6, 7, 8].map(epochFrom);
  const child = epochFrom(1);
  const [first, ...others] = parents.map(({ id, control }) => ({ id, control }));
  const { controlLinks, dataLinks } = linksTo(child, { control: parents, data: [...others, parents[0] ?? child] });
  expect(controlLinks.map((link) => link.epoch)).toEqual(parents.map(({ id }) => id).sort());
  expect(dataLinks.map((link) => link.epoch)).toEqual([first?.id]);
});

function epochFrom(byte: number) {
  return epochOf(Buffer.alloc(32, byte), Buffer.alloc(32, byte + 100));
}
