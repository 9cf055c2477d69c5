// What is kept of a person's devices, over cards and lists that come in any order (spec/devices.md, "Current devices").
import { expect, it } from 'vitest';
import type { DeviceKey, PersonId } from '../../../src/format/ids.js';
import { decodeCard } from '../../../src/identity/card.js';
import { formatCard } from '../../../src/identity/card-text.js';
import { currentDevices } from '../../../src/identity/current-devices.js';
import { decodeDeviceList } from '../../../src/identity/device-list.js';
import { namedDevice } from '../../../src/identity/device-names.js';
import {
  type Devices,
  deviceState,
  isCardNews,
  isListNews,
  storedCard,
  withDeviceList,
  withFurtherCard,
} from '../../../src/identity/devices.js';
import { keysOfDevices } from '../../../src/identity/recipients.js';
import { ADA_2 } from '../../testkit/cast.js';
import { Chance } from '../../testkit/chance.js';
import { seedOf } from '../../testkit/seed.js';
import { wireKey } from '../../testkit/wire.js';
import { card } from '../../testkit/wire-card.js';
import {
  authorityCard,
  deviceList,
  firstAuthority,
  furtherCard,
  LAPTOP,
  PHONE,
  provenAuthority,
  TABLET,
  type WireAuthority,
  type WireList,
} from '../../testkit/wire-device.js';

const FIRST = decodeCard(card(ADA_2, { version: 2 }));
const OWN = { person: FIRST.person, device: FIRST.device, card: formatCard(FIRST) };
const FURTHER = [LAPTOP, PHONE, TABLET, wireKey("Ada's watch")];
// two devices that somebody with the recovery words made speak at once, and one later
const AUTHORITIES = [
  firstAuthority(),
  provenAuthority(LAPTOP, 2),
  provenAuthority(PHONE, 2),
  provenAuthority(TABLET, 3),
  // some that are in reach only by others that come before or after them
  provenAuthority(ADA_2.device, 9),
  provenAuthority(PHONE, 19),
  provenAuthority(LAPTOP, 30),
  provenAuthority(TABLET, 50),
];

it('goes on calling devices by their labels that a new generation removes or leaves out, whatever came first', () => {
  const labels = [
    [ADA_2.device, 'desk'],
    [LAPTOP, 'laptop'],
    [PHONE, 'phone'],
  ] as const;
  const first = listOf({ version: 2, current: labels });
  const taken = provenAuthority(TABLET, 2);
  const later = listOf({ authority: taken, version: 1, current: [[TABLET, 'tablet']], removed: [PHONE] });
  const said = [first, decodeCard(authorityCard(taken)), later];
  const orders = said.flatMap((a) =>
    said.flatMap((b) => said.flatMap((c) => (new Set([a, b, c]).size === 3 ? [[a, b, c]] : []))),
  );
  expect(orders).toHaveLength(6);
  for (const order of orders) {
    let devices: Devices = new Map();
    for (const one of order)
      devices = 'recipient' in one ? withFurtherCard(devices, OWN, one) : withDeviceList(devices, OWN, one);
    const around = { self: OWN, contacts: new Map(), devices };
    const nameOf = ({ id }: { readonly id: Buffer }) =>
      namedDevice(around, OWN.person, id.toString('hex') as DeviceKey);
    expect(nameOf(LAPTOP)).toMatchObject({ label: 'laptop', isRemoved: false });
    expect(nameOf(PHONE)).toMatchObject({ label: 'phone', isRemoved: true });
    expect(nameOf(TABLET)).toMatchObject({ label: 'tablet', isRemoved: false });
    expect(isListNews(OWN, devices.get(OWN.person), first)).toBe(false);
  }
});

it('makes the same devices of the same cards and lists, whatever came first', () => {
  const seed = seedOf('DEVICES_SEED');
  const chance = new Chance(seed);
  const pool = AUTHORITIES.map((authority) => ({
    lists: Array.from({ length: 6 }, () => someList(chance, authority)),
    cards: Array.from({ length: 4 }, () => someCard(chance, authority)),
  }));
  let skips = 0;
  for (let round = 0; round < 60; round++) {
    const around = pool.filter((_, i) => i === 0 || chance.happens(0.6));
    const lists = [
      ...new Set(Array.from({ length: 1 + chance.below(7) }, () => chance.pick(chance.pick(around).lists))),
    ];
    const cards = [...new Set(Array.from({ length: chance.below(5) }, () => chance.pick(chance.pick(around).cards)))];
    const { generation } = currentDevices({ known: 1, cards: [FIRST, ...cards], lists });
    const counting = cards.filter(({ binding }) => binding.generation <= generation);
    const newest = counting.filter(
      (one) => !counting.some((other) => other.device === one.device && other.serial > one.serial),
    );
    const wanted = currentDevices({ known: generation, cards: [FIRST, ...newest], lists });
    for (let i = 0; i < 4; i++) {
      const known = shuffled(chance, [...lists, ...cards]).reduce<Devices>(
        (devices, one) => ('recipient' in one ? withFurtherCard(devices, OWN, one) : withDeviceList(devices, OWN, one)),
        new Map(),
      );
      const found = deviceState(
        OWN,
        known.get(FIRST.person) ?? { person: FIRST.person, known: 1, cards: [], lists: [] },
      );
      expect(withoutOlder(found), `seed ${seed}, round ${round}`).toEqual(withoutOlder(wanted));
    }
    if (generation < Math.max(1, ...[...cards.map(({ binding }) => binding), ...lists].map((one) => one.generation)))
      skips++;
  }
  expect(skips, `seed ${seed}`).toBeGreaterThan(0);
});

