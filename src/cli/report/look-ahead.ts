// What comes next in a stream, looked at before the first of it is shown: so columns fit though nobody knows all of it.

/** A screen or two. */
const COUNT = 100;

/** A stream whose beginning was looked at. */
export interface LookedAhead<T> {
  /** What comes first, up to so many. */
  readonly first: readonly T[];
  /** All of it, the first included; to be gone through once. */
  readonly all: Iterable<T>;
}

/** Looks at the first of a stream; what is a list already is looked at as a whole. */
export function lookAhead<T>(stream: Iterable<T>): LookedAhead<T> {
  if (Array.isArray(stream)) return { first: stream, all: stream };
  const rest = stream[Symbol.iterator]();
  const first: T[] = [];
  while (first.length < COUNT) {
    const next = rest.next();
    if (next.done) return { first, all: first };
    first.push(next.value);
  }
  return { first, all: after(first, rest) };
}

function* after<T>(first: readonly T[], rest: Iterator<T>): Generator<T> {
  yield* first;
  yield* { [Symbol.iterator]: () => rest };
}
