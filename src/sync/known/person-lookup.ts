// Who somebody is, by a device key or a person id, as far as anything here tells.
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { decidedOwner } from '../../identity/relations.js';
import type { Session } from '../session.js';
import { readAcquaintances } from './acquaintances.js';

/** The person whose device this is, as far as known. */
export function personOfDevice(session: Session, device: DeviceKey): PersonId | undefined {
  return decidedOwner(session, device) ?? [...session.repository.logs()].find((log) => log.device === device)?.person;
}

/** The name that somebody who is no contact put on its card; undefined when no card of it came. */
export function cardNameOf({ repository }: Session, person: PersonId): string | undefined {
  return readAcquaintances(repository).find((one) => one.person === person)?.name;
}
