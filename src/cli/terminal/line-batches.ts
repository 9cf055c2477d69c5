// Lines of a stream in batches: each is handed on so long after its first line came, or when so many bytes have gathered.
// The stream is held up while a full batch waits to be worked on. A file has it all at once.
import type { Readable } from 'node:stream';
import { diskError, onDisk } from '../../repository/files.js';
import { readFully } from '../../repository/store/fully.js';
import type { Line } from './line-splitter.js';
import { TextLines } from './text-lines.js';

/** When a batch is complete. */
export interface BatchOptions {
  readonly delayMs: number;
  readonly maxBytes: number;
  /** Of longer lines only the length is kept. */
  readonly lineBytesMax: number;
  /** Absent: what its first bytes say, else UTF-8. */
  readonly encoding?: string | undefined;
  /** Ends the stream; what was read as whole lines is still handed on. */
  readonly signal: AbortSignal;
}

/**
 * The stream's lines, in batches of at least one.
 * @throws SatchelError `io` when the stream fails; lines read before are handed on first
 */
export async function* lineBatches(input: Readable, options: BatchOptions): AsyncGenerator<readonly Line[]> {
  const gathering = new Gathering(input, options);
  try {
    for (;;) {
      await gathering.isDue();
      const lines = gathering.take();
      if (lines.length > 0) yield lines;
      else if (gathering.isOver) return;
    }
  } finally {
    gathering.close();
  }
}

/** When a batch of a file is complete: short lines weigh much more as messages than as bytes. */
export interface FileBatchOptions extends Omit<BatchOptions, 'delayMs'> {
  readonly maxLines: number;
}

/**
 * The lines of a regular file that is open, from where it stands, in batches; a signal ends them between two.
 * @throws SatchelError `io` when it cannot be read
 */
export async function* fileBatches(fd: number, options: FileBatchOptions): AsyncGenerator<readonly Line[]> {
  for (const lines of piecesOf(fd, options)) {
    for (let at = 0; at < lines.length; at += options.maxLines) {
      if (options.signal.aborted) return;
      yield lines.slice(at, at + options.maxLines);
      // without a turn of the event loop no signal would come
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function* piecesOf(fd: number, { maxBytes, lineBytesMax, encoding }: FileBatchOptions): Generator<readonly Line[]> {
  const splitter = new TextLines(lineBytesMax, encoding);
  for (let isOver = false; !isOver; ) {
    const bytes = Buffer.allocUnsafe(maxBytes);
    const size = onDisk('reading the lines', () => readFully(fd, bytes));
    isOver = size < bytes.length;
    const lines = splitter.push(bytes.subarray(0, size));
    if (isOver) for (const line of splitter.end()) lines.push(line);
    yield lines;
  }
}

/** Lines that come in while nobody looks. */
class Gathering {
  readonly #input: Readable;
  readonly #options: BatchOptions;
  readonly #splitter: TextLines;
  #lines: Line[] = [];
  #sizeBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasWaited = false;
  #isOver = false;
  #failure: unknown;
  #wake = (): void => {};

  constructor(input: Readable, options: BatchOptions) {
    this.#input = input;
    this.#options = options;
    this.#splitter = new TextLines(options.lineBytesMax, options.encoding);
    input.on('data', (piece: Buffer) => this.#receive(piece));
    input.once('end', () => this.#finish());
    input.once('error', (failure) => this.#finish(failure));
    options.signal.addEventListener('abort', this.#abort, { once: true });
    if (options.signal.aborted) this.#abort();
  }

  /** Whether nothing more will come. @throws SatchelError `io` when that is because the stream failed */
  get isOver(): boolean {
    if (this.#failure !== undefined) throw diskError('reading the lines', this.#failure);
    return this.#isOver;
  }

  /** Resolves when a batch is complete, or nothing more will come. */
  isDue(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#wakeIfDue();
    });
  }

  take(): readonly Line[] {
    const lines = this.#lines;
    clearTimeout(this.#timer);
    [this.#lines, this.#sizeBytes, this.#timer, this.#hasWaited] = [[], 0, undefined, false];
    if (!this.#isOver) this.#input.resume();
    return lines;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener('abort', this.#abort);
    this.#input.destroy();
  }

  #receive(piece: Buffer): void {
    this.#sizeBytes += piece.length;
    try {
      this.#add(this.#splitter.push(piece));
    } catch (failure) {
      this.#isOver = true;
      this.#failure = failure;
    }
    if (this.#sizeBytes >= this.#options.maxBytes) this.#input.pause();
    this.#wakeIfDue();
  }

  #add(lines: readonly Line[]): void {
    for (const line of lines) this.#lines.push(line);
    if (this.#lines.length > 0) this.#timer ??= setTimeout(() => this.#expire(), this.#options.delayMs);
  }

  #expire(): void {
    this.#hasWaited = true;
    this.#wakeIfDue();
  }

  #finish(failure?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    try {
      this.#add(this.#splitter.end());
    } catch (noText) {
      this.#failure ??= noText;
    }
    this.#wakeIfDue();
  }

  // A line that a signal cuts short is none: whoever was writing it had not finished.
  readonly #abort = (): void => {
    this.#isOver = true;
    this.#wakeIfDue();
  };

  #wakeIfDue(): void {
    if (this.#isOver || this.#hasWaited || this.#sizeBytes >= this.#options.maxBytes) this.#wake();
  }
}
