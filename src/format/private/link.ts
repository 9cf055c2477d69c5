// A link: a secret of an epoch for who has that of a later one (spec/epochs.md, "Links").
import { HKDF_INFOS } from '../domains.js';
import { type EpochId, idBytes } from '../ids.js';
import { EPOCH_SECRET, type EpochKeys, epochOf, type WholeEpoch } from './epoch.js';
import { SIV_KINDS, SIV_TAG, type SivKeys, type SivPlace, sivKeys, sivOpen, sivSeal } from './siv.js';

/** Bytes of a link. */
export const LINK_SIZE = EPOCH_SECRET + SIV_TAG;

/** A secret of an earlier epoch, as the statement of a later one carries it. */
export interface Link {
  readonly epoch: EpochId;
  /** 48 bytes. */
  readonly sealed: Buffer;
}

/** The links of an epoch: to C of its parents under its own C, to D under its own D; both ascend by id. */
export interface Links {
  readonly controlLinks: readonly Link[];
  readonly dataLinks: readonly Link[];
}

/** The parent's secret of 32 bytes under the child's of the same kind. */
export function sealLink(secret: Uint8Array, parent: EpochId, parentSecret: Uint8Array): Buffer {
  return sivSeal(keysFor(secret, parent), PLACE, parentSecret);
}

/** The parent's secret, 32 bytes; undefined when the link is another one's, or none. */
export function openLink(secret: Uint8Array, { epoch, sealed }: Link): Buffer | undefined {
  return sealed.length === LINK_SIZE ? sivOpen(keysFor(secret, epoch), PLACE, sealed) : undefined;
}

/** The links of a new epoch to C of some parents, and to D of some: of each that has it. */
export function linksTo(
  child: WholeEpoch,
  { control, data }: { readonly control: readonly EpochKeys[]; readonly data: readonly EpochKeys[] },
): Links {
  const linkTo = (secret: Buffer, parent: EpochKeys, parentSecret: Buffer | undefined): Link[] =>
    parentSecret ? [{ epoch: parent.id, sealed: sealLink(secret, parent.id, parentSecret) }] : [];
  return {
    controlLinks: ascendingById(control).flatMap((parent) => linkTo(child.control, parent, parent.control)),
    dataLinks: ascendingById(data).flatMap((parent) => linkTo(child.data, parent, parent.data)),
  };
}

/** What links give of a parent: its C, its D, or both. */
export interface LinkedSecrets {
  readonly epoch: EpochId;
  readonly control: Buffer | undefined;
  readonly data: Buffer | undefined;
}

/**
 * What who has an epoch's keys is given of its parents by its links. Of a parent with both secrets that do not fit its id nothing
 * is; one of them alone proves nothing.
 */
export function openLinks(child: EpochKeys, { controlLinks, dataLinks }: Links): LinkedSecrets[] {
  const control = openedBy(child.control, controlLinks);
  const data = openedBy(child.data, dataLinks);
  const parents = [...new Set([...control.keys(), ...data.keys()])];
  return parents
    .map((epoch) => ({ epoch, control: control.get(epoch), data: data.get(epoch) }))
    .filter(({ epoch, control: c, data: d }) => !c || !d || epochOf(c, d).id === epoch);
}

function openedBy(secret: Buffer | undefined, links: readonly Link[]): ReadonlyMap<EpochId, Buffer> {
  const opened = links.map((link) => [link.epoch, secret && openLink(secret, link)] as const);
  return new Map(opened.flatMap(([epoch, found]) => (found ? [[epoch, found] as const] : [])));
}

function ascendingById(epochs: readonly EpochKeys[]): EpochKeys[] {
  return [...epochs].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function keysFor(secret: Uint8Array, parent: EpochId): SivKeys {
  return sivKeys(secret, Buffer.concat([Buffer.from(HKDF_INFOS.link, 'latin1'), idBytes(parent)]));
}

const PLACE: SivPlace = { kind: SIV_KINDS.link, n: 0, seq: 0 };
