// Bundles in text that somebody pasted or saved (spec/bundle.md, "As text").
import { decodeArmor, hasArmor } from '../../format/armor.js';
import { ARMOR_TEXT_MAX } from '../../format/limits.js';
import type { ByteSource } from '../../format/source.js';
import { writeFully } from '../../repository/store/fully.js';
import { FRONT_MAX, type GivenFile } from './given-files.js';
import { spoolOpen, writeSpool } from './source.js';

/**
 * The files in a text, each as one that was given; undefined when it is none, or has none in it.
 * @throws SatchelError `bad-bundle`
 */
export function armoredIn(file: string, source: ByteSource): GivenFile[] | undefined {
  if (source.size > ARMOR_TEXT_MAX) return undefined;
  const bytes = source.read(0, source.size);
  const text = bytes.toString(isUtf16(bytes) ? 'utf16le' : 'latin1');
  if (!hasArmor(text)) return undefined;
  const found = decodeArmor(text);
  return found.map((each, i) => fileOf(found.length > 1 ? `${file}, bundle ${i + 1}` : file, each));
}

function isUtf16(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}

function fileOf(file: string, bytes: Buffer): GivenFile {
  const open = (directory: string) => writeSpool(file, directory, (fd) => writeFully(fd, bytes, 0));
  return {
    file,
    size: () => bytes.length,
    front: () => bytes.subarray(0, FRONT_MAX),
    spool: (directory) => spoolOpen(open(directory), directory),
  };
}
