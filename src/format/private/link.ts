// A link: a secret of an epoch for who has that of a later one (spec/epochs.md, "Links").
import { HKDF_INFOS } from '../domains.js';
import { type EpochId, idBytes } from '../ids.js';
import { EPOCH_SECRET, type EpochKeys, epochFits, epochOf } from './epoch.js';
import { SIV_KINDS, SIV_TAG, type SivKeys, type SivPlace, sivKeys, sivOpen, sivSeal } from './siv.js';

/** Bytes of a link. */
export const LINK_SIZE = EPOCH_SECRET + SIV_TAG;

/** A parent's secret, as who has the secret of the child opens it. */
export interface Link {
  readonly parent: EpochId;
  /** 48 bytes. */
  readonly sealed: Buffer;
}

/** The links of an epoch: to C of parents under its own C, to D under its own D. */
export interface Links {
  readonly control: readonly Link[];
  readonly data: readonly Link[];
}

/** The parent's secret of 32 bytes under the child's of the same kind. */
export function sealLink(secret: Uint8Array, parent: EpochId, parentSecret: Uint8Array): Buffer {
  return sivSeal(keysFor(secret, parent), PLACE, parentSecret);
}

/** The parent's secret, 32 bytes; undefined when the link is another one's, or none. */
export function openLink(secret: Uint8Array, { parent, sealed }: Link): Buffer | undefined {
  return sealed.length === LINK_SIZE ? sivOpen(keysFor(secret, parent), PLACE, sealed) : undefined;
}

/** The links of a new epoch to its parents, ascending; to D of those of whom it is had and wanted. */
export function linksTo(
  child: Required<Pick<EpochKeys, 'control' | 'data'>>,
  parents: { readonly control: readonly EpochKeys[]; readonly data: readonly EpochKeys[] },
): Links {
  const links = (secret: Buffer | undefined, kind: 'control' | 'data'): Link[] =>
    [...parents[kind]]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .flatMap((parent) => {
        const parentSecret = parent[kind];
        return secret && parentSecret ? [{ parent: parent.id, sealed: sealLink(secret, parent.id, parentSecret) }] : [];
      });
  return { control: links(child.control, 'control'), data: links(child.data, 'data') };
}

/**
 * What who has an epoch's keys is given of its parents by its links. Of a parent with both secrets that do not fit its id
 * nothing is; C alone nobody can prove, and it is good for trying what it opens.
 */
export function openLinks(child: EpochKeys, { control, data }: Links): EpochKeys[] {
  const { data: secret } = child;
  const opened = new Map(data.map((link) => [link.parent, secret && openLink(secret, link)] as const));
  return control.flatMap((link) => {
    const parentControl = openLink(child.control, link);
    const parentData = opened.get(link.parent);
    if (!parentControl) return [];
    if (!parentData) return [{ id: link.parent, control: parentControl }];
    const parent = { ...epochOf(parentControl, parentData), id: link.parent };
    return epochFits(parent) ? [parent] : [];
  });
}

function keysFor(secret: Uint8Array, parent: EpochId): SivKeys {
  return sivKeys(secret, Buffer.concat([Buffer.from(HKDF_INFOS.link, 'latin1'), idBytes(parent)]));
}

const PLACE: SivPlace = { kind: SIV_KINDS.link, n: 0, seq: 0 };
