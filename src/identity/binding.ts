// What binds a card's device to the person, between kind and serial (spec/card.md, "Card"; spec/devices.md, "Authority").
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, readId } from '../format/ids.js';
import { type Authority, foundingAuthority, verifyAuthority, verifyCertificate } from './authority.js';
import { bindingSizeBytes, KIND } from './card-layout.js';
import type { Founding } from './founding.js';

/** How a device belongs to a person: in which generation, under which authority. */
export interface Binding extends Authority {
  /** What the authority signed about the device; none where the device is the authority itself. */
  readonly certificate?: Buffer | undefined;
}

/** A card's device, and what binds it. */
export interface Bound {
  readonly device: DeviceKey;
  readonly binding: Binding;
}

/** The kind of a card with this binding. */
export function kindOf({ generation, certificate }: Binding): number {
  if (generation === 1) return certificate ? KIND.further : KIND.founding;
  return certificate ? KIND.furtherLater : KIND.authority;
}

/** The bytes behind the kind. */
export function encodeBinding({ device, binding }: Bound): Buffer {
  const { generation, authority, proof, certificate } = binding;
  const number = Buffer.alloc(2);
  number.writeUInt16BE(generation);
  const certified = certificate ? [idBytes(device), number, certificate] : [];
  const proven = proof ? [...(certificate ? [] : [number]), idBytes(authority), proof] : [];
  return Buffer.concat([...certified, ...proven]);
}

/**
 * The device of a card of this kind, from the bytes behind the kind; its proofs are verified.
 * @throws SatchelError `bad-card` when one fails
 */
export function decodeBinding(founding: Founding, kind: number, bytes: Buffer): Bound {
  const bound = readBinding(founding, kind, bytes);
  const { device, binding } = bound;
  const { generation, certificate } = binding;
  const isLater = kind === KIND.authority || kind === KIND.furtherLater;
  if (isLater ? generation < 2 : generation !== 1) throw badBinding(`has the generation ${generation}`);
  if (!verifyAuthority(founding, binding)) throw badBinding('has an authority that no recovery key names');
  if (certificate && !verifyCertificate(founding, binding, { device, certificate })) {
    throw badBinding('has a device that its authority did not certify');
  }
  return bound;
}

function readBinding(founding: Founding, kind: number, bytes: Buffer): Bound {
  if (bytes.length !== bindingSizeBytes(kind)) throw badBinding(`has the unknown kind ${kind}`);
  if (kind === KIND.founding) return { device: founding.device, binding: foundingAuthority(founding) };
  if (kind === KIND.authority) {
    const authority = readId<DeviceKey>(bytes, 2);
    return { device: authority, binding: { generation: bytes.readUInt16BE(), authority, proof: bytes.subarray(34) } };
  }
  const device = readId<DeviceKey>(bytes);
  const certified = { generation: bytes.readUInt16BE(32), certificate: bytes.subarray(34, 98) };
  if (kind === KIND.further) return { device, binding: { ...certified, authority: founding.device } };
  return { device, binding: { ...certified, authority: readId<DeviceKey>(bytes, 98), proof: bytes.subarray(130) } };
}

function badBinding(problem: string): SatchelError {
  return new SatchelError('bad-card', `a card ${problem}`);
}
