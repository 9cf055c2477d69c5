// An epoch: the two secrets under which a private topic is written for a while (spec/epochs.md, "Secrets").
import { asBytes, asList, type Cbor } from '../cbor/cbor.js';
import { HASH_PREFIXES } from '../domains.js';
import { type EpochId, idBytes, readId } from '../ids.js';
import { sha256 } from '../platform.js';

/** Bytes of each of an epoch's secrets. */
export const EPOCH_SECRET = 32;

/** What is had of an epoch. */
export interface EpochKeys {
  readonly id: EpochId;
  /** C, under which introductions, control entries and acknowledgements are sealed; 32 bytes. */
  readonly control: Buffer;
  /** D, under which messages are; absent for who may not read them, or has not been given it yet. */
  readonly data?: Buffer | undefined;
  /** SHA-256 of D, with which the id proves C; absent where C came by a link alone. */
  readonly dataHash?: Buffer | undefined;
}

/** An epoch of which both secrets are had. */
export type WholeEpoch = EpochKeys & { readonly data: Buffer; readonly dataHash: Buffer };

/** The epoch with these secrets, C and D; of a new one both are drawn by chance. */
export function epochOf(control: Buffer, data: Buffer): WholeEpoch {
  const dataHash = hashOf(data);
  return { id: epochId(control, dataHash), control, data, dataHash };
}

/** The id of the epoch with this C and a D of that SHA-256. */
function epochId(control: Uint8Array, dataHash: Uint8Array): EpochId {
  return sha256(Buffer.concat([Buffer.of(HASH_PREFIXES.epoch), hashOf(control), dataHash])) as EpochId;
}

/** Whether the id is that of the secrets. Of what came by a link without D nobody can tell, and this is false. */
export function epochFits({ id, control, data, dataHash }: EpochKeys): boolean {
  if (!dataHash || (data && !hashOf(data).equals(dataHash))) return false;
  return epochId(control, dataHash) === id;
}

/** Keys of epochs as two lists: items [id, C, D], and items [id, C, SHA-256 of D]; what came by a link alone is in neither. */
export function epochItems(epochs: readonly EpochKeys[]): { readonly whole: Cbor[]; readonly control: Cbor[] } {
  return {
    whole: epochs.flatMap(({ id, control, data }) => (data ? [[idBytes(id), control, data]] : [])),
    control: epochs.flatMap(({ id, control, data, dataHash }) =>
      data || !dataHash ? [] : [[idBytes(id), control, dataHash]],
    ),
  };
}

/** The epochs in a list of items [id, C, D], in their order; undefined when it is none. Whether the ids fit is not asked. */
export function wholeEpochsIn(list: Cbor | undefined): WholeEpoch[] | undefined {
  return triplesIn(list)?.map(([id, control, data]) => ({ id, control, data, dataHash: hashOf(data) }));
}

/** The same of a list of items [id, C, SHA-256 of D]. */
export function controlEpochsIn(list: Cbor | undefined): EpochKeys[] | undefined {
  return triplesIn(list)?.map(([id, control, dataHash]) => ({ id, control, dataHash }));
}

/** What is had of each epoch when both are; of one that is in both whatever says more. */
export function mergedEpochs(a: readonly EpochKeys[], b: readonly EpochKeys[]): EpochKeys[] {
  const all = new Map<EpochId, EpochKeys>();
  for (const one of [...a, ...b]) {
    const known = all.get(one.id);
    if (!known || said(one) > said(known)) all.set(one.id, one);
  }
  return [...all.values()];
}

function said({ data, dataHash }: EpochKeys): number {
  return data ? 2 : dataHash ? 1 : 0;
}

function triplesIn(list: Cbor | undefined): (readonly [EpochId, Buffer, Buffer])[] | undefined {
  const triples = asList(list)?.map(tripleIn);
  return triples?.every((one) => one !== undefined) ? (triples as [EpochId, Buffer, Buffer][]) : undefined;
}

function tripleIn(item: Cbor): readonly [EpochId, Buffer, Buffer] | undefined {
  const parts = (asList(item) ?? []).map((part) => asBytes(part, EPOCH_SECRET));
  const [id, control, third] = parts;
  // copies: what they came out of is overwritten, or large
  return parts.length === 3 && id && control && third
    ? [readId<EpochId>(id), Buffer.from(control), Buffer.from(third)]
    : undefined;
}

function hashOf(secret: Uint8Array): Buffer {
  return Buffer.from(sha256(secret), 'hex');
}
