// A device that waits to become one of a person's: it has keys and has asked, and belongs to nobody yet (spec/devices.md,
// "Request").
import { layoutOf } from '../repository/layout.js';
import { writeState } from '../repository/state.js';
import { recipientOf } from './age.js';
import { createRequest, type DeviceRequest, decodeRequest, formatRequest } from './device-request.js';
import { writeSecrets } from './keys.js';
import { createSecrets, type Secrets } from './secrets.js';

/** Makes the keys of a device that waits, and its request; durable when it returns. Only under the repository's lock. */
export async function createWaiting(
  directory: string,
  options: {
    readonly label: string;
    /** ms. */
    readonly now: number;
    readonly random: (size: number) => Buffer;
    readonly passphrase?: string | undefined;
  },
): Promise<DeviceRequest> {
  const secrets = await keysOfFurther(options);
  await writeSecrets(directory, secrets, options.passphrase);
  const recipient = await recipientOf(secrets.recipients[0].key);
  const request = decodeRequest(createRequest(secrets.device, { recipient, label: options.label }));
  writeState(layoutOf(directory), 'waiting', { request: formatRequest(request.bytes) });
  return request;
}

/** Nobody but the founding device ever had the person's recovery key. */
async function keysOfFurther(options: {
  readonly now: number;
  readonly random: (size: number) => Buffer;
}): Promise<Secrets> {
  const { device, recipients, logs } = (await createSecrets(options.random, options.now)).secrets;
  return { device, recipients, logs };
}
