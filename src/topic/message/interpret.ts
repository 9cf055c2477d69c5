// What the repository cannot know by itself of the payloads it stores: it asks here (spec/message.md, "Reading").

import { SatchelError } from '../../format/error.js';
import { idBytes, type LogId } from '../../format/ids.js';
import type { BodyReader } from '../../format/log/body.js';
import {
  decodeIntroduction,
  type Introduction,
  introductionMessage,
  sealedIntroductionIn,
} from '../../format/log/introduction.js';
import { recall } from '../../format/lru.js';
import { ownBytes } from '../../format/own-bytes.js';
import { sha256Latin1 } from '../../format/platform.js';
import type { EpochKeys } from '../../format/private/epoch.js';
import { verifySignature } from '../../format/signature/signature.js';
import { type Card, decodeCard } from '../../identity/card.js';
import type { Interpreter } from '../../repository/index/ingest.js';
import type { Introduced } from '../../repository/index/introduction-record.js';
import type { LogsHere } from '../../repository/index/payload-notes.js';
import { decodeAckBody } from '../acks/acks.js';
import { isLabel } from '../rendezvous.js';
import type { TopicKeyring } from './keyring.js';
import { ACK, decodeMessage } from './message.js';
import { saysAgain } from './message-again.js';
import { readClock } from './message-clock.js';
import { hasLinks } from './message-links.js';
import { isEvent, veiledLook } from './message-veiled.js';
import { Opener } from './opener.js';

/** Introductions whose judgement is remembered: an import asks about each, and then the index does. */
const RECENT_MAX = 4_096;

interface Judged {
  readonly introduction: VerifiedIntroduction | undefined;
}

const recent = new Map<string, Judged>();

/** An introduction whose card and device signature are right. */
export interface VerifiedIntroduction extends Introduction {
  readonly author: Card;
}

const NO_KEYS: TopicKeyring = Object.freeze({ secrets: new Map(), isLocked: false });

/** What an interpreter opens with. */
interface Opening {
  readonly keyring: TopicKeyring;
  readonly opener: Opener;
}

/** By interpreter: who has a repository asks for its keys here, and nobody hands them on from one to the next. */
const openings = new WeakMap<Interpreter, Opening>();

/** The keys that a repository's logs are opened with. */
export function keyringOf({ interpreter }: { readonly interpreter: Interpreter }): TopicKeyring {
  return openings.get(interpreter)?.keyring ?? NO_KEYS;
}

/** The epoch that an entry of a veiled log is sealed under; undefined where no key that is here opens it. */
export function epochUnder(
  { interpreter }: { readonly interpreter: Interpreter },
  place: { readonly log: LogId; readonly seq: number },
  payload: Buffer,
): EpochKeys | undefined {
  return openings.get(interpreter)?.opener.epochUnder(place, payload);
}

/** The interpreter of topics; with keys, what opens with them is read as if it had never been sealed. */
export function createInterpreter(keyring: TopicKeyring = NO_KEYS, { remembered }: Remembering = {}): Interpreter {
  return interpreterOf(keyring, remembered);
}

/** For tests. */
interface Remembering {
  /** Of so many logs is remembered which keys open them. */
  readonly remembered?: number;
}

function interpreterOf(keyring: TopicKeyring, remembered: number | undefined, logs?: LogsHere): Interpreter {
  const opener = new Opener(keyring, logs, remembered);
  const ofMessages = { clock: readClock, isAck, isEvent, isCopy: saysAgain, hasLinks };
  const interpreter: Interpreter = {
    introduction: (log, payload) => introducedBy(log, payload, opener),
    placement: (log, payload) => decodeIntroduction(payload) ?? opener.introduction(log, payload),
    placed: (log, topic, payload) => opener.placed(log, topic, payload),
    among: (others) => interpreterOf(keyring, remembered, others),
    isVeiled,
    isSealed: (bytes, from, end) => veiledLook(bytes, from, end) !== undefined,
    opened: (place, entry) => {
      // almost nobody has any: then no payload is even looked at
      const payload = keyring.secrets.size > 0 ? entry.payload : undefined;
      const said = payload && veiledLook(payload) && opener.open(place, payload);
      return typeof said === 'string' ? undefined : said;
    },
    whyUnopened: (place, payload) => {
      const said = veiledLook(payload) && opener.open(place, payload);
      if (typeof said !== 'string') return undefined;
      return said === 'waiting' && keyring.isLocked ? 'locked' : said;
    },
    ...ofMessages,
  };
  openings.set(interpreter, { keyring, opener });
  return interpreter;
}

/**
 * The introduction of this log, or undefined when the payload is none, for another log, or signed by anyone else. Those
 * judged last are remembered.
 */
export function verifyIntroduction(log: LogId, payload: Buffer): VerifiedIntroduction | undefined {
  const name = `${log}${sha256Latin1(payload)}`;
  return recall(recent, name, RECENT_MAX, () => ({ introduction: judge(log, decodeIntroduction(payload)) }))
    .introduction;
}

function judge(log: LogId, introduction: Introduction | undefined): VerifiedIntroduction | undefined {
  const author = introduction && isLabel(introduction.label) ? readCard(introduction.card) : undefined;
  if (!introduction || !author) return undefined;
  const message = introductionMessage(log, introduction.topic, author.person, introduction.after);
  if (!verifySignature(idBytes(author.device), message, introduction.signature)) return undefined;
  // it is remembered, and pieces of the payload would keep all that this was read from
  return { ...introduction, card: author.bytes, signature: ownBytes(introduction.signature), author };
}

function introducedBy(log: LogId, payload: Buffer, opener: Opener): Introduced | undefined {
  const introduction = verifyIntroduction(log, payload) ?? judge(log, opener.introduction(log, payload));
  if (!introduction) return undefined;
  const { topic, author, after } = introduction;
  opener.placed(log, topic, payload);
  return { topic, person: author.person, device: author.device, continues: after !== undefined, after: after?.log };
}

function readCard(bytes: Buffer): Card | undefined {
  try {
    return decodeCard(bytes);
  } catch (error) {
    // A stranger's nonsense makes one log unplaceable, never an import fail. A bug of ours must not: what is indexed
    // without its introduction stays out of its topic.
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

/** Whether an entry 0 is the introduction of a veiled log. */
export function isVeiledIntroduction({ payload, metaLength }: Pick<BodyReader, 'payload' | 'metaLength'>): boolean {
  return payload !== undefined && metaLength === 0 && isVeiled(payload);
}

/** Whether a log that begins with the payload is veiled. */
function isVeiled(payload: Buffer): boolean {
  return sealedIntroductionIn(payload) !== undefined;
}

/**
 * Whether the payload of a housekeeping entry is an ack that can be understood; of what is sealed, whether it can be one for who
 * has the key.
 */
export function isAck(payload: Buffer): boolean {
  if (veiledLook(payload) === 'acknowledgement') return true;
  const message = decodeMessage(payload);
  return message?.type === ACK && decodeAckBody(message.body) !== undefined;
}
