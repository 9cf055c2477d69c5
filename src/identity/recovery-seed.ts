// The seed of the recovery key in the repository: there until its words are written down (spec/card.md, "Recovery words").
import { cardFoundingBytes } from './card.js';
import { recoveryKeyOf } from './founding.js';
import type { Keyring } from './keyring.js';
import { checkSecrets } from './keys.js';
import { withoutRecovery } from './secrets.js';
import { readSelf, type Self, writeSelf } from './self.js';
import { storedCardBytes } from './stored-card.js';

/**
 * What there is of recovery words: `here` until they are written down, `printed` from then on, `none` for who was founded
 * without a recovery key.
 */
export type RecoveryState = 'here' | 'printed' | 'none';

/** The state of this person's recovery words, as far as it can be told without the secret keys. */
export function recoveryState(self: Self): RecoveryState {
  if (!hasRecoveryKey(self)) return 'none';
  return self.recoveryPrinted ? 'printed' : 'here';
}

/** Whether this person's founding record names a recovery key. */
export function hasRecoveryKey({ card }: Pick<Self, 'card'>): boolean {
  return recoveryKeyOf(cardFoundingBytes(storedCardBytes(card))) !== undefined;
}

/** Takes the seed out of the secret keys, and notes that; durable when it returns. Only under the repository's lock. */
export async function removeRecovery(directory: string, keyring: Keyring): Promise<void> {
  await keyring.update(withoutRecovery);
  const self = readSelf(directory);
  if (!self.recoveryPrinted) writeSelf(directory, { ...self, recoveryPrinted: true });
}

/** Finishes a removal that was interrupted: what an older file beside the secret keys holds goes too. Only under the lock. */
export async function settleRemoval(directory: string, keyring: Keyring): Promise<void> {
  const isLeft = checkSecrets(directory).some(({ problem }) => problem !== 'readable-by-others');
  if (isLeft || !readSelf(directory).recoveryPrinted) await removeRecovery(directory, keyring);
}
