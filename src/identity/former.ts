// Whose repository a backup was made of (spec/backup.md, "After restoring"): known until this device has an identity again.
import type { DeviceKey, PersonId } from '../format/ids.js';
import { disk } from '../repository/disk.js';
import { onDisk } from '../repository/files.js';
import { layoutOf } from '../repository/layout.js';
import { fileOfState, readState } from '../repository/state.js';
import { decodeCard } from './card.js';
import { withFormerSelf } from './contact-changes.js';
import { readContacts, writeContacts } from './contacts.js';
import { foundOnDevice } from './create.js';
import type { Keyring } from './keyring.js';
import type { Self } from './self.js';
import { storedCardBytes } from './stored-card.js';

/** The person and device whose repository was restored here. */
export interface Former {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly name: string;
  /** The card as text. */
  readonly card: string;
}

/** Of an identity what a backup says. */
export function formerOf({ person, device, name, card }: Self): Former {
  return { person, device, name, card };
}

/** Who it was; undefined where nothing was restored, or an identity has been found since. */
export function readFormer(directory: string): Former | undefined {
  return readState(layoutOf(directory), 'former');
}

/** Whether a backup was restored here, and this device has no identity yet. */
export function isRestored(directory: string): boolean {
  const layout = layoutOf(directory);
  return disk.exists(layout.format) && readState(layout, 'self') === undefined && readFormer(directory) !== undefined;
}

/**
 * Founds a new person on a restored device; the former one becomes a contact, under the name that it had, for whom
 * nothing is written. Durable when it returns, and done again from its beginning where it was cut off. Only under the repository's lock.
 * @throws SatchelError as {@link foundOnDevice}
 */
export async function foundAfterRestore(
  directory: string,
  keyring: Keyring,
  options: { readonly name: string; readonly now: number; readonly random: (size: number) => Buffer },
): Promise<Self> {
  const former = readFormer(directory);
  if (former) {
    const card = decodeCard(storedCardBytes(former.card));
    // whoever has the old computer has its keys too: nothing is written for it
    writeContacts(directory, withFormerSelf(readContacts(directory), card, options));
  }
  const self = await foundOnDevice(directory, keyring, options);
  forgetFormer(directory);
  return self;
}

/** There is an identity again: what became of the former one is decided. */
export function forgetFormer(directory: string): void {
  const layout = layoutOf(directory);
  // should it come back after a power cut, it says nothing beside an identity
  onDisk(`writing ${layout.refs}`, () => disk.remove(fileOfState(layout, 'former')));
}
