// Which of the known devices stay one's own when the recovery words are used (spec/cli.md, "Recovery words").
import { SatchelError } from '../../../format/error.js';
import { type DeviceKey, shortId } from '../../../format/ids.js';
import type { LabelledDevice } from '../../../identity/device-list.js';
import { findDevice } from '../../../identity/remove-device.js';
import { confirm } from '../../command/confirm.js';
import type { Context } from '../../command/context.js';
import { escapeLine } from '../../terminal/escape.js';

/** What the command line says of it. */
export interface KeepArgs {
  readonly keep: readonly string[];
  readonly keepNone: boolean;
}

/**
 * Passes where it is said which devices stay, or can be asked.
 * @throws SatchelError `usage`
 */
export function assertCanChoose(context: Context, { keep, keepNone }: KeepArgs): void {
  if (keepNone && keep.length > 0) {
    throw new SatchelError('usage', '--keep and --keep-none were both given', { hint: 'give one of them' });
  }
  if (keepNone || keep.length > 0 || context.canAsk()) return;
  throw new SatchelError('usage', 'there is no terminal to ask which of your devices you still have', {
    hint: 'name each that you have with --keep, or give --keep-none',
  });
}

/**
 * The devices that stay: those that were named, or of which somebody says so now.
 * @throws SatchelError `not-found`, `ambiguous`
 */
export async function chooseKept(
  context: Context,
  known: readonly LabelledDevice[],
  { keep, keepNone }: KeepArgs,
): Promise<DeviceKey[]> {
  if (keepNone) return [];
  const labels = known.map(({ device, label }) => `${escapeLine(label)} (${shortId(device)})`).join(', ');
  const others =
    known.length === 0 ? 'no other device of yours is known here: give --keep-none' : `yours are ${labels}`;
  const hint = `${others}; one that was removed comes back by a new "satchel device request" on it`;
  if (keep.length > 0) return keep.map((which) => findDevice(known, which, { hint }).device);
  const kept: DeviceKey[] = [];
  for (const { device, label } of known) {
    const question = `Do you still have ${known.length === 1 ? onlyOne(device, label) : named(device, label)}?`;
    if (await confirm(context, `${question} What you don't have stops being yours.`)) kept.push(device);
  }
  return kept;
}

/** Nobody gave a name to the only device of somebody: it is the one that is known to whoever is asked. */
function onlyOne(device: DeviceKey, label: string): string {
  return label === shortId(device) ? `the computer that you were on before (${label})` : named(device, label);
}

function named(device: DeviceKey, label: string): string {
  return `"${escapeLine(label)}" (${shortId(device)})`;
}
