// Pairs of byte pipes in memory, and what may happen to the bytes on the way.
import { Duplex, PassThrough, Transform } from 'node:stream';
import { type BytePipe, pipeOf } from '../../src/sync/stream/pipe.js';

/** What becomes of the bytes in one direction. */
export type Way = (bytes: Buffer) => readonly Buffer[];

/** What is left of a direction once `cut` was called: nothing. */
export interface PipePair {
  readonly a: BytePipe;
  readonly b: BytePipe;
  /** Ends both directions, in the middle of whatever is on the way. */
  cut(): void;
}

/** What becomes of what goes to either end. */
export interface Ways {
  readonly toB?: Way;
  readonly toA?: Way;
}

/** Two ends. */
export function pipePair(ways: Ways = {}): PipePair {
  const { there, back, cut } = waysOf(ways);
  return { a: pipeOf('b', back.out, there.into), b: pipeOf('a', there.out, back.into), cut };
}

/** The same as streams of Node that go both ways. */
export interface DuplexPair {
  readonly a: Duplex;
  readonly b: Duplex;
  cut(): void;
}

/** Two ends of that. */
export function duplexPair(ways: Ways = {}): DuplexPair {
  const { there, back, cut } = waysOf(ways);
  const a = Duplex.from({ readable: back.out, writable: there.into });
  const b = Duplex.from({ readable: there.out, writable: back.into });
  // whoever is at an end may be gone when the other one is cut off
  for (const end of [a, b]) end.on('error', () => {});
  return { a, b, cut };
}

function waysOf({ toB = whole, toA = whole }: Ways) {
  const there = way(toB);
  const back = way(toA);
  const cut = (): void => {
    for (const one of [there, back]) {
      one.into.destroy();
      one.out.destroy();
    }
  };
  return { there, back, cut };
}

/** As it is. */
function whole(bytes: Buffer): readonly Buffer[] {
  return [bytes];
}

/** Byte by byte. */
export function byteByByte(bytes: Buffer): readonly Buffer[] {
  return [...bytes].map((byte) => Buffer.of(byte));
}

/** One bit is another one, `at` bits from the beginning. */
export function flipping(at: number): Way {
  let passed = 0;
  return (bytes) => {
    const offset = Math.floor(at / 8) - passed;
    passed += bytes.length;
    if (offset < 0 || offset >= bytes.length) return [bytes];
    const changed = Buffer.from(bytes);
    changed[offset] = (changed[offset] ?? 0) ^ (1 << (at % 8));
    return [changed];
  };
}

function way(change: Way): { readonly into: Transform; readonly out: PassThrough } {
  const out = new PassThrough();
  const into = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      for (const piece of change(bytes)) this.push(piece);
      done();
    },
  });
  into.pipe(out);
  // as with a socket: when one end goes, the other one hears of it
  into.on('close', () => {
    if (!into.readableEnded) out.destroy();
  });
  out.on('close', () => into.destroy());
  return { into, out };
}
