// Persons of whom two device lists have one version and say different things (spec/devices.md, "Current devices"): a key signs in
// two places.
import type { DeviceKey, PersonId } from '../format/ids.js';
import { layoutOf } from '../repository/layout.js';
import { readState } from '../repository/state.js';
import { readContacts } from './contacts.js';
import { deviceState, readDevices } from './devices.js';
import { type Decided, firstCardOf } from './relations.js';

/** The lists of a person that nobody can decide between, and who signed them. */
export interface RivalLists {
  readonly person: PersonId;
  readonly authority: DeviceKey;
  readonly lists: number;
}

/** The rival lists of somebody who was decided about, if there are any. */
export function rivalListsOf(around: Decided, person: PersonId): RivalLists | undefined {
  const first = firstCardOf(around, person);
  const known = around.devices?.get(person);
  if (!first || !known) return undefined;
  const { rivals, authority } = deviceState(first, known);
  return authority === undefined || rivals.length === 0 ? undefined : { person, authority, lists: rivals.length + 1 };
}

/** All that are known in a repository, be it anybody's yet or not. @throws SatchelError `damaged` */
export function allRivalLists(directory: string): RivalLists[] {
  const devices = readDevices(directory);
  const self = readState(layoutOf(directory), 'self');
  if (!self || devices.size === 0) return [];
  const around = { self, contacts: readContacts(directory), devices };
  return [...devices.keys()].flatMap((person) => rivalListsOf(around, person) ?? []);
}
