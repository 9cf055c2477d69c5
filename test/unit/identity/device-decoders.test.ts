// What further devices bring from outside: whatever is changed in it, it is refused in its own words, or ignored.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SatchelError } from '../../../src/format/error.js';
import type { DeviceKey } from '../../../src/format/ids.js';
import { certifyDevice, createAuthority } from '../../../src/identity/authority.js';
import { decodeCard } from '../../../src/identity/card.js';
import { createDeviceList, decodeDeviceList } from '../../../src/identity/device-list.js';
import { decodeRequest } from '../../../src/identity/device-request.js';
import { decodeWelcome } from '../../../src/identity/welcome.js';
import { ADA_2 } from '../../testkit/cast.js';
import { openFixture } from '../../testkit/fixture.js';
import { wireKey } from '../../testkit/wire.js';
import {
  certificate,
  deviceList,
  firstAuthority,
  furtherCard,
  LAPTOP,
  PHONE,
  provenAuthority,
  request,
} from '../../testkit/wire-device.js';

const RUNS = 60;
const list = deviceList({ current: [[ADA_2.device, 'desk']], removed: [LAPTOP] });
const [welcome] = openFixture('card.json').list<{ name: string; comment: string; bytes: string }>('welcomes');

test.each([
  ['a card', furtherCard(provenAuthority(PHONE, 2), LAPTOP), 'bad-card', decodeCard],
  ['a request', request(LAPTOP), 'bad-request', decodeRequest],
  ['a welcome', Buffer.from(welcome?.bytes ?? '', 'hex'), 'bad-request', decodeWelcome],
  ['a device list', list.map, undefined, (bytes: Buffer) => decodeDeviceList(bytes, list.signature)],
])('%s with something changed in it', (_what, whole, code, decode) => {
  expect(decode(whole)).toBeDefined();
  fc.assert(
    fc.property(changeOf(whole), (bytes) => {
      fc.pre(!bytes.equals(whole));
      try {
        // a welcome is protected by the seal around it, so that a changed one may still be one
        const decoded = decode(bytes);
        if (code === undefined) expect(decoded).toBeUndefined();
        else expect(decode).toBe(decodeWelcome);
      } catch (error) {
        if (!(error instanceof SatchelError)) throw error;
        expect(error.code).toBe(code);
      }
    }),
    { numRuns: RUNS },
  );
});

test('proofs and certificates are the bytes that the spec gives', () => {
  const { founding, recovery, device } = ADA_2;
  const authority = PHONE.id.toString('hex') as DeviceKey;
  const proven = createAuthority(founding, recovery.seed, { generation: 300, authority });
  expect(proven.proof).toEqual(provenAuthority(PHONE, 300).proof);
  const laptop = LAPTOP.id.toString('hex') as DeviceKey;
  expect(certifyDevice(founding, device.seed, { generation: 1, device: laptop })).toEqual(
    certificate(firstAuthority(), LAPTOP),
  );
});

test('a list keeps of those removed the last 64, and has no 17th device', () => {
  const keyOf = (name: string): DeviceKey => wireKey(name).id.toString('hex') as DeviceKey;
  const authority = ADA_2.device.id.toString('hex') as DeviceKey;
  const gone = Array.from({ length: 70 }, (_, i) => keyOf(`gone ${i}`));
  const desk = { device: authority, label: 'desk' };
  const fields = { founding: ADA_2.founding, generation: 1, authority, version: 1, current: [desk], removed: gone };
  const { removed } = createDeviceList(fields, ADA_2.device.seed);
  expect(removed).toEqual(gone.slice(-64).sort());
  const more = Array.from({ length: 16 }, (_, i) => ({ device: keyOf(`device ${i}`), label: 'x' }));
  expect(() => createDeviceList({ ...fields, current: [desk, ...more] }, ADA_2.device.seed)).toThrow(
    expect.objectContaining({ code: 'over-limit' }),
  );
});

/** The bytes with one replaced, some cut out, or some put in. */
function changeOf(whole: Buffer): fc.Arbitrary<Buffer> {
  const at = fc.integer({ min: 0, max: whole.length - 1 });
  const put = fc.uint8Array({ maxLength: 40 });
  return fc.tuple(at, fc.integer({ min: 0, max: 40 }), put).map(([from, cut, bytes]) => {
    return Buffer.concat([whole.subarray(0, from), bytes, whole.subarray(from + cut)]);
  });
}
