// What was sent and is not taken yet (spec/stream.md, "Taking").
import { SatchelError } from '../../format/error.js';
import { STREAM_WINDOW, STREAM_WINDOW_FRAMES } from '../../format/limits.js';

/** Frames of one round on the way, in the order in which they went. */
export class Flight<T extends { readonly size: number }> {
  readonly #sent: T[] = [];
  #taken = 0;
  #bytes = 0;
  #answers = 0;

  get isEmpty(): boolean {
    return this.#taken === this.#sent.length;
  }

  /** How many went. */
  get count(): number {
    return this.#sent.length;
  }

  /** Those that were taken. */
  get taken(): readonly T[] {
    return this.#sent.slice(0, this.#taken);
  }

  /** Whether so many bytes more may be on the way. */
  hasRoom(bytes: number): boolean {
    const frames = this.#sent.length - this.#taken;
    return frames === 0 || (this.#bytes + bytes <= STREAM_WINDOW && frames < STREAM_WINDOW_FRAMES);
  }

  add(one: T): void {
    this.#sent.push(one);
    this.#bytes += one.size;
  }

  /** The next so many were taken. @throws SatchelError `bad-stream` */
  take(frames: number): void {
    const onTheWay = this.#sent.length - this.#taken;
    if (frames > onTheWay)
      throw new SatchelError('bad-stream', `the other side took ${frames} frames, ${onTheWay} were on the way`);
    for (const { size } of this.#sent.slice(this.#taken, this.#taken + frames)) this.#bytes -= size;
    this.#taken += frames;
    if (frames === 0) this.answer();
  }

  /** An answer that takes no frame; there are no more than two for each frame. @throws SatchelError `bad-stream` */
  answer(): void {
    if (++this.#answers > 2 * this.#sent.length)
      throw new SatchelError('bad-stream', 'the other side answers more than it was sent');
  }
}
