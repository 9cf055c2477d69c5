// For whom a bundle is sealed: the keys of the contacts it is for, and our own (spec/sealed.md, "Whom a file is for").
// Decided before it is chosen what goes in; the header is made when the file is (sealing.ts), anew for each.

import { PADDING_SLACK } from '../../format/bundle/padding.js';
import type { PersonId } from '../../format/ids.js';
import { BUNDLE_MAX, SEALED_RECIPIENTS_MAX } from '../../format/limits.js';
import { sealedHeaderSize } from '../../format/sealed/header.js';
import { paddedSizeWithin } from '../../format/sealed/padding.js';
import { contentFitting, payloadSize } from '../../format/sealed/payload.js';
import { canSealTo, recipientsOf, shuffledRecipients } from '../../identity/recipients.js';
import { readsSealed } from '../known/sealed-readers.js';
import type { Session } from '../session.js';

/** Whom one file is sealed for. */
export interface Seal {
  /** The persons, without oneself: what the manifest says. */
  readonly for: readonly PersonId[];
  /** The newest known key of each of their devices and of all own ones, each once, in no order: at most 128. */
  readonly keys: readonly Buffer[];
}

/** How what is for some people is sealed. */
export interface Seals {
  /** One for each file; several only when there are more keys than one header may have, none when there is nobody. */
  readonly seals: readonly Seal[];
  /** Whose card has a key that nothing can be sealed to. */
  readonly unsealable: readonly PersonId[];
  /** Whose program has not shown yet that it reads sealed files: a sealed one would look damaged to it. */
  readonly unready: readonly PersonId[];
}

/** Seals for these persons: contacts, of whom a card is known. Whoever cannot be sealed for is left out, and named. */
export function sealsFor(session: Session, persons: readonly PersonId[]): Seals {
  const { self, repository } = session;
  const own = recipientsOf(session, self.person);
  const others = [...new Set(persons)].filter((person) => person !== self.person);
  const unready = others.filter((person) => !readsSealed(session, person));
  const ready = others.filter((person) => !unready.includes(person));
  const keysOf = new Map(ready.map((person) => [person, recipientsOf(session, person).filter(canSealTo)]));
  const sealable = ready.filter((person) => keysOf.get(person)?.length);
  const room = SEALED_RECIPIENTS_MAX - own.length;
  // what our own other devices lack goes, be there nobody else whom it can be sealed for
  const isForOwn = sealable.length === 0 && persons.includes(self.person);
  const groups = isForOwn ? [[]] : grouped(sealable, (person) => keysOf.get(person)?.length ?? 0, room);
  const sealOf = (group: readonly PersonId[]): Seal => {
    const keys = [...own, ...group.flatMap((person) => keysOf.get(person) ?? [])];
    return { for: group, keys: shuffledRecipients(keys, repository.world.random) };
  };
  const unsealable = ready.filter((person) => !sealable.includes(person));
  return { seals: groups.map(sealOf), unsealable, unready };
}

/**
 * Bytes that a bundle may have so that its sealed file, padded, has at most `bytes`. Where only the format sets a limit,
 * padding is rather left out.
 */
export function roomIn({ keys }: Seal, bytes = BUNDLE_MAX): number {
  const content = contentFitting(Math.min(bytes, BUNDLE_MAX) - sealedHeaderSize(keys.length));
  return bytes >= BUNDLE_MAX ? content - PADDING_SLACK : paddedSizeWithin(content) - PADDING_SLACK;
}

/** Bytes that padding may bring a bundle to: what finds room in the largest file. */
export function mostIn({ keys }: Seal): number {
  return contentFitting(BUNDLE_MAX - sealedHeaderSize(keys.length));
}

/** Bytes of the sealed file of a bundle of that size. */
export function sealedSize({ keys }: Seal, bytes: number): number {
  return sealedHeaderSize(keys.length) + payloadSize(bytes);
}

/** In their order, as many in each group as have no more keys together than `most`. */
function grouped(persons: readonly PersonId[], keysOf: (person: PersonId) => number, most: number): PersonId[][] {
  const groups: PersonId[][] = [];
  let room = 0;
  for (const person of persons) {
    const count = keysOf(person);
    if (count > room || groups.length === 0) {
      groups.push([]);
      room = most;
    }
    groups.at(-1)?.push(person);
    room -= count;
  }
  return groups;
}
