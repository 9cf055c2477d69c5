// Sealed files: headers that cost whoever tries its keys on them, and payloads that nobody opens.
import { EXIT_OF_CODE } from '../../../src/format/error.js';
import { isSealed, readSealedHeader } from '../../../src/format/sealed/header.js';
import { sourceOf } from '../../../src/format/source.js';
import { bytesOf, join } from '../../testkit/wire.js';
import { type AgeLies, base64, sealedBy, wireIdentity } from '../../testkit/wire-age.js';
import { FILE, type HostileCase, type Kind } from '../case.js';
import { exitOf } from '../cast.js';

const MIB = 1_048_576;
const MAGIC = 'age-encryption.org/v1\n';
const NEWER = EXIT_OF_CODE['newer-version'];
const BAD = EXIT_OF_CODE['bad-bundle'];
const ELSEWHERE = EXIT_OF_CODE.sealed;
const CROWD = Array.from({ length: 129 }, (_, i) => wireIdentity(`crowd ${i}`).recipient);
const STANZA = `-> X25519 ${base64(bytesOf(32, 9))}\n${base64(bytesOf(32, 9))}\n`;

/** Files of age, none of them for us. */
export const SEALED: Kind = {
  name: 'sealed file',
  place: 'case.satchel',
  // 128 shares for each of eight keys
  cpuMaxMs: 250,
  judge: (content) =>
    exitOf(() => {
      const source = sourceOf(content);
      if (!isSealed(source)) return BAD;
      readSealedHeader(source);
      return ELSEWHERE;
    }),
  cases: [
    file('128 recipients, none of them us', ELSEWHERE, () => sealed(128)),
    file('128 shares of small order', ELSEWHERE, () => sealed(128, { share: bytesOf(32) })),
    file('128 shares that are no points', ELSEWHERE, () => sealed(128, { share: bytesOf(32, 0xff) })),
    file('129 recipients', BAD, () => sealed(129)),
    file('100,000 recipients', BAD, () => Buffer.from(`${MAGIC}${STANZA.repeat(100_000)}`)),
    file('a line without an end', BAD, () => Buffer.from(`${MAGIC}-> X25519 ${'A'.repeat(MIB)}`)),
    file('65,536 blanks for an argument', BAD, () => Buffer.from(`${MAGIC}-> X25519${' '.repeat(65_000)}\n`)),
    file('30,000 arguments', BAD, () => Buffer.from(`${MAGIC}-> X25519${' A'.repeat(30_000)}\n`)),
    file('1 MiB of line feeds', BAD, () => Buffer.from(`${MAGIC}${'\n'.repeat(MIB)}`)),
    file('a passphrase of work for years', BAD, () => Buffer.from(`${MAGIC}-> scrypt AAAA 63\nAAAA\n--- AAAA\n`)),
    file('a kind of recipient nobody knows', NEWER, () => Buffer.from(`${MAGIC}-> later AAAA\n\n--- AAAA\n`)),
    file('a newer version', NEWER, () => Buffer.from('age-encryption.org/v9\n\n')),
    file('a header and nothing behind it', ELSEWHERE, () => header(sealed(1))),
    file('a last part that is shorter than its tag', ELSEWHERE, () =>
      join(header(sealed(1)), bytesOf(16 + 65_552 + 5)),
    ),
    { ...file('64 MiB of noise for somebody else', ELSEWHERE, () => noise(64 * MIB)), isBig: true },
  ],
};

function file(name: string, exit: number, content: () => Buffer): HostileCase {
  const imported = exit === NEWER ? EXIT_OF_CODE['newer-version'] : exit;
  return {
    name,
    content,
    runs: [
      { args: ['verify', FILE], exit },
      { args: ['inspect', '--text', FILE], exit },
      { args: ['import', FILE], exit: imported },
    ],
  };
}

function sealed(recipients: number, lies: AgeLies = {}): Buffer {
  return sealedBy('hostile', CROWD.slice(0, recipients), Buffer.from('nothing'), lies);
}

function header(bytes: Buffer): Buffer {
  return bytes.subarray(0, readSealedHeader(sourceOf(bytes)).bytes.length);
}

function noise(size: number): Buffer {
  return join(header(sealed(128)), bytesOf(size, 3));
}
