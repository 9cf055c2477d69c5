// A device that waits to become one of a person's: it has keys and has asked, and belongs to nobody yet (spec/devices.md,
// "Request").
import type { DeviceKey } from '../format/ids.js';
import { disk } from '../repository/disk.js';
import { onDisk } from '../repository/files.js';
import { type Layout, layoutOf } from '../repository/layout.js';
import { fileOfState, readState, writeState, writeWritten } from '../repository/state.js';
import { recipientOf } from './age.js';
import { createRequest, type DeviceRequest, decodeRequest, formatRequest, parseRequest } from './device-request.js';
import { writeSecrets } from './keys.js';
import { knowingRemoved } from './rotation.js';
import { createSecrets, type Secrets } from './secrets.js';

/** What the keys of a further device are made with; `now` in ms. */
export interface FurtherKeys {
  readonly now: number;
  readonly random: (size: number) => Buffer;
  readonly passphrase?: string | undefined;
  /** The X25519 key that backups are sealed to, where the words are at hand. */
  readonly backup?: Buffer | undefined;
  /** The person's devices that are removed, as far as that is known when the keys are made. */
  readonly removed?: readonly DeviceKey[] | undefined;
}

/**
 * Makes the keys of a device that waits, and its request, in a repository without an identity that is not whole yet; durable
 * when it returns. Only under the repository's lock.
 */
export async function createWaiting(
  directory: string,
  { label, ...options }: FurtherKeys & { readonly label: string },
): Promise<DeviceRequest> {
  return askWith(directory, await createKeys(directory, options), label);
}

/** Makes the keys of a device that was not there before; durable when it returns. Only under the repository's lock. */
export async function createKeys(directory: string, options: FurtherKeys): Promise<Secrets> {
  clearRemains(layoutOf(directory));
  // nobody but the founding device ever had the person's recovery key
  const { device, recipients, logs } = (await createSecrets(options.random, options.now)).secrets;
  const secrets = knowingRemoved({ device, backup: options.backup, recipients, logs }, options.removed ?? []);
  await writeSecrets(directory, secrets, options.passphrase);
  return secrets;
}

/** What a killed command left says who somebody was that never came to be. */
function clearRemains(layout: Layout): void {
  const remains = (['self', 'devices', 'waiting'] as const).map((name) => fileOfState(layout, name));
  onDisk(`writing ${layout.refs}`, () => {
    for (const file of remains) disk.remove(file);
  });
  writeWritten(layout, []);
}

/** Has the device with these keys ask, and wait, durably. Only under the repository's lock. */
export async function askWith(
  directory: string,
  { device, recipients }: Secrets,
  label: string,
): Promise<DeviceRequest> {
  const recipient = await recipientOf(recipients[0].key);
  const request = decodeRequest(createRequest(device, { recipient, label }));
  writeState(layoutOf(directory), 'waiting', { request: formatRequest(request.bytes) });
  return request;
}

/** The request of a device that waits here; undefined when none does, or did and has joined. */
export function readWaiting(directory: string): DeviceRequest | undefined {
  const layout = layoutOf(directory);
  const waiting = readState(layout, 'self') ? undefined : readState(layout, 'waiting');
  return waiting && parseRequest(waiting.request);
}
