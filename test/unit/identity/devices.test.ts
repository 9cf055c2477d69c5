// What is kept of a person's devices, over cards and lists that come in any order (spec/devices.md, "Current devices").
import { expect, it } from 'vitest';
import { decodeCard } from '../../../src/identity/card.js';
import { formatCard } from '../../../src/identity/card-text.js';
import { currentDevices } from '../../../src/identity/current-devices.js';
import { decodeDeviceList } from '../../../src/identity/device-list.js';
import { type Devices, deviceState, withDeviceList, withFurtherCard } from '../../../src/identity/devices.js';
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
];

it('makes the same devices of the same cards and lists, whatever came first', () => {
  const seed = seedOf('DEVICES_SEED');
  const chance = new Chance(seed);
  const pool = AUTHORITIES.map((authority) => ({
    lists: Array.from({ length: 8 }, () => someList(chance, authority)),
    cards: Array.from({ length: 4 }, () => someCard(chance, authority)),
  }));
  for (let round = 0; round < 60; round++) {
    const around = pool.slice(0, 1 + chance.below(pool.length));
    const lists = [
      ...new Set(Array.from({ length: 1 + chance.below(7) }, () => chance.pick(chance.pick(around).lists))),
    ];
    const cards = [...new Set(Array.from({ length: chance.below(5) }, () => chance.pick(chance.pick(around).cards)))];
    const newest = cards.filter(
      (one) => !cards.some((other) => other.device === one.device && other.serial > one.serial),
    );
    const wanted = currentDevices({ known: 1, cards: [FIRST, ...newest], lists });
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
  }
});

function withoutOlder({ list, rivals, ...state }: ReturnType<typeof currentDevices>) {
  return { ...state, list: list?.digest, rivals: rivals.map(({ digest }) => digest).sort() };
}

function someList(chance: Chance, authority: WireAuthority) {
  const others = [ADA_2.device, ...FURTHER].filter((key) => key !== authority.key);
  const removed = others.filter(() => chance.happens(0.2));
  const current = others.filter((key) => !removed.includes(key) && chance.happens(0.5));
  const { map, signature } = deviceList({
    authority,
    version: 1 + chance.below(5),
    current: [authority.key, ...current].map((key, i) => [key, `device ${i}`] as const),
    removed,
  });
  const list = decodeDeviceList(map, signature);
  if (!list) throw new Error('a list that is none');
  return list;
}

/** Of one device no two cards have one serial: its own program sees to that. */
function someCard(chance: Chance, authority: WireAuthority) {
  const { generation } = authority;
  const device = chance.pick(FURTHER);
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
