// The most frequent message, a text and nothing else, written without a general encoder: of a hundred thousand lines that
// a script posts, all are of this kind. A test holds it to the general encoder's bytes.

const MAP_OF_THREE = 0xa3;
const UNSIGNED = 0x00;
const TEXT_STRING = 0x60;
const TIME_KEY = 1;
const AHEAD_KEY = 2;
const BODY_KEY = 4;
const HEAD_MAX = 9;
const WORD = 2 ** 32;

/** The payload {1: time, 2: ahead, 4: text}; both numbers are safe and not negative. */
export function encodePlainText(time: number, ahead: number, text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(4 + 3 * HEAD_MAX + length);
  bytes[0] = MAP_OF_THREE;
  bytes[1] = TIME_KEY;
  let at = writeHead(bytes, 2, UNSIGNED, time);
  bytes[at] = AHEAD_KEY;
  at = writeHead(bytes, at + 1, UNSIGNED, ahead);
  bytes[at] = BODY_KEY;
  at = writeHead(bytes, at + 1, TEXT_STRING, length);
  return bytes.subarray(0, at + bytes.write(text, at, 'utf8'));
}

/** Writes an item's first bytes in shortest form (RFC 8949, section 3); returns where they end. */
function writeHead(bytes: Buffer, at: number, major: number, value: number): number {
  if (value < 24) return bytes.writeUInt8(major + value, at);
  if (value < 0x100) return bytes.writeUInt8(value, bytes.writeUInt8(major + 24, at));
  if (value < 0x1_0000) return bytes.writeUInt16BE(value, bytes.writeUInt8(major + 25, at));
  if (value < WORD) return bytes.writeUInt32BE(value, bytes.writeUInt8(major + 26, at));
  const high = bytes.writeUInt32BE(Math.floor(value / WORD), bytes.writeUInt8(major + 27, at));
  return bytes.writeUInt32BE(value % WORD, high);
}
