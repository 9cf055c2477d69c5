// What brings a person back whose devices are lost: the recovery key, its words, and the key that backups are sealed to
// (spec/card.md, "Recovery words").
import { hkdfSync } from 'node:crypto';
import { HKDF_INFOS } from '../format/domains.js';
import { entropyOf, mnemonicOf } from './mnemonic.js';
import { X25519Identity } from './x25519.js';

/** The X25519 key (32 bytes) that whoever has the recovery key's seed opens files of: backups are sealed to it. */
export async function backupRecipient(recoverySeed: Uint8Array): Promise<Buffer> {
  return backupIdentity(recoverySeed).recipient;
}

/** What opens those backups. */
export function backupIdentity(recoverySeed: Uint8Array): X25519Identity {
  const info = Buffer.from(HKDF_INFOS.backup, 'latin1');
  return new X25519Identity(Buffer.from(hkdfSync('sha256', recoverySeed, '', info, KEY_BYTES)));
}

/** The seed (32 bytes) that such words were made of; undefined when they are none, or one of them is wrong. */
export async function recoverySeedOf(words: string): Promise<Buffer | undefined> {
  const seed = await entropyOf(words);
  return seed?.length === KEY_BYTES ? seed : undefined;
}

/** The 24 words of a recovery key's seed: BIP 39 with its checksum. */
export async function recoveryWords(recoverySeed: Uint8Array): Promise<readonly string[]> {
  return (await mnemonicOf(recoverySeed)).split(' ');
}

const KEY_BYTES = 32;
