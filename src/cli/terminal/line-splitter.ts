// Lines out of pieces of bytes, without ever keeping more of one line than a limit.

import { isUtf8 } from 'node:buffer';

/** A line with its number, from 1; `text` is undefined when the line was longer than the limit, or is no text. */
export interface Line {
  readonly number: number;
  readonly text: string | undefined;
  /** Its bytes are none of the encoding. */
  readonly isBroken?: true;
  /** Bytes that such a line had, its line break not counted. */
  readonly sizeBytes?: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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

  /** The lines that end in this piece, which must stay as it is until the next one is there. */
  push(piece: Buffer): Line[] {
    const lines: Line[] = [];
    // no line that lies whole in so few bytes is too long
    for (let at = 0; at < piece.length; at += this.#maxBytes) {
      this.#take(piece.subarray(at, at + this.#maxBytes), lines);
    }
    return lines;
  }

  /** The last line, when it has no line break at its end. */
  end(): Line[] {
    return this.#openBytes > 0 ? [this.#close()] : [];
  }

  #take(piece: Buffer, lines: Line[]): void {
    const first = piece.indexOf(LINE_FEED);
    if (first < 0) {
      this.#keep(piece);
      return;
    }
    this.#keep(piece.subarray(0, first));
    lines.push(this.#close());
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    // decoded all at once: to call for each line costs more than its text
    const whole = piece.subarray(first + 1, end);
    if (isUtf8(whole)) this.#cut(whole.toString('utf8'), lines);
    else this.#cutBytes(whole, lines);
    this.#keep(piece.subarray(end));
  }

  #cut(text: string, lines: Line[]): void {
    for (let from = 0; from < text.length; ) {
      const at = text.indexOf('\n', from);
      const end = text.charCodeAt(at - 1) === CARRIAGE_RETURN ? at - 1 : at;
      lines.push({ number: ++this.#number, text: text.slice(from, end) });
      from = at + 1;
    }
  }

  /** No byte of a character of several is a line feed. */
  #cutBytes(bytes: Buffer, lines: Line[]): void {
    for (let from = 0; from < bytes.length; ) {
      const at = bytes.indexOf(LINE_FEED, from);
      lines.push(this.#lineOf(bytes.subarray(from, at)));
      from = at + 1;
    }
  }

  #lineOf(bytes: Buffer): Line {
    const number = ++this.#number;
    if (!isUtf8(bytes)) return { number, text: undefined, isBroken: true };
    return { number, text: bytes.toString('utf8').replace(/\r$/, '') };
  }

  #keep(bytes: Buffer): void {
    this.#openBytes += bytes.length;
    if (bytes.length > 0 && this.#openBytes <= this.#maxBytes) this.#open.push(bytes);
    else if (this.#openBytes > this.#maxBytes) this.#open = [];
  }

  #close(): Line {
    const sizeBytes = this.#openBytes;
    const open = this.#open;
    [this.#open, this.#openBytes] = [[], 0];
    if (sizeBytes > this.#maxBytes) return { number: ++this.#number, text: undefined, sizeBytes };
    return this.#lineOf(Buffer.concat(open));
  }
}
