// A device of somebody removed, as its authority does it.
import { createDeviceList } from '../../src/identity/device-list.js';
import { deviceState, readDevices, storedCard, withDeviceList, writeDevices } from '../../src/identity/devices.js';
import { removeDevice } from '../../src/identity/remove-device.js';
import type { Replica } from './replica.js';

/** A device is removed as "device remove" does it; what came after commit `commit` is not believed, by default what comes from now on. */
export async function loseDevice(authority: Replica, lost: Replica, commit?: number): Promise<void> {
  const { directory, now, repository } = authority;
  const { self, secrets } = await authority.author();
  const { device } = lost.session.self;
  const removing = { device, now, commit: commit ?? repository.lastArrival };
  repository.locked(() => removeDevice(directory, { self, secrets, label: 'desk' }, removing));
}

/** The authority signs and keeps a list without that device. */
export async function dropDevice(authority: Replica, dropped: Replica): Promise<void> {
  const { self, secrets } = await authority.author();
  const { device } = dropped.session.self;
  const known = readDevices(authority.directory);
  const own = known.get(self.person);
  if (!own) throw new Error('there is but one device');
  const { list, removed } = deviceState(self, own);
  if (!list) throw new Error('no list to take it from');
  const { founding, binding } = storedCard(self.card);
  const next = createDeviceList(
    {
      ...binding,
      founding,
      version: list.version + 1,
      current: list.current.filter((one) => one.device !== device),
      removed: [...removed, device],
    },
    secrets.device,
  );
  writeDevices(authority.directory, withDeviceList(known, self, next));
}
