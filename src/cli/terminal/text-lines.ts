// Lines of text out of pieces of bytes, in whatever encoding (spec/cli.md, "post"): by its name, by the mark at the beginning, or
// UTF-8.
import { TextDecoder } from 'node:util';
import { SatchelError } from '../../format/error.js';
import { type Line, LineSplitter } from './line-splitter.js';

/** Bytes at the beginning that say which encoding it is. */
const MARKS: readonly { readonly encoding: string; readonly bytes: Buffer }[] = [
  { encoding: 'utf-8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', bytes: Buffer.from([0xfe, 0xff]) },
];
const MARK_MAX = 3;
/** Text has no zero byte among its first. */
const LOOKED_AT = 8_192;
/** What stands for bytes that are none of the encoding. */
const REPLACEMENT = '\ufffd';

/** Gathers lines; the first bytes decide what they are. */
export class TextLines {
  readonly #splitter: LineSplitter;
  #encoding: string | undefined;
  #decoder: TextDecoder | undefined;
  #begun = Buffer.alloc(0);
  #isBegun = false;

  /** `encoding` is a name as TextDecoder knows it. @throws SatchelError `usage` when it is none */
  constructor(maxBytes: number, encoding: string | undefined) {
    this.#splitter = new LineSplitter(maxBytes);
    this.#encoding = encoding;
    if (encoding !== undefined) this.#decoder = decoderOf(encoding);
  }

  /** The lines that end in this piece, which must stay as it is until the next one is there. @throws SatchelError `usage` for what is no text */
  push(piece: Buffer): Line[] {
    if (this.#isBegun) return this.#take(piece);
    this.#begun = Buffer.concat([this.#begun, piece]);
    return this.#begun.length < MARK_MAX ? [] : this.#begin();
  }

  /** The last line, when it has no line break at its end. */
  end(): Line[] {
    const lines = this.#isBegun ? [] : this.#begin();
    if (this.#decoder) lines.push(...this.#checked(this.#splitter.push(Buffer.from(this.#decoder.decode()))));
    return [...lines, ...this.#checked(this.#splitter.end())];
  }

  #begin(): Line[] {
    const first = this.#begun;
    const mark = MARKS.find(({ bytes }) => first.subarray(0, bytes.length).equals(bytes));
    this.#encoding ??= mark?.encoding;
    const isUtf8 = this.#encoding === undefined || this.#encoding === 'utf-8';
    if (isUtf8 && first.subarray(0, LOOKED_AT).includes(0)) throw noText();
    if (!isUtf8) this.#decoder ??= decoderOf(this.#encoding ?? '');
    this.#isBegun = true;
    this.#begun = Buffer.alloc(0);
    return this.#take(isUtf8 && mark?.encoding === 'utf-8' ? first.subarray(MARK_MAX) : first);
  }

  #take(piece: Buffer): Line[] {
    if (!this.#decoder) return this.#splitter.push(piece);
    return this.#checked(this.#splitter.push(Buffer.from(this.#decoder.decode(piece, { stream: true }))));
  }

  #checked(lines: Line[]): Line[] {
    if (!this.#decoder) return lines;
    return lines.map((line) =>
      line.text?.includes(REPLACEMENT) ? { number: line.number, text: undefined, isBroken: true } : line,
    );
  }
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch {
    throw new SatchelError('usage', `"${encoding}" is no encoding that is known here`, {
      hint: 'names are such as utf-16le, windows-1252, iso-8859-1, shift_jis',
    });
  }
}

function noText(): SatchelError {
  return new SatchelError('usage', 'this is no text: it has zero bytes', {
    hint: 'bring a file along with "satchel post --attach FILE"; text of another encoding is read with --encoding utf-16le, say',
  });
}
