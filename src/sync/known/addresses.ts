// Where people we know publish, as their devices say in their person logs (spec/devices.md, "Person log"). Only a hint where to
// look: nothing goes there unasked.
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { ADDRESSES_MAX } from '../../format/limits.js';
import { devicesOf } from '../../identity/relations.js';
import { personTopic } from '../../topic/person-topic.js';
import { AT, personEventsIn } from '../../topic/reading/person-log.js';
import type { Session } from '../session.js';

/** What its current devices say, of each the latest word; none where none says anything. */
export function addressesOf(session: Session, person: PersonId): string[] {
  const { repository } = session;
  const latest = new Map<DeviceKey, { readonly at: readonly string[]; readonly clock: number }>();
  for (const log of repository.logsOfPerson(person)) {
    if (log.topic !== personTopic(person) || log.device === undefined) continue;
    for (const event of personEventsIn(repository, log)) {
      const before = latest.get(log.device);
      if (event.type === AT && event.clock >= (before?.clock ?? 0)) latest.set(log.device, event);
    }
  }
  const said = devicesOf(session, person).flatMap((device) => latest.get(device)?.at ?? []);
  return [...new Set(said)].slice(0, ADDRESSES_MAX);
}
