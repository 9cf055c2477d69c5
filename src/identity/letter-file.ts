// A letter as a sealed file, as text, and no longer than one may be (spec/epochs.md, "Letters").
import { encodeCbor } from '../format/cbor/cbor.js';
import type { Cbor } from '../format/cbor/value.js';
import { SatchelError } from '../format/error.js';
import {
  LETTER_EPOCHS_MAX,
  LETTER_HEADS_MAX,
  LETTER_LOGS_MAX,
  LETTER_MAX,
  LETTER_STATEMENTS_MAX,
} from '../format/limits.js';
import { type EpochKeys, epochItems } from '../format/private/epoch.js';
import { signedItems } from '../format/private/signed.js';
import { sealedHeaderSize } from '../format/sealed/header.js';
import { payloadSize } from '../format/sealed/payload.js';
import type { Card } from './card.js';
import type { FileKeys } from './file-keys.js';
import { badLetter, createLetter, decodeLetter, type Letter, type LetterFields, letterSize } from './letter.js';
import { pastedBytes } from './pasted-bytes.js';
import { canSealTo, shuffledRecipients } from './recipients.js';
import { openSealedBytes, sealBytes } from './sealed-bytes.js';

/** What a letter's text begins with. */
const LETTER_PREFIX = 'satchelletter1:';

/** Who writes a letter, and to which keys of the invitee's devices (32 bytes each). */
export interface LetterWriting {
  readonly card: Pick<Card, 'device' | 'bytes'>;
  readonly deviceSeed: Uint8Array;
  readonly recipients: readonly Buffer[];
  readonly random: (size: number) => Buffer;
  /** Whether the first statement is the grant, without which the letter is none. */
  readonly isGranted: boolean;
}

/** A letter that was written. */
export interface LetterFile {
  readonly file: Buffer;
  /** Of the epochs that were given those that found room. */
  readonly epochs: readonly EpochKeys[];
}

/**
 * The letter as a sealed file, with as much of what is given as finds room, of epochs at least the newest.
 * @throws SatchelError `over-limit` when not even the grant and the newest epoch do, `bad-card` when nothing can be sealed to the
 *   invitee
 */
export async function writeLetter(fields: LetterFields, writing: LetterWriting): Promise<LetterFile> {
  const { card, deviceSeed, random } = writing;
  const recipients = shuffledRecipients(writing.recipients.filter(canSealTo), random);
  if (recipients.length === 0) throw new SatchelError('bad-card', 'nothing can be sealed to the key on the card');
  const fitting = fittingFields(fields, writing, recipients.length);
  const file = await sealBytes(createLetter(fitting, card, deviceSeed), recipients, random);
  return { file, epochs: fitting.epochs };
}

/**
 * The letter in a sealed file.
 * @throws SatchelError `bad-letter` when it is none, `sealed` when no key here opens it, `locked`, `wrong-passphrase`
 */
export async function openLetter(file: Buffer, keys: FileKeys): Promise<Letter> {
  if (file.length > LETTER_MAX) throw badLetter(`has ${file.length} bytes, at most ${LETTER_MAX} are allowed`);
  return decodeLetter(await openedBytes(file, keys));
}

/** The letter's file as one line. */
export function formatLetter(file: Buffer): string {
  return LETTER_PREFIX + file.toString('base64url');
}

/**
 * The file of the one letter in a text.
 * @throws SatchelError `bad-letter` when there is none, or it is mistyped
 */
export function parseLetter(text: string): Buffer {
  const pasted = pastedBytes(text, LETTER_PREFIX);
  if (!pasted) {
    const hint = `a letter is the text that begins with "${LETTER_PREFIX}"`;
    throw new SatchelError('bad-letter', 'no letter found', { hint });
  }
  // one file, one text
  if (pasted.bytes.length === 0 || !pasted.isWhole) throw badLetter('is cut off or mistyped');
  return pasted.bytes;
}

async function openedBytes(file: Buffer, keys: FileKeys): Promise<Buffer> {
  try {
    return await openSealedBytes(file, keys);
  } catch (cause) {
    if (!(cause instanceof SatchelError) || !NO_SEALED_FILE.has(cause.code)) throw cause;
    throw badLetter(`is none: ${cause.message}`, cause);
  }
}

/** What a file may be that is no sealed one of ours. */
const NO_SEALED_FILE: ReadonlySet<string> = new Set(['bad-bundle', 'over-limit', 'newer-version']);

/** What goes in, the most needed first: who holds the newest epoch and logs gets the rest by links and with them. */
function fittingFields(fields: LetterFields, { card, isGranted }: LetterWriting, recipients: number): LetterFields {
  const { epochs, logs, statements, heads } = fields;
  const isWhole = ({ data }: EpochKeys): boolean => data !== undefined;
  const control = epochs.filter((one) => !isWhole(one));
  const [newest, ...older] = epochs.some(isWhole) ? epochs.filter(isWhole) : control.splice(0, 1);
  const needed = isGranted ? 1 : 0;
  const first = { epochs: newest ? [newest] : [], statements: statements.slice(0, needed) };
  const others = statements.slice(needed, LETTER_STATEMENTS_MAX);
  const room = new Room(LETTER_MAX - sealedHeaderSize(recipients) - payloadSize(0) - LIST_HEADS);
  room.take(letterSize({ ...fields, ...first, logs: [], heads: [] }, card));
  const taken = {
    logs: room.fill(logs.slice(0, LETTER_LOGS_MAX), () => ID_ITEM),
    heads: room.fill(heads.slice(0, LETTER_HEADS_MAX), () => ID_ITEM),
    statements: room.fill(others, (one) => itemSize(signedItems([one]))),
    older: room.fill(older.slice(0, LETTER_EPOCHS_MAX - 1), epochSize),
    control: room.fill(control.slice(0, LETTER_EPOCHS_MAX), epochSize),
  };
  return {
    ...fields,
    logs: taken.logs,
    heads: taken.heads,
    statements: [...first.statements, ...taken.statements],
    epochs: [...first.epochs, ...taken.older, ...taken.control],
  };
}

function epochSize(epoch: EpochKeys): number {
  const { whole, control } = epochItems([epoch]);
  return itemSize([...whole, ...control]);
}

/** The bytes of the one item in a list, without the list's own. */
function itemSize(list: readonly Cbor[]): number {
  return encodeCbor(list).length - 1;
}

/** What is left of a letter's bytes. */
class Room {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @throws SatchelError `over-limit` when it is too much */
  take(bytes: number): void {
    if (bytes > this.#left) throw new SatchelError('over-limit', 'the invitation is too long for a letter');
    this.#left -= bytes;
  }

  /** Those that find room, in their order. */
  fill<T>(items: readonly T[], sizeOf: (item: T) => number): T[] {
    return items.filter((item) => {
      const size = sizeOf(item);
      if (size > this.#left) return false;
      this.#left -= size;
      return true;
    });
  }
}

/** An id as an item of a list. */
const ID_ITEM = 34;
/** What longer lists say of their lengths, and the key of a list that may be absent. */
const LIST_HEADS = 12;
