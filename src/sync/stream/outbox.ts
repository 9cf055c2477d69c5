// The frames that go, in their order. Answers are put in without waiting: two sides that both waited with answers until the
// other one reads would wait for ever.
import { encodeFrame, type FrameType } from '../../format/stream/frame.js';
import { broke } from './inbox.js';
import type { BytePipe } from './pipe.js';

/** Who sends much waits while so many bytes have not gone. */
const ROOM = 262_144;

/** Writes frames to a pipe. */
export class Outbox {
  /** Bytes that were handed over. */
  bytes = 0;
  readonly #pipe: BytePipe;
  readonly #failed: (error: unknown) => void;
  readonly #queue: Buffer[] = [];
  #waiting = 0;
  #isClosed = false;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #roomWanted: (() => void)[] = [];

  /** `failed` hears why nothing more can be written. */
  constructor(pipe: BytePipe, failed: (error: unknown) => void) {
    this.#pipe = pipe;
    this.#failed = failed;
  }

  /** Puts a frame behind all others. */
  put(type: FrameType, payload?: Buffer): void {
    if (this.#isClosed) return;
    const bytes = encodeFrame(type, payload);
    this.bytes += bytes.length;
    this.#waiting += bytes.length;
    this.#queue.push(bytes);
    if (!this.#isWriting) this.#writing = this.#write();
  }

  /** Resolves when there is room for more of what is sent. */
  async room(): Promise<void> {
    while (this.#waiting > ROOM && !this.#isClosed)
      await new Promise<void>((resolve) => {
        this.#roomWanted.push(resolve);
      });
  }

  /** Resolves when all has gone, or cannot go. */
  async end(): Promise<void> {
    await this.#writing;
    this.close();
    await this.#pipe.end();
  }

  /** Nothing more goes; nobody waits for room. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (let bytes = this.#queue.shift(); bytes && !this.#isClosed; bytes = this.#queue.shift()) {
        await this.#pipe.write(bytes);
        this.#waiting -= bytes.length;
        if (this.#waiting <= ROOM) this.#wake();
      }
    } catch (error) {
      this.close();
      this.#failed(broke(error));
    } finally {
      this.#isWriting = false;
    }
  }

  #wake(): void {
    const wanted = this.#roomWanted;
    this.#roomWanted = [];
    for (const resolve of wanted) resolve();
  }
}
