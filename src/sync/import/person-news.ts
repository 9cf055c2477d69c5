// What person logs that are held here teach about cards and device lists (spec/devices.md, "Person log").
import { type Card, verifyCard } from '../../identity/card.js';
import type { DeviceList } from '../../identity/device-list.js';
import { readDevices, withDeviceList, writeDevices } from '../../identity/devices.js';
import { type Decided, firstCardOf } from '../../identity/relations.js';
import { CARD, DEVICES, personEventsIn } from '../../topic/reading/person-log.js';
import { knownPersonLogs } from '../known/person-logs.js';
import type { Session } from '../session.js';

/** What people we know say of their devices, and we of ours. */
export interface PersonNews {
  readonly cards: readonly Card[];
  readonly lists: readonly DeviceList[];
}

/** Everything that is held; most of it was noted before. */
export function personNews(session: Session): PersonNews {
  const events = knownPersonLogs(session).flatMap((log) => [...personEventsIn(session.repository, log)]);
  return {
    cards: events.flatMap((event) => (event.type === CARD ? event.card : [])).filter(verifyCard),
    lists: events.flatMap((event) => (event.type === DEVICES ? event.list : [])),
  };
}

/** Notes the device lists of people decided about. Only under the repository's lock. */
export function noteDeviceLists(directory: string, around: Decided, lists: readonly DeviceList[]): void {
  const before = readDevices(directory);
  let devices = before;
  for (const list of lists) {
    const first = firstCardOf(around, list.person);
    if (first) devices = withDeviceList(devices, first, list);
  }
  if (devices !== before) writeDevices(directory, devices);
}
