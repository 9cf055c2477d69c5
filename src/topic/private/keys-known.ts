// What is known here of devices and keys for a private topic: its own cards and lists, those of contacts, and our own
// (spec/private.md, "List states").
import type { DeviceKey, Digest, EpochId, PersonId } from '../../format/ids.js';
import type { Card } from '../../identity/card.js';
import { readContacts } from '../../identity/contacts.js';
import { currentDevices } from '../../identity/current-devices.js';
import { type DeviceList, decodeDeviceList } from '../../identity/device-list.js';
import { readDevices, storedCard } from '../../identity/devices.js';
import { cardsOf, type WithOwnCard } from '../../identity/relations.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import type { PersonOf } from '../members/entitled.js';
import type { KeysKnown } from '../members/keys-known.js';
import type { KeysSeen } from '../members/shared.js';
import type { StatedList } from '../members/statement.js';
import { LiveKeyring, type TopicKeyring } from '../message/keyring.js';
import type { PlacedClaim } from './told.js';
import type { TopicView } from './topic-view.js';

/** What is seen of others' keys, and who says so. */
interface KeysSeenHere extends KeysSeen {
  claimsTo(device: DeviceKey): readonly PlacedClaim[];
}

/** Everything that epochs, wraps and letters are decided by. */
export interface KnownAround {
  readonly known: KeysKnown;
  readonly seen: KeysSeenHere;
  readonly personOf: PersonOf;
  /** This device. */
  readonly own: DeviceKey;
  /** The newest card of a device. */
  cardOf(device: DeviceKey): Card | undefined;
  /** A list that is held, as it was signed. */
  listOf(digest: Digest): DeviceList | undefined;
}

/** Whom the user of a repository decided about. */
export function decidedIn({ directory }: Repository, self: Self): WithOwnCard {
  return { self, contacts: readContacts(directory), devices: readDevices(directory) };
}

/** What is known for a topic by these decisions and keys. */
export function knownAround(around: WithOwnCard, view: TopicView, keyring: TopicKeyring): KnownAround {
  const people = new Set<PersonId>([...view.policy.owners, ...view.resolution.persons, around.self.person]);
  const cards = newestCards([
    ...view.cards,
    ...[...people].flatMap((person) => cardsOf(around, person)).map((text) => storedCard(text)),
  ]);
  const lists = new Map<Digest, DeviceList>();
  for (const list of [...view.lists, ...[...people].flatMap((person) => listsOf(around, person))]) {
    lists.set(list.digest, list);
  }
  const stated = new Map<Digest, StatedList>([...lists].map(([digest, list]) => [digest, statedList(list)]));
  const serialOf = (device: DeviceKey): number | undefined => cards.get(device)?.serial;
  // what is only tried is good for no writing, nor to be given to anybody
  const proven = (id: EpochId) => (keyring instanceof LiveKeyring ? keyring.epoch(view.topic, id) : undefined);
  const personOf = (device: DeviceKey): PersonId | undefined => cards.get(device)?.person;
  const currentOf = (person: PersonId): readonly DeviceKey[] =>
    currentDevices({
      lists: [...lists.values()].filter((list) => list.person === person),
      cards: [...cards.values()].filter((card) => card.person === person),
      known: around.devices?.get(person)?.known ?? 1,
    }).current;
  return {
    known: {
      list: (digest) => stated.get(digest),
      listsOf: (person) => [...stated.values()].filter((list) => list.person === person),
      currentOf,
      serialOf,
      hasControl: (id) => proven(id) !== undefined,
      hasData: (id) => proven(id)?.data !== undefined,
      isInLog: view.isInLog,
    },
    seen: {
      // of our own devices only they themselves know: nobody else gets at one by saying that it has a key
      claimsTo: (device) => {
        const own = personOf(device) === around.self.person ? currentOf(around.self.person) : undefined;
        const told = view.claims.filter(({ devices }) => devices.some((to) => to.device === device));
        return own ? told.filter(({ by }) => own.includes(by)) : told;
      },
      lostWraps: view.lostWraps,
      serialOf,
      writtenUnder: (device) =>
        new Set(view.logs.flatMap(({ author, epochs }) => (author.device === device ? [...epochs.values()] : []))),
    },
    personOf,
    own: around.self.device,
    cardOf: (device) => cards.get(device),
    listOf: (digest) => lists.get(digest),
  };
}

function newestCards(all: readonly Card[]): ReadonlyMap<DeviceKey, Card> {
  const cards = new Map<DeviceKey, Card>();
  for (const card of all) {
    const known = cards.get(card.device);
    if (!known || card.serial > known.serial) cards.set(card.device, card);
  }
  return cards;
}

function listsOf({ devices }: WithOwnCard, person: PersonId): DeviceList[] {
  return (devices?.get(person)?.lists ?? []).flatMap(
    ([map, signature]) => decodeDeviceList(Buffer.from(map, 'base64'), Buffer.from(signature, 'base64')) ?? [],
  );
}

function statedList(list: DeviceList): StatedList {
  return { ...list, current: list.current.map(({ device }) => device) };
}
