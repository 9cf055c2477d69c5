// For whom bundles are: persons with a list of devices, each of which has to get everything (spec/devices.md, "Current
// devices"; spec/bundle.md, "What an export holds").
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { devicesOf } from '../../identity/relations.js';
import { activeContacts, type Session } from '../session.js';

/** One device of a person as a destination. */
export interface Recipient {
  readonly person: PersonId;
  readonly device: DeviceKey;
}

/** The devices of somebody who was decided about, but for this one. */
export function recipientsOf(session: Session, person: PersonId): Recipient[] {
  const others = devicesOf(session, person).filter((device) => device !== session.self.device);
  return others.map((device) => ({ person, device }));
}

/** Every device of every contact, and our own other ones. */
export function allRecipients(session: Session): Recipient[] {
  return [...activeContacts(session), session.self].flatMap(({ person }) => recipientsOf(session, person));
}

/** The devices of these persons, each device once; of somebody about whom nothing was decided the one that is given. */
export function everyDeviceOf(session: Session, people: readonly Recipient[]): Recipient[] {
  const all = people.flatMap(({ person, device }) => {
    const known = recipientsOf(session, person);
    return known.length > 0 ? known : [{ person, device }];
  });
  return [...new Map(all.map((one) => [one.device, one])).values()];
}
