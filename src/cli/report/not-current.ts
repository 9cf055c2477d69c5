// That this device is none of its person's any more, by what is known here (spec/devices.md, "Current devices"): it was removed, or
// the recovery words were used on another one too, which counts.

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
