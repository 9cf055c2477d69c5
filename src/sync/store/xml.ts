// XML that a server sends, read as it comes: whoever writes it may be anybody, so it has few levels, few bytes between two tags, no
// document type and so no entities of its own.
import { SaxesParser } from 'saxes';
import { SatchelError } from '../../format/error.js';

const DEPTH_MAX = 32;
const TEXT_MAX = 65_536;
/** So much is looked at before it is asked whether a tag has come. */
const STEP = 4_096;

/** Takes a document piece by piece. */
export interface XmlReader {
  /** @throws SatchelError `io` when it is no such document, or goes beyond what is read of one */
  add(bytes: Buffer): void;
  /** @throws SatchelError `io` when it is not whole */
  end(): void;
}

/** What is made of it. */
export interface XmlParts {
  /** What the outermost element is called. */
  readonly root: string;
  /** Names of elements count in this namespace only, and are empty in others; absent: in any. */
  readonly namespace?: string;
  /** Told the depth of an element that begins; the outermost has 1. */
  open(depth: number): void;
  /** Told where an element was, as names with slashes between, and what it said behind its last tag. */
  close(place: string, said: string): void;
}

/** Reads one document. */
export function readXml(parts: XmlParts): XmlReader {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const text = new TextDecoder('utf-8', { fatal: true });
  const walk = new Walk(parts);
  parser.on('error', (error) => {
    throw broken('is not well formed', error);
  });
  parser.on('doctype', () => {
    throw broken('has a document type');
  });
  parser.on('opentag', ({ uri, local }) => walk.open(uri === (parts.namespace ?? uri) ? local : ''));
  parser.on('text', (more) => walk.say(more));
  parser.on('cdata', (more) => walk.say(more));
  parser.on('closetag', () => walk.close());
  const add = (more: string): void => {
    for (let at = 0; at < more.length; at += STEP) {
      const step = more.slice(at, at + STEP);
      walk.pass(step.length);
      parser.write(step);
    }
  };
  return {
    add: (bytes) => add(decoded(text, bytes)),
    end: () => {
      add(decoded(text));
      parser.close();
    },
  };
}

/** Without bytes: what was left of a character. */
function decoded(text: InstanceType<typeof TextDecoder>, bytes?: Buffer): string {
  try {
    return bytes ? text.decode(bytes, { stream: true }) : text.decode();
  } catch (error) {
    throw broken('is not UTF-8', error);
  }
}

/** What stands open at this place of the document. */
class Walk {
  readonly #parts: XmlParts;
  readonly #path: string[] = [];
  /** Since the last tag. */
  #quiet = 0;
  #words = '';

  constructor(parts: XmlParts) {
    this.#parts = parts;
  }

  /** So much is to come; a tag may be in it. */
  pass(length: number): void {
    if (this.#quiet > TEXT_MAX) throw broken('has too much between two tags');
    this.#quiet += length;
  }

  say(words: string): void {
    this.#words += words;
  }

  open(name: string): void {
    this.#path.push(name);
    const depth = this.#path.length;
    if (depth === 1 && name !== this.#parts.root) throw broken(`is no ${this.#parts.root}`);
    if (depth > DEPTH_MAX) throw broken('has too many levels');
    this.#parts.open(depth);
    this.#begin();
  }

  close(): void {
    this.#parts.close(this.#path.join('/'), this.#words.trim());
    this.#path.pop();
    this.#begin();
  }

  #begin(): void {
    this.#quiet = 0;
    this.#words = '';
  }
}

function broken(what: string, cause?: unknown): SatchelError {
  return new SatchelError('io', `the server's listing ${what}`, {
    cause,
    hint: 'see whether the URL is right',
  });
}
