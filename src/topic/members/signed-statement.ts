// Statements as bytes with a signature (spec/private.md, "Statements"): written by a device, and read with all that is checked of
// one alone. Whatever is no statement is ignored, so there is no error to tell.
import { SatchelError } from '../../format/error.js';
import type { TopicId } from '../../format/ids.js';
import {
  decodeStatement,
  encodeStatement,
  type StatementContent,
  signStatement,
  statementId,
  verifyStatement,
} from '../../format/private/statement.js';
import type { DevicesBody, KnownBody, SetBody, StatementBody } from '../../format/private/statement-body.js';
import { type Card, decodeCard } from '../../identity/card.js';
import { decodeDeviceList } from '../../identity/device-list.js';
import type { Author, Says, SaysDevices, SaysRole, TopicStatement } from './statement.js';

/** A statement as it is kept and passed on. */
export interface SignedStatement extends TopicStatement {
  readonly bytes: Buffer;
  /** Of the device on the card in it; 64 bytes. */
  readonly signature: Buffer;
  readonly timeMs: number;
  /** The author's card. */
  readonly card: Card;
}

/**
 * A statement signed by the device with this seed, which the card is of.
 * @throws SatchelError `over-limit` when there is more in it than a statement may have
 */
export function writeStatement(content: StatementContent<KnownBody>, deviceSeed: Uint8Array): SignedStatement {
  const bytes = encodeStatement(content);
  const written = readStatement(content.topic, bytes, signStatement(bytes, deviceSeed));
  if (!written) throw new RangeError('a statement that is none');
  return written;
}

/** The statement in these bytes; undefined when they are none of this topic, or the device on its card did not sign them. */
export function readStatement(topic: TopicId, bytes: Uint8Array, signature: Uint8Array): SignedStatement | undefined {
  const content = decodeStatement(bytes);
  const card = content && cardIn(content.card);
  if (!card || content.topic !== topic || !verifyStatement(bytes, card.device, signature)) return undefined;
  return {
    id: statementId(bytes),
    author: authorOf(card),
    prev: content.prev,
    says: saysOf(content.body),
    bytes: Buffer.from(bytes),
    signature: Buffer.from(signature),
    timeMs: content.timeMs,
    card,
  };
}

/** Whose device a card is of, and the generation of what binds it. */
function authorOf({ person, device, binding }: Card): Author {
  return { person, device, generation: binding.generation };
}

function saysOf(body: StatementBody): Says {
  if (body.kind === 'set') return saysRole(body);
  return body.kind === 'devices' ? saysDevices(body) : body;
}

/** The card of who is added tells of a generation, if it is one; what is set does not depend on it. */
function saysRole({ kind, person, role, card, cut }: SetBody): SaysRole {
  const added = card && cardIn(card);
  return { kind, person, role, cut, generation: added?.person === person ? added.binding.generation : undefined };
}

function saysDevices({ kind, list: bytes, signature, cut }: DevicesBody): SaysDevices {
  const list = decodeDeviceList(bytes, signature);
  if (!list) return { kind, list: undefined, cut };
  return { kind, list: { ...list, current: list.current.map(({ device }) => device) }, cut };
}

function cardIn(bytes: Buffer): Card | undefined {
  try {
    return decodeCard(bytes);
  } catch (cause) {
    if (cause instanceof SatchelError) return undefined;
    throw cause;
  }
}
