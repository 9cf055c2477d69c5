// What the authority signs: at most so many devices, and none that was removed.
import { expect, test } from 'vitest';
import { answerRequest } from '../../../src/identity/add-device.js';
import { createRequest, decodeRequest } from '../../../src/identity/device-request.js';
import { ownDevices } from '../../../src/identity/own-devices.js';
import { deviceToRemove, removeDevice } from '../../../src/identity/remove-device.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { sha256 } from '../../testkit/wire.js';

test('a person has sixteen devices at most, and room again when one is removed', async () => {
  const { replica, author, add, state } = await authority();
  for (let i = 1; i <= 15; i++) await add(i);
  await expect(add(16)).rejects.toMatchObject({ code: 'over-limit' });
  // one that is there already may be answered again
  await add(3);
  expect(state().current).toHaveLength(16);
  const { device } = deviceToRemove(author, state(), { which: 'd7', leftOut: [] });
  removeDevice(replica.directory, author, { device, now: replica.now, commit: 0 });
  expect([state().current.length, state().removed]).toEqual([15, [device]]);
  await expect(add(7)).rejects.toMatchObject({ code: 'usage' });
  await add(16);
  expect(state().list?.removed).toEqual([device]);
});

async function authority() {
  const replica = await Replica.create('ana', scratchDirectory());
  const { self, secrets } = await replica.author();
  const author = { self, secrets, label: 'desk', topics: { topics: [], privateTopics: [] } };
  const random = (size: number): Buffer => Buffer.alloc(size, 7);
  const add = (i: number) => {
    const recipient = Buffer.alloc(32, 9);
    const request = decodeRequest(createRequest(sha256(`device ${i}`), { recipient, label: `d${i}` }));
    return answerRequest(replica.directory, author, request, { now: replica.now, random });
  };
  return { replica, author, add, state: () => ownDevices(replica.directory, self) };
}
