// What brings a person back whose devices are lost: the recovery key, its words, and the key that backups are sealed to
// (spec/card.md, "Recovery words").
import { hkdfSync } from 'node:crypto';
import { HKDF_INFOS } from '../format/domains.js';
import { createAgeIdentity, recipientOf } from './age.js';
import { mnemonicOf } from './mnemonic.js';

/** The X25519 key (32 bytes) that whoever has the recovery key's seed opens files of: backups are sealed to it. */
export async function backupRecipient(recoverySeed: Uint8Array): Promise<Buffer> {
  const info = Buffer.from(HKDF_INFOS.backup, 'latin1');
  const secret = Buffer.from(hkdfSync('sha256', recoverySeed, '', info, KEY_BYTES));
  return recipientOf(await createAgeIdentity(() => secret));
}

/** The 24 words of a recovery key's seed: BIP 39 with its checksum. */
export async function recoveryWords(recoverySeed: Uint8Array): Promise<readonly string[]> {
  return (await mnemonicOf(recoverySeed)).split(' ');
}

const KEY_BYTES = 32;
