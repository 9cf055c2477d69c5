// The frames that come, one after the other, and no longer waited for than is worth it (spec/stream.md, "Frames", "Time").
import { SatchelError } from '../../format/error.js';
import { type Frame, FrameReader } from '../../format/stream/frame.js';
import type { BytePipe } from './pipe.js';
import type { StreamClock } from './stream-clock.js';

/** Nothing came. */
export const SILENCE = 'silence';

/** Reads frames off a pipe; only when they are asked for, so that who sends too much has to wait. */
export class Inbox {
  /** Bytes that came. */
  bytes = 0;
  readonly #reader = new FrameReader();
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #clock: StreamClock;
  readonly #ready: Frame[] = [];
  #rest: Iterator<Frame> | undefined;
  #coming: Promise<IteratorResult<Buffer> | Error> | undefined;

  constructor(pipe: Pick<BytePipe, 'incoming'>, clock: StreamClock) {
    this.#pieces = pipe.incoming[Symbol.asyncIterator]();
    this.#clock = clock;
  }

  /**
   * The next frame; silence when nothing came for so long, or until then, undefined when the other side has closed behind its goodbye.
   * @throws SatchelError `peer-lost` when it closed before, and as `FrameReader.push`
   */
  async next(wait: number | Promise<void>): Promise<Frame | typeof SILENCE | undefined> {
    for (;;) {
      const frame = this.#ready.shift() ?? this.#take();
      if (frame) return frame;
      const piece = await this.#piece(wait);
      if (piece === SILENCE) return SILENCE;
      if (piece === undefined) {
        if (this.#reader.isOver) return undefined;
        throw lost('the connection ended in the middle');
      }
      this.bytes += piece.length;
      this.#rest = this.#reader.push(piece);
    }
  }

  #take(): Frame | undefined {
    const next = this.#rest?.next();
    if (next && !next.done) return next.value;
    this.#rest = undefined;
    return undefined;
  }

  async #piece(wait: number | Promise<void>): Promise<Buffer | typeof SILENCE | undefined> {
    // what was asked for and has not come is waited for again
    this.#coming ??= this.#pieces.next().catch((error: unknown) => asError(error));
    const coming = this.#coming;
    const result = await new Promise<Awaited<typeof coming> | typeof SILENCE>((resolve) => {
      const late = (): void => resolve(SILENCE);
      const stop = typeof wait === 'number' ? this.#clock.after(wait, late) : (): void => {};
      if (typeof wait !== 'number') void wait.then(late);
      void coming.then((one) => {
        stop();
        resolve(one);
      });
    });
    if (result === SILENCE) return SILENCE;
    this.#coming = undefined;
    if (result instanceof Error) {
      if (this.#reader.isOver) return undefined;
      throw broke(result);
    }
    return result.done ? undefined : result.value;
  }
}

/** The other side is gone. */
export function lost(message: string, cause?: unknown): SatchelError {
  return new SatchelError('peer-lost', message, {
    hint: 'run it again: it goes on where it ended',
    ...(cause !== undefined && { cause }),
  });
}

/** What a pipe failed of; of what encrypts it not in that one's words. */
export function broke(error: unknown): SatchelError {
  const { code = '', message } = asError(error) as NodeJS.ErrnoException;
  const isOfTls = code.startsWith('ERR_SSL') || message.includes('SSL routines');
  if (isOfTls) return lost('what came was changed on the way, or the connection broke', error);
  return lost(`the connection broke: ${message}`, error);
}

/** It was ended here: by whoever runs it, or since its time was over. */
export function stopped(signal: AbortSignal | undefined): SatchelError {
  const reason: unknown = signal?.reason;
  const isLate = reason instanceof Error && reason.name === 'TimeoutError';
  return lost(isLate ? 'the time of --max-duration was over' : 'it was interrupted');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
