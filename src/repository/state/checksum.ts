// The line that every small file ends with: the version of its form, and a checksum over its name and all before the line
// (spec/repository.md, "Small files").
import { crc32 } from 'node:zlib';

/** Of the form of small files. */
const STATE_VERSION = 1;

/** `satchel-state/`, a digit, a blank, eight digits, a line feed. */
const LINE_BYTES = 25;
const LINE = /^(satchel-state\/(\d) )([0-9a-f]{8})\n$/;

/** What a file holds before its checksum line, or what is wrong with it. */
export type Unsealed =
  | { readonly content: Buffer }
  | { readonly problem: 'no-checksum' | 'wrong-checksum' | 'newer-version' };

/** The file of that name, its path below `.satchel` with slashes, that holds the content. */
export function sealState(name: string, content: Buffer): Buffer {
  const prefix = `satchel-state/${STATE_VERSION} `;
  return Buffer.concat([content, Buffer.from(`${prefix}${checksumOf(prefix, name, content)}\n`)]);
}

/** What the file of that name holds. The line and its checksum are made alike in every version. */
export function unsealState(name: string, bytes: Buffer): Unsealed {
  const at = Math.max(0, bytes.length - LINE_BYTES);
  const [, prefix, version, checksum] = LINE.exec(bytes.toString('latin1', at)) ?? [];
  if (prefix === undefined) return { problem: 'no-checksum' };
  const content = bytes.subarray(0, at);
  if (checksum !== checksumOf(prefix, name, content)) return { problem: 'wrong-checksum' };
  return Number(version) === STATE_VERSION ? { content } : { problem: 'newer-version' };
}

function checksumOf(prefix: string, name: string, content: Buffer): string {
  return crc32(content, crc32(`${prefix}${name}\n`))
    .toString(16)
    .padStart(8, '0');
}
