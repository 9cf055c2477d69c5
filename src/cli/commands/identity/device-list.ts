// satchel device list: which devices are the user's (spec/cli.md, "Your devices").
import { type DeviceKey, shortId } from '../../../format/ids.js';
import type { DeviceState } from '../../../identity/current-devices.js';
import { namedDevice } from '../../../identity/device-names.js';
import { labelledDevices, leftOutDevices, ownDevices } from '../../../identity/own-devices.js';
import { lastHeard } from '../../../sync/known/last-heard.js';
import { openSession, type Session } from '../../../sync/session.js';
import type { Context } from '../../command/context.js';
import { nextCommand } from '../../command/next.js';
import { alignColumns } from '../../terminal/columns.js';
import { escapeLine } from '../../terminal/escape.js';
import { formatDate } from '../../terminal/time.js';
import { deviceLabel } from './device-label.js';

interface Row {
  readonly device: DeviceKey;
  /** Null for a removed one of which no list said here what it is called. */
  readonly label: string | null;
  readonly self: boolean;
  readonly current: boolean;
  /** A list says so; else one that is not current is none in the list that counts, which says nothing of it. */
  readonly removed: boolean;
  /** ms; null for this one, and for those of which nothing is known. */
  readonly lastHeard: number | null;
}

/** Prints them, those that are none any more at the end. */
export async function runList(context: Context): Promise<void> {
  const session = openSession(await context.repository());
  const { self } = session;
  const state = ownDevices(session.repository.directory, self);
  const devices = rowsOf(session, state);
  const { generation, authority, list } = state;
  if (context.json) {
    const version = list?.version ?? null;
    return context.printJson({ person: self.person, generation, version, authority: authority ?? null, devices });
  }
  for (const line of alignColumns(devices.map((row) => cells(context, row, authority)))) context.print(line);
  if (devices.length > 1 || authority !== self.device) return;
  context.note(
    `Another one: "satchel device request" there, then ${nextCommand(context.directory, 'device add REQUEST', context.env)}`,
  );
}

function rowsOf(session: Session, state: DeviceState): Row[] {
  const { self } = session;
  const heard = (device: DeviceKey): number | null =>
    device === self.device ? null : (lastHeard(session, { person: self.person, device }) ?? null);
  const current = labelledDevices(state, { device: self.device, label: deviceLabel() });
  const rows = current.map(({ device, label }) => ({ device, label, current: true, removed: false }));
  // one that others took out is shown too, where no list names it
  const out = state.current.includes(self.device) ? [] : [self.device];
  const leftOut = leftOutDevices(session.repository.directory, self);
  const gone = [...new Set([...state.removed, ...out, ...leftOut])].map((device) => {
    const { label = null, isRemoved } = namedDevice(session, self.person, device);
    return { device, label, current: false, removed: isRemoved };
  });
  return [...rows, ...gone].map((row) => ({
    ...row,
    self: row.device === self.device,
    lastHeard: heard(row.device),
  }));
}

function cells({ style }: Context, row: Row, authority: DeviceKey | undefined): string[] {
  const marks = [
    ...(row.self ? ['this one'] : []),
    ...(row.device === authority ? ['adds and removes the others'] : []),
    ...(row.current ? [] : [style.red(row.removed ? 'removed' : 'left out')]),
    ...(row.lastHeard === null ? [] : [`last word ${formatDate(row.lastHeard)}`]),
  ];
  return [style.bold(escapeLine(row.label ?? '-')), style.dim(shortId(row.device)), marks.join(', ')];
}
