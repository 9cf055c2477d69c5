// Files that somebody gives to the page, one after the other: what each is, and what became of it.
import { SatchelError } from '../format/error.js';
import type { PersonId } from '../format/ids.js';
import { isSealed } from '../format/sealed/header.js';
import { type ByteSource, sourceOf } from '../format/source.js';
import { CARD_PREFIX, parseCards } from '../identity/card-text.js';
import type { Brought, Shelf } from './shelf.js';
import { contentOf, identitiesIn, type Keys } from './unseal.js';

/** Bytes of the largest file that is opened: all of it is in memory at once. */
export const FILE_MAX = 67_108_864;
/** No file of keys, and no text with cards, is longer. */
const TEXT_MAX = 1_048_576;

/** A file as the browser hands it over. */
export interface GivenFile {
  readonly name: string;
  readonly size: number;
  read(): Promise<Buffer>;
}

/** What became of a file. */
export type Outcome =
  | { readonly kind: 'bundle'; readonly brought: Brought; readonly wasSealed: boolean }
  | { readonly kind: 'cards'; readonly cards: readonly { readonly person: PersonId; readonly name: string }[] }
  /** Age identities were in it: they open what is sealed to them from now on. */
  | { readonly kind: 'keys'; readonly count: number }
  /** It is sealed, and no key that is here opens it. */
  | { readonly kind: 'waiting'; readonly error: SatchelError }
  | { readonly kind: 'refused'; readonly error: SatchelError };

/** A file with what became of it. */
export interface Taken {
  readonly file: GivenFile;
  readonly outcome: Outcome;
}

/** Takes files, and keys for those that are sealed. */
export interface Intake {
  /** Takes a file. */
  take(file: GivenFile): Promise<Taken>;
  /** Notes an identity or a passphrase; false when it is neither. */
  addKey(text: string): boolean;
}

/** An intake that puts bundles on the shelf. */
export function openIntake(shelf: Shelf): Intake {
  const identities = new Set<string>();
  const passphrases = new Set<string>();
  const addIdentities = (text: string): number => {
    const found = identitiesIn(text);
    for (const identity of found) identities.add(identity);
    return found.length;
  };
  const take = async (file: GivenFile): Promise<Outcome> => {
    try {
      if (file.size > FILE_MAX) throw tooLarge(file.size);
      return await outcomeOf(sourceOf(await file.read()), { shelf, keys: { identities, passphrases }, addIdentities });
    } catch (error) {
      return failed(error);
    }
  };
  return {
    take: async (file) => ({ file, outcome: await take(file) }),
    addKey(text) {
      if (addIdentities(text) > 0) return true;
      if (text !== '') passphrases.add(text);
      return text !== '';
    },
  };
}

interface Around {
  readonly shelf: Shelf;
  readonly keys: Keys;
  readonly addIdentities: (text: string) => number;
}

async function outcomeOf(source: ByteSource, { shelf, keys, addIdentities }: Around): Promise<Outcome> {
  const wasSealed = isSealed(source);
  const content = await contentOf(source, keys);
  const text = textOf(content);
  const count = text === undefined ? 0 : addIdentities(text.toString('latin1'));
  if (count > 0) return { kind: 'keys', count };
  if (text?.includes(CARD_PREFIX)) return { kind: 'cards', cards: parseCards(text) };
  return { kind: 'bundle', brought: shelf.add(content), wasSealed };
}

/** The bytes of what may be a text: it has no NUL in it. */
function textOf({ size, read }: ByteSource): Buffer | undefined {
  if (size > TEXT_MAX) return undefined;
  const bytes = read(0, size);
  return bytes.includes(0) ? undefined : bytes;
}

function failed(error: unknown): Outcome {
  if (error instanceof SatchelError) {
    const isWaiting = WAITING.has(error.code);
    return { kind: isWaiting ? 'waiting' : 'refused', error };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const hint = 'this is a bug in satchel; the program may open it: satchel import';
  return { kind: 'refused', error: new SatchelError('internal', `unexpected: ${message}`, { hint, cause: error }) };
}

/** What another key or passphrase may help with. */
const WAITING: ReadonlySet<string> = new Set(['sealed', 'locked', 'wrong-passphrase']);

function tooLarge(size: number): SatchelError {
  return new SatchelError('over-limit', `file has ${size} bytes, and a page opens ${FILE_MAX}`, {
    hint: 'use the program: satchel import',
  });
}
