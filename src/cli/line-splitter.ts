// Lines out of pieces of bytes, without ever keeping more of one line than a limit.

/** A line with its number, from 1; `text` is undefined when the line was longer than the limit. */
export interface Line {
  readonly number: number;
  readonly text: string | undefined;
  /** Bytes that the line had, its line break not counted. */
  readonly sizeBytes: number;
}

const LINE_FEED = 0x0a;

/** Gathers lines; a line that is still open waits for its end. */
export class LineSplitter {
  readonly #maxBytes: number;
  #open: Buffer[] = [];
  #openBytes = 0;
  #number = 0;

  /** Of lines with more than `maxBytes` only the length is kept. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that end in this piece. */
  push(piece: Buffer): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, from)) {
      this.#keep(piece.subarray(from, at));
      lines.push(this.#close());
      from = at + 1;
    }
    this.#keep(piece.subarray(from));
    return lines;
  }

  /** The last line, when it has no line break at its end. */
  end(): Line[] {
    return this.#openBytes > 0 ? [this.#close()] : [];
  }

  #keep(bytes: Buffer): void {
    this.#openBytes += bytes.length;
    if (bytes.length > 0 && this.#openBytes <= this.#maxBytes) this.#open.push(bytes);
    else if (this.#openBytes > this.#maxBytes) this.#open = [];
  }

  #close(): Line {
    const sizeBytes = this.#openBytes;
    const [only, ...others] = this.#open;
    const bytes = only && others.length === 0 ? only : Buffer.concat(this.#open);
    [this.#open, this.#openBytes] = [[], 0];
    const text = sizeBytes > this.#maxBytes ? undefined : bytes.toString('utf8').replace(/\r$/, '');
    return { number: ++this.#number, text, sizeBytes };
  }
}
