// What a WebDAV server answers to PROPFIND (RFC 4918, 14.16), read as it comes: whoever writes it may be anybody, so it has few
// levels, few bytes between two tags, no document type and so no entities of its own.
import { SaxesParser } from 'saxes';
import { SatchelError } from '../../format/error.js';

const DAV = 'DAV:';
const DEPTH_MAX = 32;
const TEXT_MAX = 65_536;
/** So much is looked at before it is asked whether a tag has come. */
const STEP = 4_096;
const FINE = /^HTTP\/\S+ 2\d\d\b/;

/** One thing that the server tells of. */
export interface Resource {
  /** As it is told: an absolute URL or a path. */
  readonly href: string;
  readonly isFolder: boolean;
  readonly size: number | undefined;
  readonly etag: string | undefined;
  readonly modified: string | undefined;
}

/** Takes the answer piece by piece. */
export interface MultistatusReader {
  /** @throws SatchelError `io` when it is none, or goes beyond what is read of one */
  add(bytes: Buffer): void;
  /** @throws SatchelError `io` when it is not whole */
  end(): void;
}

type Found = Record<string, string>;

const PROP = 'multistatus/response/propstat/prop/';
const PROPERTIES = ['getcontentlength', 'getetag', 'getlastmodified', 'resourcetype/collection'];

/** Reads one; `each` gets what it tells of. */
export function readMultistatus(each: (resource: Resource) => void): MultistatusReader {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const text = new TextDecoder('utf-8', { fatal: true });
  const told = new Told(each);
  parser.on('error', (error) => {
    throw broken('is not well formed', error);
  });
  parser.on('doctype', () => {
    throw broken('has a document type');
  });
  parser.on('opentag', ({ uri, local }) => told.open(uri === DAV ? local : ''));
  parser.on('text', (more) => told.say(more));
  parser.on('cdata', (more) => told.say(more));
  parser.on('closetag', () => told.close());
  const add = (more: string): void => {
    for (let at = 0; at < more.length; at += STEP) {
      const step = more.slice(at, at + STEP);
      told.pass(step.length);
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
class Told {
  readonly #each: (resource: Resource) => void;
  readonly #path: string[] = [];
  /** Since the last tag. */
  #quiet = 0;
  #words = '';
  #response: Found = {};
  #properties: Found = {};

  constructor(each: (resource: Resource) => void) {
    this.#each = each;
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
    if (depth === 1 && name !== 'multistatus') throw broken('is no multistatus');
    if (depth > DEPTH_MAX) throw broken('has too many levels');
    if (depth === 2) this.#response = {};
    if (depth === 3) this.#properties = {};
    this.#begin();
  }

  close(): void {
    const place = this.#path.join('/');
    const said = this.#words.trim();
    const property = place.startsWith(PROP) ? place.slice(PROP.length) : '';
    if (PROPERTIES.includes(property)) this.#properties[property] = said;
    if (place === 'multistatus/response/propstat/status') this.#properties['status'] = said;
    if (place === 'multistatus/response/status') this.#response['status'] = said;
    if (place === 'multistatus/response/href') this.#response['href'] ??= said;
    // properties that it has, and those that it has not, come apart
    if (place === 'multistatus/response/propstat' && isFine(this.#properties))
      this.#response = { ...this.#properties, ...this.#response };
    if (place === 'multistatus/response') this.#tell();
    this.#path.pop();
    this.#begin();
  }

  #begin(): void {
    this.#quiet = 0;
    this.#words = '';
  }

  #tell(): void {
    const { href } = this.#response;
    if (href !== undefined && isFine(this.#response)) this.#each(resourceOf(href, this.#response));
  }
}

/** A response without properties says with its own status what became of it. */
function isFine({ status }: Found): boolean {
  return status === undefined || FINE.test(status);
}

function resourceOf(href: string, found: Found): Resource {
  const { getcontentlength: size = '', getetag: etag, getlastmodified: modified } = found;
  return {
    href,
    isFolder: 'resourcetype/collection' in found,
    size: /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    etag,
    modified,
  };
}

function broken(what: string, cause?: unknown): SatchelError {
  return new SatchelError('io', `the server's listing ${what}`, {
    cause,
    hint: 'see whether the URL is that of a WebDAV folder',
  });
}