it('seals to the newest card that counts, also of a first device that used the words, whatever came first', () => {
  const ada = {
    ...OWN,
    serial: FIRST.serial,
    petname: 'Ada',
    added: 0,
    accepted: true,
    confirmed: true,
    blocked: false,
  };
  const self = { person: 'b'.repeat(64) as PersonId, device: 'b'.repeat(64) as DeviceKey, card: OWN.card };
  const [first, second, far] = [
    { generation: 2, serial: 5 },
    { generation: 2, serial: 7 },
    { generation: 40, serial: 9 },
  ].map(({ generation, serial }) => {
    const recipient = Buffer.alloc(32, serial);
    return decodeCard(authorityCard(provenAuthority(ADA_2.device, generation), { serial, recipient }));
  });
  if (!first || !second || !far) throw new Error('no cards');
  for (const [order, serial] of [
    [[first, second, far], 7],
    [[far, second, first], 7],
    [[far, first], 5],
  ] as const) {
    const devices = order.reduce<Devices>((all, one) => withFurtherCard(all, OWN, one), new Map());
    const around = { self, contacts: new Map([[ada.person, ada]]), devices };
    const keys = [...keysOfDevices(around, ada.person)];
    expect(keys).toEqual([[FIRST.device, Buffer.alloc(32, serial).toString('hex')]]);
    // what is kept already is no news any more
    for (const one of order) expect(isCardNews(OWN, devices.get(ada.person), one)).toBe(false);
  }
});

it('keeps a card that counts beside as many out of reach as there may be, whatever came first', () => {
  const phone = decodeCard(furtherCard(firstAuthority(), PHONE));
  const far = Array.from({ length: 64 }, (_, i) => decodeCard(authorityCard(provenAuthority(LAPTOP, 100 + i))));
  for (const order of [[phone, ...far], [...far, phone], far.toReversed().toSpliced(32, 0, phone)]) {
    const known = order.reduce<Devices>((all, one) => withFurtherCard(all, OWN, one), new Map()).get(FIRST.person);
    if (!known) throw new Error('nothing is known');
    expect(deviceState(OWN, known).current).toEqual([FIRST.device, phone.device].sort());
    // the farthest one is what there is no room for
    const generations = known.cards.map(({ card }) => storedCard(card).binding.generation);
    expect(generations).toEqual([1, ...far.slice(0, 63).map(({ binding }) => binding.generation)]);
  }
});

it('keeps a list that counts beside as many out of reach as there may be, whatever came first', () => {
  const near = listOf({ authority: firstAuthority(), removed: [PHONE] });
  const far = Array.from({ length: 20 }, (_, i) => listOf({ authority: provenAuthority(LAPTOP, 100 + i) }));
  for (const order of [[near, ...far], [...far, near], far.toReversed().toSpliced(10, 0, near)]) {
    const known = order.reduce<Devices>((all, one) => withDeviceList(all, OWN, one), new Map()).get(FIRST.person);
    if (!known) throw new Error('nothing is known');
    expect(deviceState(OWN, known).removed).toEqual([PHONE.id.toString('hex')]);
  }
});

function withoutOlder({ list, rivals, ...state }: ReturnType<typeof currentDevices>) {
  return { ...state, list: list?.digest, rivals: rivals.map(({ digest }) => digest).sort() };
}

function someList(chance: Chance, authority: WireAuthority) {
  const others = [ADA_2.device, ...FURTHER].filter((key) => key !== authority.key);
  const removed = others.filter(() => chance.happens(0.2));
  const current = others.filter((key) => !removed.includes(key) && chance.happens(0.5));
  return listOf({
    authority,
    version: 1 + chance.below(5),
    current: [authority.key, ...current].map((key, i) => [key, `device ${i}`] as const),
    removed,
  });
}

function listOf(wire: WireList) {
  const { map, signature } = deviceList(wire);
  const list = decodeDeviceList(map, signature);
  if (!list) throw new Error('a list that is none');
  return list;
}

/** Of one device no two cards have one serial: its own program sees to that. */
function someCard(chance: Chance, authority: WireAuthority) {
  const { generation } = authority;
  const device = chance.pick(generation > 1 ? [...FURTHER, ADA_2.device] : FURTHER);
  const isItself = device === authority.key;
  const serial = 1 + AUTHORITIES.indexOf(authority);
  return decodeCard(
    isItself && generation > 1 ? authorityCard(authority, { serial }) : furtherCard(authority, device, { serial }),
  );
}

function shuffled<T>(chance: Chance, all: readonly T[]): T[] {
  const left = [...all];
  return all.map(() => left.splice(chance.below(left.length), 1)[0] as T);
}
