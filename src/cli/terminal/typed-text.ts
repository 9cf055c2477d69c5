// A text of several lines as it is typed or pasted at a prompt, and what the terminal shows of it (spec/cli.md, "The prompt").
// The terminal does nothing by itself here: what a key means, and what is drawn for it, is decided in this file.
import { escapeBlock } from './escape.js';
import { widthOf } from './width.js';

/** Whether more is waited for: `ended` by Ctrl-D as the last that came, `interrupted` by Ctrl-C. */
export type TypedState = 'open' | 'ended' | 'interrupted';

const INTERRUPT = '\x03';
const BACKSPACE = '\x7f';
const ERASE_LINE = '\x15';
const ERASE_WORD = '\x17';
/** Ctrl-D; and what Linux keeps in its place when it came before the prompt stood. */
const ENDS = '\x04\0';
const ESCAPE = '\x1b';
const PASTE_STARTS = `${ESCAPE}[200~`;
const PASTE_ENDS = `${ESCAPE}[201~`;
/** A key that sends several characters: an arrow, say. */
const KEY = new RegExp(`^${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|O.)`, 's');
const KEY_BEGUN = new RegExp(`^${ESCAPE}(?:\\[[0-?]*[ -/]*|O)?$`);
/** No more of a line is looked at to find its last character. */
const CHARACTER_UNITS = 64;

/** Gathers what comes; Enter, and each line break of a paste, is a line feed in the text. */
export class TypedText {
  readonly #lines: string[] = [];
  #line = '';
  #state: TypedState = 'open';
  /** What ended it, should it turn out to be part of a paste. */
  #end = '';
  /** Beginning of a key or mark that is not complete. */
  #rest = '';
  #isPaste = false;
  #wasReturn = false;

  get state(): TypedState {
    return this.#state;
  }

  get text(): string {
    return [...this.#lines, this.#line].join('\n');
  }

  /** Takes in what came, and returns what the terminal of that width is to be sent for it. */
  push(piece: string, columns: number): string {
    let shown = this.#goOn();
    for (let rest = this.#rest + piece; rest !== ''; ) {
      this.#rest = '';
      const taken = this.#isPaste ? this.#takePasted(rest) : this.#takeTyped(rest, columns);
      shown += taken.shown;
      rest = rest.slice(taken.units);
      if (taken.units === 0) [this.#rest, rest] = [rest, ''];
      if (this.#state === 'interrupted') break;
    }
    return shown;
  }

  /** The end of a paste never came: keys mean what they mean again. */
  giveUpPaste(): void {
    this.#isPaste = false;
  }

  get isPaste(): boolean {
    return this.#isPaste;
  }

  /** What is followed by more was no end. */
  #goOn(): string {
    if (this.#state !== 'ended') return '';
    this.#state = 'open';
    return this.#add(this.#end);
  }

  #takePasted(rest: string): Taken {
    const end = rest.indexOf(PASTE_ENDS);
    if (end === 0) {
      this.#isPaste = false;
      return { units: PASTE_ENDS.length, shown: '' };
    }
    const units = end > 0 ? end : rest.length - begunAtEnd(rest, PASTE_ENDS);
    return { units, shown: this.#addLines(rest.slice(0, units)) };
  }

  #takeTyped(rest: string, columns: number): Taken {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not a control is text
    const plain = /^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+/.exec(rest)?.[0];
    if (plain !== undefined) return { units: plain.length, shown: this.#addLines(plain) };
    if (rest.startsWith(ESCAPE)) return this.#takeKey(rest);
    return { units: 1, shown: this.#press(rest.charAt(0), rest.length === 1, columns) };
  }

  #takeKey(rest: string): Taken {
    if (rest.startsWith(PASTE_STARTS)) {
      this.#isPaste = true;
      return { units: PASTE_STARTS.length, shown: '' };
    }
    if (KEY_BEGUN.test(rest)) return { units: 0, shown: '' };
    return { units: KEY.exec(rest)?.[0].length ?? 1, shown: '' };
  }

  #press(key: string, isLast: boolean, columns: number): string {
    if (key === INTERRUPT) this.#state = 'interrupted';
    else if (ENDS.includes(key)) return this.#endWith(key, isLast);
    else if (key === BACKSPACE || key === '\b') return this.#erase(withoutLast(this.#line), columns);
    else if (key === ERASE_LINE) return this.#erase('', columns);
    else if (key === ERASE_WORD) return this.#erase(withoutWord(this.#line), columns);
    return '';
  }

  #endWith(key: string, isLast: boolean): string {
    if (!isLast) return this.#add(key);
    this.#state = 'ended';
    this.#end = key;
    return '';
  }

  #addLines(text: string): string {
    // a line break may come in two pieces
    const whole = this.#wasReturn && text.startsWith('\n') ? text.slice(1) : text;
    this.#wasReturn = text.endsWith('\r');
    const [first = '', ...others] = whole.replace(/\r\n?/g, '\n').split('\n');
    return [this.#add(first), ...others.map((line) => this.#break() + this.#add(line))].join('');
  }

  #break(): string {
    this.#lines.push(this.#line);
    this.#line = '';
    return '\n';
  }

  #add(text: string): string {
    this.#line += text;
    return drawn(text);
  }

  /** On an empty line the one above is gone on with. */
  #erase(left: string, columns: number): string {
    const isEmpty = this.#line === '';
    const above = isEmpty ? this.#lines.pop() : undefined;
    if (isEmpty && above === undefined) return '';
    const rows = rowsOf(above ?? this.#line, columns) - 1 + (isEmpty ? 1 : 0);
    this.#line = above ?? left;
    return `${rows > 0 ? `${ESCAPE}[${rows}A` : ''}\r${ESCAPE}[J${drawn(this.#line)}`;
  }
}

/** So many units were taken, and are drawn so; none when more has to come first. */
interface Taken {
  readonly units: number;
  readonly shown: string;
}

function drawn(text: string): string {
  return escapeBlock(text).join('');
}

function rowsOf(line: string, columns: number): number {
  return Math.max(1, Math.ceil(widthOf(drawn(line)) / columns));
}

/** Without what looks like its last character. */
function withoutLast(line: string): string {
  const end = line.slice(-CHARACTER_UNITS);
  const last = [...new Intl.Segmenter().segment(end)].at(-1)?.segment ?? '';
  return line.slice(0, line.length - last.length);
}

function withoutWord(line: string): string {
  const words = line.trimEnd();
  return words.slice(0, Math.max(words.lastIndexOf(' '), words.lastIndexOf('\t')) + 1);
}

/** Units at the end of the text that the mark may begin with. */
function begunAtEnd(text: string, mark: string): number {
  for (let units = Math.min(mark.length - 1, text.length); units > 0; units--) {
    if (mark.startsWith(text.slice(-units))) return units;
  }
  return 0;
}
