// Which of two threads takes which segment of a bundle, in memory that both see. Each segment is taken once.

const FREE = 0;
const TAKEN = 1;
const DONE = 2;
/** The first number is where the importer is, the others are the segments. */
const SEGMENTS_AT = 1;

/** The segments of one bundle. */
export class WorkQueue {
  readonly #states: Int32Array;

  /** `shared` is what {@link WorkQueue.memoryFor} made, or the other thread handed over. */
  constructor(readonly shared: SharedArrayBuffer) {
    this.#states = new Int32Array(shared);
  }

  /** Memory for so many segments, all of them free. */
  static memoryFor(count: number): SharedArrayBuffer {
    return new SharedArrayBuffer((SEGMENTS_AT + count) * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Segments in all. */
  get count(): number {
    return this.#states.length - SEGMENTS_AT;
  }

  /** The segment that the importer has come to. */
  get position(): number {
    return Atomics.load(this.#states, 0);
  }

  /** Takes the segment; false when it was taken before. */
  take(segment: number): boolean {
    return Atomics.compareExchange(this.#states, SEGMENTS_AT + segment, FREE, TAKEN) === FREE;
  }

  /** Says that what was found out about a taken segment can be had. */
  finish(segment: number): void {
    Atomics.store(this.#states, SEGMENTS_AT + segment, DONE);
    Atomics.notify(this.#states, SEGMENTS_AT + segment);
  }

  /** Waits until a segment that the other thread took is finished; false when that takes too long. */
  awaitFinished(segment: number, timeoutMs: number): boolean {
    const at = SEGMENTS_AT + segment;
    while (Atomics.load(this.#states, at) === TAKEN) {
      if (Atomics.wait(this.#states, at, TAKEN, timeoutMs) === 'timed-out') return false;
    }
    return true;
  }

  /** Says that the importer has come to a segment. */
  advance(segment: number): void {
    Atomics.store(this.#states, 0, segment);
    Atomics.notify(this.#states, 0);
  }

  /** Waits until the importer has come to a segment or beyond. */
  awaitPosition(segment: number): void {
    for (let at = this.position; at < segment; at = this.position) Atomics.wait(this.#states, 0, at);
  }
}
