// Who speaks for a person's devices, and how it vouches for one (spec/devices.md, "Authority"): the founding device, until the
// recovery key names another one.
import { DOMAINS } from '../format/domains.js';
import { type DeviceKey, idBytes } from '../format/ids.js';
import { GENERATION_MAX } from '../format/limits.js';
import { sign, verifySignature } from '../format/signature/signature.js';
import { type Founding, personOf, recoveryKeyOf } from './founding.js';

/** The device that adds and removes a person's devices in one generation. */
export interface Authority {
  /** 1, in which the founding device has it, to 65,535. */
  readonly generation: number;
  readonly authority: DeviceKey;
  /** The signature of the recovery key that says so; in generation 1 there is none. */
  readonly proof?: Buffer | undefined;
}

/** The authority of generation 1. */
export function foundingAuthority({ device }: Pick<Founding, 'device'>): Authority {
  return { generation: 1, authority: device };
}

/** The authority of a generation from 2 on, proven by the recovery key with this seed. */
export function createAuthority(
  founding: Buffer,
  recoverySeed: Uint8Array,
  { generation, authority }: Pick<Authority, 'generation' | 'authority'>,
): Authority {
  return { generation, authority, proof: sign(recoverySeed, authorityMessage(founding, { generation, authority })) };
}

/** Whether this is the authority of its generation: the founding device in the first, else who the recovery key names. */
export function verifyAuthority(founding: Founding, claimed: Authority): boolean {
  const { generation, authority, proof } = claimed;
  if (generation === 1) return authority === founding.device && proof === undefined;
  const recovery = recoveryKeyOf(founding.bytes);
  if (generation < 1 || generation > GENERATION_MAX || recovery === undefined || proof === undefined) return false;
  return verifySignature(recovery, authorityMessage(founding.bytes, claimed), proof);
}

/** The signature by which the authority with this seed vouches for a device in its generation. */
export function certifyDevice(
  founding: Buffer,
  authoritySeed: Uint8Array,
  certified: { readonly generation: number; readonly device: DeviceKey },
): Buffer {
  return sign(authoritySeed, certificateMessage(founding, certified));
}

/** Whether the authority vouched for the device. */
export function verifyCertificate(
  founding: Founding,
  { generation, authority }: Authority,
  { device, certificate }: { readonly device: DeviceKey; readonly certificate: Buffer },
): boolean {
  const message = certificateMessage(founding.bytes, { generation, device });
  return verifySignature(idBytes(authority), message, certificate);
}

function authorityMessage(founding: Buffer, { generation, authority }: Pick<Authority, 'generation' | 'authority'>) {
  return message(DOMAINS.authority, founding, { generation, key: authority });
}

function certificateMessage(founding: Buffer, { generation, device }: { generation: number; device: DeviceKey }) {
  return message(DOMAINS.device, founding, { generation, key: device });
}

function message(domain: string, founding: Buffer, named: { generation: number; key: DeviceKey }): Buffer {
  const generation = Buffer.alloc(2);
  generation.writeUInt16BE(named.generation);
  return Buffer.concat([Buffer.from(domain, 'latin1'), idBytes(personOf(founding)), generation, idBytes(named.key)]);
}
