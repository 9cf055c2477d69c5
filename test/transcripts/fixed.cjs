// Preloaded into the program that is recorded: its clock stands still, and what it draws follows from the number of the command,
// so that a transcript is the same each time.
const crypto = require('node:crypto');

const START_MS = Date.UTC(2030, 5, 3, 9, 0);
const MINUTE_MS = 60_000;

const at = Number(process.env.TRANSCRIPT_COMMAND);
let drawn = 0;

function fill(bytes) {
  for (let from = 0; from < bytes.length; from += 32) {
    const block = crypto.createHash('sha256').update(`${at} ${drawn++}`).digest();
    bytes.set(block.subarray(0, Math.min(32, bytes.length - from)), from);
  }
  return bytes;
}

Date.now = () => START_MS + at * MINUTE_MS;
crypto.randomBytes = (size) => fill(Buffer.alloc(size));
globalThis.crypto.getRandomValues = (array) => {
  fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  return array;
};
