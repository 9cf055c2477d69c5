// A tar writer that can break every rule of spec/bundle.md, "Tar profile": each field of a header is bytes of choice, and
// the members are a plain list that can be re-ordered, repeated and cut.
import { join } from './wire.js';

/** The fields of a ustar header; text is padded with NUL to the field's width. */
export interface WireHeader {
  readonly name?: string | Uint8Array;
  readonly mode?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly size?: string | Uint8Array;
  readonly mtime?: string;
  /** By default the right sum; made from it when it is a function. */
  readonly checksum?: string | ((sum: number) => string);
  readonly type?: string;
  readonly link?: string;
  readonly magic?: string;
  readonly version?: string;
  readonly user?: string;
  readonly group?: string;
  readonly major?: string;
  readonly minor?: string;
  readonly prefix?: string;
  /** The 12 bytes behind the prefix. */
  readonly rest?: string;
}

/** One member: honest but for what `header` says otherwise. */
export interface WireMember {
  readonly name: string;
  readonly content: Uint8Array;
  readonly header?: WireHeader;
  /** What stands between the content and the next header; by default zeros up to a full block. */
  readonly fill?: Uint8Array;
  /** Stands for header, content and filling. */
  readonly raw?: Uint8Array;
}

/** Two zero blocks. */
export const TAR_END: Buffer = Buffer.alloc(1024);

/** The 512 bytes before a member of that name and size. */
export function tarHeader(name: string, size: number, lies: WireHeader = {}): Buffer {
  const bytes = Buffer.alloc(512);
  for (const [field, at, width] of FIELDS) put(bytes, at, width, lies[field] ?? HONEST[field] ?? '');
  if (lies.name === undefined) put(bytes, 0, 100, name);
  if (lies.size === undefined) put(bytes, 124, 12, octal(size, 11));
  const { checksum = (sum: number) => `${octal(sum, 6)}\0 ` } = lies;
  put(bytes, 148, 8, typeof checksum === 'string' ? checksum : checksum(sumOf(bytes)));
  return bytes;
}

/** A member with header and filling. */
function tarMember(member: WireMember): Buffer {
  if (member.raw) return Buffer.from(member.raw);
  const fill = member.fill ?? Buffer.alloc(-member.content.length & 511);
  return join(tarHeader(member.name, member.content.length, member.header), member.content, fill);
}

/** A tar file. */
export function tar(members: readonly WireMember[], end: Uint8Array = TAR_END): Buffer {
  return join(...members.map(tarMember), end);
}

/** An octal number of that many digits. */
export function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** A record of a pax extended header. */
export function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (length !== String(length).length + rest.length) length = String(length).length + rest.length;
  return join(`${length}${rest}`);
}

function put(bytes: Buffer, at: number, width: number, value: string | Uint8Array): void {
  bytes.fill(0, at, at + width);
  Buffer.from(value as string)
    .subarray(0, width)
    .copy(bytes, at);
}

/** The sum of all bytes, the checksum's own field read as spaces. */
function sumOf(header: Buffer): number {
  const spaces = 8 * 0x20;
  return header.reduce((sum, byte, at) => (at >= 148 && at < 156 ? sum : sum + byte), spaces);
}

const FIELDS: readonly (readonly [Exclude<keyof WireHeader, 'checksum'>, number, number])[] = [
  ['name', 0, 100],
  ['mode', 100, 8],
  ['uid', 108, 8],
  ['gid', 116, 8],
  ['size', 124, 12],
  ['mtime', 136, 12],
  ['type', 156, 1],
  ['link', 157, 100],
  ['magic', 257, 6],
  ['version', 263, 2],
  ['user', 265, 32],
  ['group', 297, 32],
  ['major', 329, 8],
  ['minor', 337, 8],
  ['prefix', 345, 155],
  ['rest', 500, 12],
];

const HONEST: WireHeader = {
  mode: '0000644',
  uid: '0000000',
  gid: '0000000',
  mtime: '00000000000',
  type: '0',
  magic: 'ustar',
  version: '00',
  major: '0000000',
  minor: '0000000',
};
