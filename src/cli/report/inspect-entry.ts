// One entry of a bundle as a guard reads it: what is understood, and beside it whatever that leaves unsaid.
import { isUtf8 } from 'node:buffer';
import { asMap, decodeCbor } from '../../format/cbor/cbor.js';
import type { EntryId, LogId } from '../../format/ids.js';
import type { BodyReader } from '../../format/log/body.js';
import { decodeMeta, encodeMeta } from '../../format/log/meta.js';
import { unicodePattern } from '../../format/unicode-pattern.js';
import { formatCard } from '../../identity/card-text.js';
import { isVeiledIntroduction, verifyIntroduction } from '../../topic/message/interpret.js';
import { encodeMessage, type Message, textOf } from '../../topic/message/message.js';
import { veiledLook } from '../../topic/message/message-veiled.js';
import { messageAnywhere, needsNewerVersion } from '../../topic/payload.js';
import { cborNotation } from './cbor-notation.js';
import type { Content, EntryItem, EntryPlace, IntroductionItem, MessageInside } from './inspect-item.js';

interface Place {
  readonly log: LogId;
  readonly seq: number;
  readonly id: EntryId;
}

/** A place in a segment. */
interface PlaceInside extends Place {
  /** It holds this entry 0 and nothing else. */
  readonly isAlone: boolean;
}

/** Keys of an introduction that the item tells. */
const INTRODUCTION_KEYS = 5;
// Control characters other than line breaks and tabs: then it is no text.
const noText = unicodePattern(String.raw`(?![\n\t\r])\p{Cc}`);

/** The entry as an item. */
export function entryItem({ isAlone, ...place }: PlaceInside, entry: BodyReader): EntryItem | IntroductionItem {
  const { payload } = entry;
  const said = { seq: place.seq, meta: entry.meta, payload };
  const common = { ...place, ...metaOf(entry.meta), needsNewer: needsNewerVersion(said) };
  const introduction = isAlone && payload ? introductionItem(common, payload) : undefined;
  if (introduction) return introduction;
  const message = common.needsNewer ? undefined : messageAnywhere(said);
  return {
    type: 'entry',
    ...common,
    size: entry.payloadLength,
    dropped: payload ? null : Buffer.from(entry.payloadHash, 'latin1').toString('hex'),
    sealed: sealedIn(place.seq, entry),
    message: message ? messageInside(message) : null,
    rest: payload && !(message && tellsAll(message, payload)) ? contentOf(payload) : null,
  };
}

function sealedIn(seq: number, entry: BodyReader): EntryItem['sealed'] {
  if (seq === 0) return isVeiledIntroduction(entry) ? 'introduction' : null;
  return (entry.payload && veiledLook(entry.payload)) ?? null;
}

/** Bytes in the most readable form that leaves nothing out. */
export function contentOf(bytes: Buffer): Content {
  const cbor = decodeCbor(bytes);
  if (cbor !== undefined && typeof cbor === 'object') return { form: 'cbor', value: cborNotation(cbor) };
  const text = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  if (text !== undefined && !noText().test(text)) return { form: 'text', value: text };
  return { form: 'hex', value: bytes.toString('hex') };
}

function metaOf(bytes: Buffer): Pick<EntryPlace, 'meta' | 'metaHex'> {
  const meta = decodeMeta(bytes);
  return { meta, metaHex: encodeMeta(meta).equals(bytes) ? null : bytes.toString('hex') };
}

function introductionItem(place: EntryPlace, payload: Buffer): IntroductionItem | undefined {
  const found = verifyIntroduction(place.log, payload);
  if (!found) return undefined;
  const { topic, label, author, after = null, signature } = found;
  const keys = [...(asMap(decodeCbor(payload))?.keys() ?? [])];
  return {
    type: 'introduction',
    ...place,
    topic,
    label,
    person: author.person,
    device: author.device,
    name: author.name,
    after,
    card: formatCard(author),
    signature: signature.toString('hex'),
    rest: keys.every((key) => 0 < key && key <= INTRODUCTION_KEYS) ? null : contentOf(payload),
  };
}

function messageInside(message: Message): MessageInside {
  const { clock, type, attachments = [], deps, reply = null, key = null, salt } = message;
  const text = textOf(message) ?? null;
  const words = { time: isoTime(message.time), clock, type, text, attachments, deps, reply, key };
  return { ...words, salt: salt?.toString('hex') ?? null };
}

/** Whether what the item shows of a message is all that its payload holds. */
function tellsAll(message: Message, payload: Buffer): boolean {
  const isShown = textOf(message) !== undefined || message.body === undefined;
  return isShown && isEncodedBy(message, payload);
}

function isEncodedBy(message: Message, payload: Buffer): boolean {
  try {
    return isoTime(message.time) !== null && encodeMessage(message).equals(payload);
  } catch {
    return false;
  }
}

function isoTime(timeMs: number): string | null {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
