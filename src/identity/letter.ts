// A letter: it invites somebody into a private topic, with the keys to read it (spec/epochs.md, "Letters"). The sealed file around
// it is letter-file.ts.
import {
  asBytes,
  asInteger,
  asList,
  asMap,
  type Cbor,
  decodeCbor,
  encodeCbor,
  hasCriticalKey,
} from '../format/cbor/cbor.js';
import { DOMAINS } from '../format/domains.js';
import { SatchelError } from '../format/error.js';
import { type DeviceKey, idBytes, type LogId, type PersonId, type StatementId } from '../format/ids.js';
import {
  LETTER_DAYS,
  LETTER_EPOCHS_MAX,
  LETTER_HEADS_MAX,
  LETTER_LOGS_MAX,
  LETTER_STATEMENTS_MAX,
} from '../format/limits.js';
import { ascendingIds, readIdItem } from '../format/private/ascending.js';
import {
  controlEpochsIn,
  type EpochKeys,
  epochFits,
  epochItems,
  mergedEpochs,
  wholeEpochsIn,
} from '../format/private/epoch.js';
import { type Signed, signedIn, signedItems } from '../format/private/signed.js';
import { publicKeyOf, sign, verifySignature } from '../format/signature/signature.js';
import type { Card } from './card.js';
import { cardIn } from './card-item.js';

const DAY_MS = 86_400_000;

/** What a letter says besides who wrote it. */
export interface LetterFields {
  /** The topic's create statement. */
  readonly statement: Buffer;
  /** Heads first, then their ancestors, newest first. */
  readonly epochs: readonly EpochKeys[];
  /** Of members. */
  readonly logs: readonly LogId[];
  /** The grant first, unless the invitee owns the topic. */
  readonly statements: readonly Signed[];
  /** Whom it invites. */
  readonly person: PersonId;
  /** Those that the inviter holds. */
  readonly heads: readonly StatementId[];
  /** The unix day on which it was made. */
  readonly day: number;
}

/** A letter whose signature holds; its epochs are those whose ids fit. */
export interface Letter extends LetterFields {
  /** The inviter's. */
  readonly card: Card;
}

/** Why somebody may join: it owns the topic, or a statement in the letter grants it; `none`: neither. */
export type LetterStanding = 'owner' | 'granted' | 'none';

/** The letter of the device with this seed, whose card it is; before it is sealed. */
export function createLetter(
  fields: LetterFields,
  card: Pick<Card, 'device' | 'bytes'>,
  deviceSeed: Uint8Array,
): Buffer {
  const device = publicKeyOf(deviceSeed).toString('hex') as DeviceKey;
  if (device !== card.device) throw new RangeError('a letter is signed by the device of its card');
  const map = letterMap(fields, card);
  map.set(KEY.signature, sign(deviceSeed, letterMessage(map)));
  const bytes = encodeCbor(map);
  decodeLetter(bytes);
  return bytes;
}

/** Bytes of a letter that says so much, before it is sealed. */
export function letterSize(fields: LetterFields, card: Pick<Card, 'bytes'>): number {
  return encodeCbor(letterMap(fields, card).set(KEY.signature, Buffer.alloc(SIGNATURE_BYTES))).length;
}

/**
 * The letter in these bytes, its signature verified; whom it is for is for the caller to see.
 * @throws SatchelError `bad-letter` when it is none
 */
export function decodeLetter(bytes: Uint8Array): Letter {
  const map = asMap(decodeCbor(bytes));
  if (!map || hasCriticalKey(map)) throw badLetter('is none, or made by a newer version');
  const card = cardIn(map.get(KEY.card), badLetter);
  const fields = fieldsIn(map);
  if (!fields) throw badLetter('is not in its form');
  const signature = asBytes(map.get(KEY.signature), SIGNATURE_BYTES);
  const signed = new Map([...map].filter(([key]) => key !== KEY.signature));
  if (!signature || !verifySignature(idBytes(card.device), letterMessage(signed), signature)) {
    throw badLetter('is not signed by the device of its card');
  }
  return { ...fields, card };
}

/**
 * Passes a letter that invites this person now; `now` is the own clock in ms.
 * @throws SatchelError `bad-letter` for somebody else's, one that is too old, or one that gives no role
 */
export function assertInvited(
  letter: Pick<Letter, 'person' | 'day'>,
  { person, now, standing }: { readonly person: PersonId; readonly now: number; readonly standing: LetterStanding },
): void {
  if (letter.person !== person) throw badLetter('is for somebody else');
  const age = Math.floor(now / DAY_MS) - letter.day;
  if (age > LETTER_DAYS) throw badLetter(`was made ${age} days ago, and counts for ${LETTER_DAYS}`);
  if (standing === 'none') throw badLetter('does not say that it makes you a member');
}

/** The refusal of a letter: `bad-letter`. */
export function badLetter(problem: string, cause?: unknown): SatchelError {
  return new SatchelError('bad-letter', `the letter ${problem}`, { hint: 'ask for a new one', cause });
}

function letterMap(fields: LetterFields, card: Pick<Card, 'bytes'>): Map<number, Cbor> {
  const { whole, control } = epochItems(fields.epochs);
  return new Map<number, Cbor>([
    [KEY.statement, fields.statement],
    [KEY.epochs, whole],
    [KEY.logs, [...fields.logs].sort().map(idBytes)],
    [KEY.card, card.bytes],
    [KEY.statements, signedItems(fields.statements)],
    [KEY.person, idBytes(fields.person)],
    [KEY.heads, [...fields.heads].sort().map(idBytes)],
    [KEY.day, fields.day],
    ...(control.length > 0 ? ([[KEY.control, control]] as const) : []),
  ]);
}

function fieldsIn(map: ReadonlyMap<number, Cbor>): LetterFields | undefined {
  const statement = asBytes(map.get(KEY.statement));
  const person = readIdItem<PersonId>(map.get(KEY.person));
  const day = asInteger(map.get(KEY.day));
  const logs = ascendingIds<LogId>(asList(map.get(KEY.logs)), LETTER_LOGS_MAX);
  const heads = ascendingIds<StatementId>(asList(map.get(KEY.heads)), LETTER_HEADS_MAX);
  const statements = signedIn(map.get(KEY.statements));
  const epochs = epochKeysIn(map);
  if (!statement || person === undefined || day === undefined || !logs || !heads || !epochs) return undefined;
  if (!statements || statements.length > LETTER_STATEMENTS_MAX) return undefined;
  return { statement: Buffer.from(statement), epochs, logs, statements, person, heads, day };
}

/** Those whose ids fit: who lies about one has not made the others wrong. */
function epochKeysIn(map: ReadonlyMap<number, Cbor>): EpochKeys[] | undefined {
  const whole = wholeEpochsIn(map.get(KEY.epochs));
  const control = map.has(KEY.control) ? controlEpochsIn(map.get(KEY.control)) : [];
  if (!whole || !control || Math.max(whole.length, control.length) > LETTER_EPOCHS_MAX) return undefined;
  return mergedEpochs(whole.filter(epochFits), control.filter(epochFits));
}

function letterMessage(map: ReadonlyMap<number, Cbor>): Buffer {
  return Buffer.concat([Buffer.from(DOMAINS.letter, 'latin1'), encodeCbor(map)]);
}

const KEY = {
  statement: 1,
  epochs: 2,
  logs: 3,
  card: 4,
  statements: 5,
  person: 6,
  heads: 7,
  signature: 8,
  day: 9,
  control: 10,
} as const;
const SIGNATURE_BYTES = 64;
