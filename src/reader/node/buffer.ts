// What this program uses of Node's Buffer, for browsers, where there is none: bytes with text, numbers and comparison. The
// same answers as Node's, which a test compares; faster or more than that it need not be.

type Encoding = 'utf8' | 'latin1' | 'hex' | 'base64' | 'base64url' | 'utf16le';

/** Bytes; their name at run time is Buffer (globals.ts). */
export class BrowserBuffer extends Uint8Array {
  static override of(...bytes: number[]): BrowserBuffer {
    return BrowserBuffer.from(bytes);
  }

  /** Bytes of a text, a copy of bytes, or the very memory. */
  static override from(
    source: string | ArrayBuffer | Iterable<number> | ArrayLike<number>,
    second?: unknown,
    length?: unknown,
  ): BrowserBuffer {
    if (typeof source === 'string') return bytesOfText(source, (second as Encoding | undefined) ?? 'utf8');
    if (source instanceof ArrayBuffer) return new BrowserBuffer(source, second as number, length as number);
    const bytes = 'length' in source ? source : [...source];
    const copy = new BrowserBuffer(bytes.length);
    copy.set(bytes);
    return copy;
  }

  static alloc(size: number, fill: number | string | Uint8Array = 0, encoding: Encoding = 'utf8'): BrowserBuffer {
    const made = new BrowserBuffer(size);
    if (typeof fill === 'number') return fill === 0 ? made : made.fill(fill);
    const pattern = typeof fill === 'string' ? bytesOfText(fill, encoding) : fill;
    for (let at = 0; at < size; at += pattern.length) made.set(pattern.subarray(0, size - at), at);
    return made;
  }

  static allocUnsafe(size: number): BrowserBuffer {
    return new BrowserBuffer(size);
  }

  static allocUnsafeSlow(size: number): BrowserBuffer {
    return new BrowserBuffer(size);
  }

