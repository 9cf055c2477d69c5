// Six words that two screens must show alike before a device is added, and six others before it joins (spec/devices.md,
// "Words"). They are drawn through scrypt: whoever searches for a request with the same words pays for each.
import { PAIRING_DOMAIN } from '../format/domains.js';
import { idBytes } from '../format/ids.js';
import { scrypt, sha256 } from '../format/platform.js';
import type { DeviceList } from './device-list.js';
import { wordsOf } from './mnemonic.js';

/** The words of a request, which the new device shows and the authority asks for. */
export function requestWords(request: Buffer): Promise<string> {
  return pairingWords(request);
}

/** The words of what answers it, which the authority shows and the new device asks for. */
export function welcomeWords(request: Buffer, list: DeviceList): Promise<string> {
  const { person, founding, proof, bytes } = list;
  return pairingWords(Buffer.concat([request, idBytes(person), founding, proof ?? Buffer.alloc(0), bytes]));
}

function pairingWords(compared: Buffer): Promise<string> {
  const digest = Buffer.from(sha256(Buffer.concat([Buffer.from(PAIRING_DOMAIN, 'latin1'), compared])), 'hex');
  const bits = scrypt(digest, { salt: Buffer.from('satchel/pairing'), cost: 2 ** 15, blockSize: 8, length: 32 });
  return wordsOf(bits, WORDS);
}

const WORDS = 6;
