// Whose programs read sealed files: until one has shown it, its person is sent none (spec/sealed.md, "Who reads them").
import type { Manifest } from '../../format/bundle/manifest.js';
import type { DeviceKey, PersonId } from '../../format/ids.js';
import { cardsOf, decidedOwner, devicesOf } from '../../identity/relations.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import type { Session } from '../session.js';

/** Every program that makes cards of this version reads sealed files. */
const SHOWN_BY_CARD = 2;

/** Whether any device of the person has shown it, by its card or by a bundle that it made. */
export function readsSealed(session: Session, person: PersonId): boolean {
  if (cardsOf(session, person).some((card) => storedCardBytes(card)[0] === SHOWN_BY_CARD)) return true;
  const shown = shownBy(session.repository);
  return devicesOf(session, person).some((device) => shown.includes(device));
}

/** Remembers, durably, that the maker of a verified bundle has shown it, if it is a device of somebody decided about. */
export function noteReader(session: Session, { key, sealed }: Manifest): void {
  const person = sealed ? decidedOwner(session, key) : undefined;
  if (person === undefined || readsSealed(session, person)) return;
  writeState(session.repository.layout, 'readers', { devices: [...shownBy(session.repository), key] });
}

function shownBy({ layout }: Repository): readonly DeviceKey[] {
  return readState(layout, 'readers')?.devices ?? [];
}