  static concat(pieces: readonly Uint8Array[], length = sizeOfAll(pieces)): BrowserBuffer {
    const joined = new BrowserBuffer(length);
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece.subarray(0, length - at), at);
      at += Math.min(piece.length, length - at);
    }
    return joined;
  }

  static compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
    const shared = Math.min(a.length, b.length);
    for (let i = 0; i < shared; i++) {
      const difference = (a[i] ?? 0) - (b[i] ?? 0);
      if (difference !== 0) return difference < 0 ? -1 : 1;
    }
    if (a.length === b.length) return 0;
    return a.length < b.length ? -1 : 1;
  }

  static isBuffer(value: unknown): boolean {
    return value instanceof BrowserBuffer;
  }

  static byteLength(text: string): number {
    return encodeUtf8(text).length;
  }

  /** The same memory, as Node has it. */
  override slice(start?: number, end?: number): BrowserBuffer {
    return this.subarray(start, end);
  }

  override subarray(start = 0, end = this.length): BrowserBuffer {
    const from = withinOf(start, this.length);
    return new BrowserBuffer(this.buffer, this.byteOffset + from, Math.max(0, withinOf(end, this.length) - from));
  }

  equals(other: Uint8Array): boolean {
    return BrowserBuffer.compare(this, other) === 0;
  }

  /** Compares a part of this, from `from` to `to`, with a part of another. */
  compare(other: Uint8Array, start = 0, end = other.length, from = 0, to = this.length): -1 | 0 | 1 {
    return BrowserBuffer.compare(super.subarray(from, to), other.subarray(start, end));
  }

  copy(target: Uint8Array, at = 0, start = 0, end = this.length): number {
    const bytes = super.subarray(start, Math.min(end, start + target.length - at));
    target.set(bytes, at);
    return bytes.length;
  }

  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const bytes = start === 0 && end === this.length ? this : super.subarray(Math.max(0, start), Math.max(0, end));
    return textOfBytes(bytes, encoding);
  }

  /** Writes as much of the text as there is room for, and no half of a character. */
  write(text: string, offset?: number | Encoding, length?: number | Encoding, encoding?: Encoding): number {
    const at = typeof offset === 'number' ? offset : 0;
    const room = Math.min(typeof length === 'number' ? length : this.length, this.length - at);
    const given = [offset, length, encoding].find((argument) => typeof argument === 'string');
    if (given === undefined || given === 'utf8') return ENCODER.encodeInto(text, super.subarray(at, at + room)).written;
    const bytes = bytesOfText(text, given).subarray(0, room);
    this.set(bytes, at);
    return bytes.length;
  }

  override indexOf(wanted: number | string | Uint8Array, from = 0): number {
    if (typeof wanted === 'number') return super.indexOf(wanted, from);
    const bytes = typeof wanted === 'string' ? encodeUtf8(wanted) : wanted;
    const [first = 0] = bytes;
    for (let at = super.indexOf(first, from); at >= 0; at = super.indexOf(first, at + 1)) {
      if (at + bytes.length > this.length) return -1;
      if (bytes.every((byte, i) => byte === this[at + i])) return at;
    }
    return -1;
  }

  override includes(wanted: number | string | Uint8Array, from = 0): boolean {
    return this.indexOf(wanted, from) >= 0;
  }

  /** Exchanges each two bytes, in place. */
  swap16(): this {
    for (let i = 0; i + 1 < this.length; i += 2) {
      const first = this[i] ?? 0;
      this[i] = this[i + 1] ?? 0;
      this[i + 1] = first;
    }
    return this;
  }

  readUInt8(at = 0): number {
    return this.#byte(at, 1);
  }

  readUInt16BE(at = 0): number {
    return this.readUIntBE(at, 2);
  }

  readUInt32BE(at = 0): number {
    return this.readUIntBE(at, 4);
  }

  readUIntBE(at: number, size: number): number {
    let value = this.#byte(at, size);
    for (let i = 1; i < size; i++) value = value * 0x100 + (this[at + i] ?? 0);
    return value;
  }

  readBigUInt64BE(at = 0): bigint {
    return (BigInt(this.readUIntBE(at, 4)) << 32n) | BigInt(this.readUIntBE(at + 4, 4));
  }

  writeUInt8(value: number, at = 0): number {
    return this.writeUIntBE(value, at, 1);
  }

  writeUInt16BE(value: number, at = 0): number {
    return this.writeUIntBE(value, at, 2);
  }

  writeUInt16LE(value: number, at = 0): number {
    return this.writeUIntBE(((value & 0xff) << 8) | (value >> 8), at, 2);
  }

  writeUInt32BE(value: number, at = 0): number {
    return this.writeUIntBE(value, at, 4);
  }

  writeUIntBE(value: number, at: number, size: number): number {
    if (!(value >= 0 && value < 0x100 ** size)) throw new RangeError(`${value} has no room in ${size} bytes`);
    this.#byte(at, size);
    let rest = value;
    for (let i = size - 1; i >= 0; i--) {
      this[at + i] = rest % 0x100;
      rest = Math.floor(rest / 0x100);
    }
    return at + size;
  }

  writeBigUInt64BE(value: bigint, at = 0): number {
    this.#byte(at, 8);
    this.writeUIntBE(Number(value >> 32n), at, 4);
    return this.writeUIntBE(Number(value & 0xffff_ffffn), at + 4, 4);
  }

  #byte(at: number, size: number): number {
    const byte = this[at];
    if (byte === undefined || at + size > this.length) throw new RangeError(`${at} is out of range`);
    return byte;
  }
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const HEX = Array.from({ length: 0x100 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Arguments that every engine takes at once. */
const AT_ONCE = 8_192;

/** Where an index that may count from the end, or lie outside, is. */
function withinOf(index: number, length: number): number {
  return Math.min(length, index < 0 ? Math.max(0, length + index) : index);
}

function sizeOfAll(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

function bytesOfText(text: string, encoding: Encoding): BrowserBuffer {
  if (encoding === 'hex') return bytesOfHex(text);
  if (encoding === 'latin1')
    return BrowserBuffer.from(Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)));
  if (encoding === 'base64' || encoding === 'base64url') return bytesOfBase64(text);
  const { buffer, byteOffset, length } = encodeUtf8(text);
  return new BrowserBuffer(buffer, byteOffset, length);
}

/** Up to the first pair that is none. */
function bytesOfHex(text: string): BrowserBuffer {
  const bytes = new BrowserBuffer(Math.floor(text.length / 2));
  for (let i = 0; i < bytes.length; i++) {
    const pair = text.slice(2 * i, 2 * i + 2);
    if (!/^[0-9a-fA-F]{2}$/.test(pair)) return bytes.subarray(0, i);
    bytes[i] = Number.parseInt(pair, 16);
  }
  return bytes;
}

/** In either alphabet; what is in neither is passed over. */
function bytesOfBase64(text: string): BrowserBuffer {
  const [plain = ''] = text.replaceAll('-', '+').replaceAll('_', '/').split('=');
  const known = plain.replace(/[^A-Za-z0-9+/]/g, '');
  const whole = known.length % 4 === 1 ? known.slice(0, -1) : known;
  return bytesOfText(atob(whole), 'latin1');
}

function textOfBytes(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'hex') return hexOf(bytes);
  if (encoding === 'latin1') return latin1Of(bytes);
  if (encoding === 'base64') return btoa(latin1Of(bytes));
  if (encoding === 'base64url')
    return btoa(latin1Of(bytes)).replaceAll('+', '-').replaceAll('/', '_').split('=')[0] ?? '';
  return encoding === 'utf16le' ? utf16Of(bytes) : DECODER.decode(bytes);
}

function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i] ?? 0];
  return text;
}

/** Half a character stays half, and half a unit is left out. */
function utf16Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  return text;
}

function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + AT_ONCE) as unknown as number[]);
  }
  return text;
}
