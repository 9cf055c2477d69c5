// Files that begin like a bundle's tar file, or like none.
import { bytesOf, join, sha256, u32 } from '../../testkit/wire.js';
import { octal, paxRecord, tarHeader } from '../../testkit/wire-tar.js';
import { bundleRuns, type HostileCase, type Kind } from '../case.js';
import { GOOD, given, judgeBundle } from '../cast.js';

const MIB = 1_048_576;

/** The tar file around a bundle. */
export const TAR: Kind = { name: 'tar', place: 'case.satchel', judge: judgeBundle, cases: cases() };

function cases(): HostileCase[] {
  return [
    bad('an empty file', () => Buffer.alloc(0)),
    { ...bad('64 MiB of zeros', () => Buffer.alloc(64 * MIB)), isBig: true },
    bad('a manifest of 8 GiB, says its header', () => tarHeader('manifest.json', 8 * 2 ** 30 - 1)),
    bad('a size in base 256', () => patchedSize(join(bytesOf(1, 0x80), bytesOf(11, 0xff)))),
    bad('a negative size', () => patchedSize(Buffer.from('-0000000001\0'))),
    bad('a pax header of 1 MiB before all', () => first('x', paxRecord('size', '9'.repeat(MIB)))),
    bad('a long name of 1 MiB before all', () => first('L', bytesOf(MIB, 0x61))),
    bad('a link in the place of the manifest', () => tarHeader('manifest.json', 0, { type: '2', link: '/etc/passwd' })),
    bad('a directory with a size', () => tarHeader('manifest.json', 512, { type: '5' })),
    bad('a checksum of another header', () => honest().fill('7', 148, 154)),
    bad('cut off in its manifest', () => honest().subarray(0, 700)),
    bad('cut off before its end', () => honest().subarray(0, -1)),
    { ...bad('16 MiB of zeros behind its end', () => join(honest(), Buffer.alloc(16 * MIB))), isBig: true },
    { ...bad('16 MiB of blanks behind its end', () => join(honest(), bytesOf(16 * MIB, 0x20))), isBig: true },
    bad('4,000 members that its manifest does not list', () => strangers(4_000)),
    bad('dirt in the padding', () => honest().fill(1, 512 + 1_000, 512 + 1_001)),
    bad('sent as text: carriage returns', () => asText(honest())),
    bad('sent as text: 1 MiB of characters of two bytes', () => asCharacters()),
    bad('a gzip file', () => join(Buffer.from('1f8b08', 'hex'), bytesOf(MIB))),
    bad('a line of 1 MiB in base64', () => Buffer.from(bytesOf(MIB, 0x55).toString('base64'))),
    { ...bad('16,000 chunks, dirt behind the last one', () => manyChunks(16_000)), isBig: true },
  ];
}

function bad(name: string, content: () => Buffer): HostileCase {
  return { name, content, runs: bundleRuns(20) };
}

function honest(): Buffer {
  return given({ segments: GOOD });
}

function patchedSize(size: Buffer): Buffer {
  const file = honest();
  size.copy(file, 124);
  return file;
}

/** An extended header of that type and content before an honest bundle. */
function first(type: string, content: Buffer): Buffer {
  const header = tarHeader('manifest.json', content.length, { type });
  return join(header, content, Buffer.alloc(-content.length & 511), honest());
}

function strangers(count: number): Buffer {
  const members = Array.from({ length: count }, (_, i) => tarHeader(`x/${octal(i, 8)}`, 0));
  return join(honest().subarray(0, -1_024), ...members, Buffer.alloc(1_024));
}

function asText(file: Buffer): Buffer {
  return Buffer.from(file.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

function asCharacters(): Buffer {
  const file = given({ segments: GOOD, padding: 9, blobs: [bytesOf(MIB / 2, 0xe9)] });
  return Buffer.from(file.toString('latin1'), 'utf8');
}

function manyChunks(count: number): Buffer {
  const chunks = Array.from({ length: count }, (_, i) => u32(i)).sort((a, b) => Buffer.compare(sha256(a), sha256(b)));
  const file = given({ segments: GOOD, blobs: chunks });
  return file.fill(1, file.length - 1_025, file.length - 1_024);
}
