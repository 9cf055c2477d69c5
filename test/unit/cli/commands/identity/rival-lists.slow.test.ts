// Somebody's key signs in two places: what friends are told (spec/devices.md, "Current devices").
import { expect, test } from 'vitest';
import { readContacts } from '../../../../../src/identity/contacts.js';
import { decodeDeviceList } from '../../../../../src/identity/device-list.js';
import { readDevices, withDeviceList, writeDevices } from '../../../../../src/identity/devices.js';
import { ADA_2 } from '../../../../testkit/cast.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { Desk } from '../../../../testkit/several.js';
import { card, cardText } from '../../../../testkit/wire-card.js';
import { deviceList, LAPTOP, PHONE, type WireList } from '../../../../testkit/wire-device.js';

test('two lists of one version that say different things are told, until a newer one counts', async () => {
  const desk = new Desk(scratchDirectory());
  await desk.must('ben', 'init', '--name', 'Ben');
  await desk.must('ben', 'contact', 'add', cardText(card(ADA_2, { version: 2 })), '--as', 'Ada');
  const takes = (list: WireList): void => {
    const { map, signature } = deviceList(list);
    const decoded = decodeDeviceList(map, signature);
    const [ada] = readContacts(desk.file('ben')).values();
    if (!decoded || !ada) throw new Error('no list');
    writeDevices(desk.file('ben'), withDeviceList(readDevices(desk.file('ben')), ada, decoded));
  };
  const told = async (): Promise<readonly unknown[]> => {
    const { contacts } = await desk.must('ben', 'contact', 'list');
    const { findings } = await desk.must('ben', 'check');
    return [contacts[0].listsDiffer, findings.filter(({ code }: { code: string }) => code === 'device-lists').length];
  };
  const current = (...others: (readonly [typeof LAPTOP, string])[]) => [[ADA_2.device, 'desk'] as const, ...others];
  takes({ version: 4, current: current([LAPTOP, 'laptop']) });
  expect(await told()).toEqual([false, 0]);
  takes({ version: 4, current: current([PHONE, 'phone']) });
  expect(await told()).toEqual([true, 1]);
  const { stdout } = await desk.run('ben', ['contact', 'list'], { people: 'pipe' });
  expect(stdout).toContain('has device lists that contradict each other');
  takes({ version: 5, current: current([PHONE, 'phone']) });
  expect(await told()).toEqual([false, 0]);
});
