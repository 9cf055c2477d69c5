// That this device is none of its person's any more, by what is known here (spec/devices.md, "Current devices"): it was removed, or
// the recovery words were used on another one too, which counts.

import { shortId } from '../../format/ids.js';
import { namedLeftOut } from '../../identity/device-names.js';
import { storedCard } from '../../identity/devices.js';
import { recoveryKeyOf } from '../../identity/founding.js';
import { ownDevices } from '../../identity/own-devices.js';
import type { Session } from '../../sync/session.js';
import type { Context } from '../command/context.js';
import { nextCommand } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';

/** Whether this device is one of its person's. */
export function isCurrent({ repository, self }: Session): boolean {
  return ownDevices(repository.directory, self).current.includes(self.device);
}

/** What its user is told where it is not, and what can be done. */
export function notCurrentLines({ directory, env }: Context, session: Session): string[] {
  if (isCurrent(session)) return [];
  const { self } = session;
  const { authority, list } = ownDevices(directory, self);
  const { binding, founding } = storedCard(self.card);
  const label = list?.current.find(({ device }) => device === authority)?.label;
  const other = label === undefined ? 'another one of your devices' : `"${escapeLine(label)}"`;
  const wasAuthority = binding.generation > 1 && binding.authority === self.device;
  const why = wasAuthority
    ? `your recovery words were used on ${other} too, and that counts: this device is none of yours for others`
    : `this device is none of yours any more: ${other} says so`;
  if (!recoveryKeyOf(founding)) return [why];
  return [`${why}; if it is to be, use your words here: ${nextCommand(directory, 'recovery use', env)}`];
}

/** What its user is told where the recovery words were used elsewhere, and this device stays. */
export function takenOverLines(session: Session): string[] {
  const { self, repository } = session;
  const { authority, list, generation } = ownDevices(repository.directory, self);
  if (generation === 1 || !list || authority === undefined || authority === self.device || !isCurrent(session))
    return [];
  const label = list.current.find(({ device }) => device === authority)?.label ?? shortId(authority);
  return [`your recovery words were used on "${escapeLine(label)}": it adds and removes your devices`];
}

/** What the user of the device that decides is told of others that were left out of its list, and what can be done. */
export function leftOutLines({ directory, env }: Context, session: Session): string[] {
  const { self, repository } = session;
  if (ownDevices(repository.directory, self).authority !== self.device) return [];
  return namedLeftOut(session, repository.directory).map(({ device, label }) => {
    const why = `"${escapeLine(label)}" is none of yours any more: where you used your recovery words it was not known`;
    const remove = nextCommand(directory, `device remove ${shortId(device)}`, env);
    return `${why}; if it is to be, use them there: satchel recovery use; if not: ${remove}`;
  });
}

/** Says after an exchange that this device is none of its user's any more. */
export function tellNotCurrent(context: Context, session: Session): void {
  for (const line of notCurrentLines(context, session)) context.print(context.style.yellow(line));
}
