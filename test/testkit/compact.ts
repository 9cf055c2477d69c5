// Bytes as fixtures hold them: hex, or pieces of hex with what repeats told once, so that a vector at the edge of a
// limit stays a few lines of JSON.

/** Hex, or pieces back to back. */
export type Compact = string | readonly Piece[];

/** Hex; or hex that many times; or records with a number of two bytes in each that counts from 0. */
type Piece =
  | string
  | { readonly repeat: string; readonly times: number }
  | { readonly before: string; readonly countTo: number; readonly after: string };

/** What repeats over fewer bytes is told byte by byte. */
const RUN_MIN = 192;
/** Nothing longer is looked for. */
const PERIOD_MAX = 640;
/** So many equal bytes suggest a repetition. */
const PROBE = 32;

/** The bytes, told shortly. */
export function compact(bytes: Uint8Array): Compact {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const pieces: Piece[] = [];
  let told = 0;
  for (const { at, period, times } of repetitions(buffer)) {
    if (at > told) pieces.push(buffer.toString('hex', told, at));
    pieces.push({ repeat: buffer.toString('hex', at, at + period), times });
    told = at + period * times;
  }
  if (told < buffer.length) pieces.push(buffer.toString('hex', told));
  return pieces.length > 1 || typeof pieces[0] === 'object' ? pieces : (pieces[0] ?? '');
}

/** The bytes that a fixture means. */
export function expand(told: Compact): Buffer {
  return typeof told === 'string' ? Buffer.from(told, 'hex') : Buffer.concat(told.map(expandPiece));
}

function expandPiece(piece: Piece): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece, 'hex');
  if ('countTo' in piece) return Buffer.concat(Array.from({ length: piece.countTo }, (_, i) => expandRecord(piece, i)));
  const unit = Buffer.from(piece.repeat, 'hex');
  return Buffer.alloc(unit.length * piece.times, unit);
}

function expandRecord({ before, after }: { before: string; after: string }, number: number): Buffer {
  return Buffer.from(`${before}${number.toString(16).padStart(4, '0')}${after}`, 'hex');
}

function* repetitions(bytes: Buffer): Generator<{ at: number; period: number; times: number }> {
  for (let at = 0; at + RUN_MIN <= bytes.length; ) {
    const period = periodAt(bytes, at);
    const end = period === 0 ? at : endOfPeriod(bytes, at, period);
    const times = period === 0 ? 0 : Math.floor((end - at) / period);
    const isLong = times >= 3 && period * times >= RUN_MIN;
    if (isLong) yield { at, period, times };
    at += isLong ? period * times : 1;
  }
}

/** How far behind `at` the same bytes stand again; 0 when they don't. */
function periodAt(bytes: Buffer, at: number): number {
  const near = bytes.subarray(at + 1, at + PERIOD_MAX + PROBE);
  return near.indexOf(bytes.subarray(at, at + PROBE)) + 1;
}

function endOfPeriod(bytes: Buffer, at: number, period: number): number {
  let end = at + period;
  while (end < bytes.length && bytes[end] === bytes[end - period]) end++;
  return end;
}
