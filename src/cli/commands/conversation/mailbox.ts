// Mails out of a mailbox, in whichever of its forms, piece by piece (spec/cli.md, "Mailboxes").
import { SatchelError } from '../../../format/error.js';

/** A mail as it stands in a mailbox. */
export interface RawMail {
  /** From 1 on. */
  readonly number: number;
  /** The line that separates it from the one before; empty for a mail that is a file of its own. */
  readonly separator: string;
  /** Undefined of one that is longer than is taken. */
  readonly bytes: Buffer | undefined;
}

/** Longer mails are passed over. */
export const MAIL_BYTES_MAX = 67_108_864;
const LF = 0x0a;
const CR = 0x0d;
const FROM = Buffer.from('From ');
const NEXT = Buffer.from('\nFrom ');
/** A separator says when; a line of a text that begins so seldom does. */
const SEPARATOR = /^From .*\d\d:\d\d/;
const SEPARATOR_MAX = 1_000;
const FIRST_HEADER = /^[!-9;-~]+:/;

/** Takes a mailbox apart; no more of it is kept than one mail. */
export class Mailbox {
  /** What the rest lies in, with room behind it. */
  #store = Buffer.alloc(0);
  #rest = this.#store;
  /** Up to there the store is written; never again, for mails that were handed out lie in it. */
  #end = 0;
  #separator: string | undefined;
  #count = 0;
  /** Up to there nothing separates. */
  #looked = 0;
  #isTooLong = false;

  /** The mails that end in this piece. @throws SatchelError `usage` for what is no mailbox */
  push(piece: Buffer): RawMail[] {
    this.#add(piece);
    return this.#take(false);
  }

  /** The last one. @throws SatchelError `usage` for what is no mailbox */
  end(): RawMail[] {
    const mails = this.#take(true);
    return this.#separator === undefined ? mails : [...mails, this.#mail(this.#rest.length)];
  }

  /** A store twice as large as what is here moves each byte a few times at most, whatever pieces it comes in. */
  #add(piece: Buffer): void {
    const size = this.#rest.length + piece.length;
    if (this.#end + piece.length > this.#store.length) {
      this.#store = Buffer.allocUnsafe(2 * size);
      this.#end = this.#rest.copy(this.#store);
    }
    this.#end += piece.copy(this.#store, this.#end);
    this.#rest = this.#store.subarray(this.#end - size, this.#end);
  }

  #take(isOver: boolean): RawMail[] {
    if (this.#separator === undefined && !this.#begin(isOver)) return [];
    const mails: RawMail[] = [];
    for (let at = this.#nextSeparator(isOver); at !== undefined; at = this.#nextSeparator(isOver)) {
      mails.push(this.#mail(at));
      this.#cutSeparator(at);
    }
    if (this.#rest.length > MAIL_BYTES_MAX) {
      this.#isTooLong = true;
      // what follows may begin in what is here
      this.#cut(this.#rest.length - SEPARATOR_MAX);
    }
    return mails;
  }

  /** Whether the first mail begins; a file that holds a single one has no separator. */
  #begin(isOver: boolean): boolean {
    const end = this.#rest.indexOf(LF);
    if (end < 0 && !isOver && this.#rest.length < SEPARATOR_MAX) return false;
    if (isOver && this.#rest.length === 0) return false;
    if (this.#rest.subarray(0, FROM.length).equals(FROM)) {
      this.#cutSeparator(0);
      return true;
    }
    if (!FIRST_HEADER.test(this.#rest.subarray(0, SEPARATOR_MAX).toString('latin1'))) {
      throw new SatchelError('usage', 'this is no mailbox: it begins with neither "From " nor a header', {
        hint: 'expected is a mailbox (.mbox), or one mail (.eml)',
      });
    }
    this.#separator = '';
    return true;
  }

  /** Where the next separator begins, behind an empty line, if that can be told by now; none in a mail of its own. */
  #nextSeparator(isOver: boolean): number | undefined {
    if (this.#separator === '') return undefined;
    for (;;) {
      const before = this.#rest.indexOf(NEXT, this.#looked);
      if (before < 0) {
        this.#looked = Math.max(0, this.#rest.length - NEXT.length);
        return undefined;
      }
      const end = this.#rest.indexOf(LF, before + 1);
      if (end < 0 && !isOver && this.#rest.length - before < SEPARATOR_MAX) {
        this.#looked = before;
        return undefined;
      }
      const line = this.#rest.subarray(before + 1, end < 0 ? this.#rest.length : end);
      if (this.#isBehindEmptyLine(before) && SEPARATOR.test(line.toString('latin1', 0, SEPARATOR_MAX)))
        return before + 1;
      this.#looked = before + 1;
    }
  }

  #isBehindEmptyLine(lineBreak: number): boolean {
    const at = this.#rest[lineBreak - 1] === CR ? lineBreak - 1 : lineBreak;
    return at === 0 || this.#rest[at - 1] === LF;
  }

  #cutSeparator(at: number): void {
    const end = this.#rest.indexOf(LF, at);
    const next = end < 0 ? this.#rest.length : end + 1;
    this.#separator = this.#rest.subarray(at, next).toString('latin1').trimEnd();
    this.#cut(next);
  }

  #cut(at: number): void {
    this.#rest = this.#rest.subarray(at);
    this.#looked = 0;
  }

  #mail(end: number): RawMail {
    const separator = this.#separator ?? '';
    const bytes =
      this.#isTooLong || end > MAIL_BYTES_MAX ? undefined : unquoted(this.#rest.subarray(0, end), separator);
    this.#isTooLong = false;
    return { number: ++this.#count, separator, bytes };
  }
}

/** A line of a text that began with "From " has a `>` before it in a mailbox, and none in a file of its own. */
function unquoted(bytes: Buffer, separator: string): Buffer {
  if (separator === '' || !bytes.includes('>From ')) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1');
}
