// Statements as they are resolved: whose each is, what it cites, and what it says (spec/private.md, "Statements").
import type { DeviceKey, Digest, PersonId, StatementId } from '../../format/ids.js';
import type { CutLog } from '../../format/private/cut.js';
import type { EpochBody } from '../../format/private/epoch-body.js';

/** What somebody may do in a private topic by rules 1; the numbers between are for other rules. */
export const ROLE = { none: 0, member: 3, owner: 5 } as const;

/** A device, as the card in a statement or in a log's introduction binds it to its person. */
export interface Author {
  readonly person: PersonId;
  readonly device: DeviceKey;
  /** The generation of what binds it: of the certificate on that card, or of the authority itself. */
  readonly generation: number;
}

/** A device list, as far as it matters here. */
export interface StatedList {
  readonly person: PersonId;
  readonly generation: number;
  readonly version: number;
  readonly digest: Digest;
  readonly authority: DeviceKey;
  readonly current: readonly DeviceKey[];
  readonly removed: readonly DeviceKey[];
}

/** Somebody gets a role, or has none from now on. */
export interface SaysRole {
  readonly kind: 'set';
  readonly person: PersonId;
  readonly role: number;
  readonly cut: readonly CutLog[];
  /** The generation on the card of who is added; undefined where there is none, or it is another person's. */
  readonly generation?: number | undefined;
}

/** Which devices a person has. */
export interface SaysDevices {
  readonly kind: 'devices';
  /** Undefined for one that is to be ignored. */
  readonly list: StatedList | undefined;
  readonly cut: readonly CutLog[];
}

/** What a statement says; `other` is for later versions, and has no effect. */
export type Says = SaysRole | SaysDevices | EpochBody | { readonly kind: 'merge' } | { readonly kind: 'other' };

/** A statement whose signature was verified. */
export interface TopicStatement<Said extends Says = Says> {
  readonly id: StatementId;
  readonly author: Author;
  readonly prev: readonly StatementId[];
  readonly says: Said;
}
