// A link: a secret of an epoch for who has that of a later one (spec/epochs.md, "Links").
import { HKDF_INFOS } from '../domains.js';
import { type EpochId, idBytes } from '../ids.js';
import { EPOCH_SECRET, type EpochKeys, epochFits, epochOf, type WholeEpoch } from './epoch.js';
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

/**
 * What who has an epoch's keys is given of its parents by its links. Of a parent with both secrets that do not fit its id
 * nothing is; C alone nobody can prove, and it is good for trying what it opens.
 */
export function openLinks(child: EpochKeys, { controlLinks, dataLinks }: Links): EpochKeys[] {
  const { data: secret } = child;
  const opened = new Map(dataLinks.map((link) => [link.epoch, secret && openLink(secret, link)] as const));
  return controlLinks.flatMap((link) => {
    const parentControl = openLink(child.control, link);
    const parentData = opened.get(link.epoch);
    if (!parentControl) return [];
    if (!parentData) return [{ id: link.epoch, control: parentControl }];
    const parent = { ...epochOf(parentControl, parentData), id: link.epoch };
    return epochFits(parent) ? [parent] : [];
  });
}

function ascendingById(epochs: readonly EpochKeys[]): EpochKeys[] {
  return [...epochs].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function keysFor(secret: Uint8Array, parent: EpochId): SivKeys {
  return sivKeys(secret, Buffer.concat([Buffer.from(HKDF_INFOS.link, 'latin1'), idBytes(parent)]));
}

const PLACE: SivPlace = { kind: SIV_KINDS.link, n: 0, seq: 0 };
