// The one ustar header that a member of a given name and size can have (spec/bundle.md, "Tar profile"). Tar parsers
// disagree about everything else, so a reader compares headers with this byte for byte instead of parsing them.

/** Tar counts in blocks of so many bytes: a header is one, data is padded to whole ones. */
export const TAR_BLOCK = 512;

/** What closes the archive: two blocks of zeros, then nothing. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK);

const AT_SIZE = 124;
const AT_CHECKSUM = 148;

/** The header block for a regular file; `name` is at most 100 ASCII characters, `size` below 8 GiB. */
export function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.from(COMMON);
  const digits = octal(size, 11);
  header.write(name, 0, 'latin1');
  header.write(digits, AT_SIZE, 'latin1');
  header.write(octal(COMMON_SUM + sumOf(name) + sumOf(digits), 6), AT_CHECKSUM, 'latin1');
  header.write('\0 ', AT_CHECKSUM + 6, 'latin1');
  return header;
}

/** The size that a header states, or undefined when it is not written in the canonical way. */
export function tarSizeOf(header: Buffer): number | undefined {
  const text = header.toString('latin1', AT_SIZE, AT_SIZE + 12);
  return /^[0-7]{11}\0$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** The zeros behind data of `size` bytes, up to the end of its last block. */
export function tarPadding(size: number): Buffer {
  return TAR_END.subarray(0, paddedSize(size) - size);
}

/** Bytes that data of `size` bytes takes together with its padding. */
export function paddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
}

/** Whether all bytes are zero. */
export function isZero(bytes: Buffer): boolean {
  if (bytes.length <= TAR_END.length) return TAR_END.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
  return bytes[0] === 0 && bytes.compare(bytes, 0, bytes.length - 1, 1) === 0;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** Of the characters of a text; a name of others than ASCII has no header, and equals none. */
function sumOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum += text.charCodeAt(i) & 0xff;
  return sum;
}

/** What all headers have in common: a bundle may have tens of thousands. */
const COMMON = commonHeader();
const COMMON_SUM = sumOf(COMMON.toString('latin1'));

function commonHeader(): Buffer {
  const header = Buffer.alloc(TAR_BLOCK);
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1'); // mode, uid, gid
  header.write('00000000000\0', 136, 'latin1'); // time: same input, same bytes
  header.write('        0', AT_CHECKSUM, 'latin1'); // counted as spaces; then the type of a regular file
  header.write('ustar\0' + '00', 257, 'latin1');
  header.write('0000000\0' + '0000000\0', 329, 'latin1'); // device numbers
  return header;
}
