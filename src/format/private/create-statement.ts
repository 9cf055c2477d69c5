// What a private topic begins with (spec/private.md, "Topic"): who owns it and by which rules. The topic's id is its hash, so
// that neither can be changed.
import { asBytes, asInteger, asList, asMap, asText, type Cbor, decodeCbor, encodeCbor } from '../cbor/cbor.js';
import { HASH_PREFIXES } from '../domains.js';
import { SatchelError } from '../error.js';
import { idBytes, type PersonId, type TopicId } from '../ids.js';
import { labelProblem } from '../label.js';
import { CREATE_STATEMENT_MAX, OWNERS_MAX } from '../limits.js';
import { sha256 } from '../platform.js';
import { ascendingIds } from './ascending.js';

/** Who may do what in a private topic, by rules 1: its owners alone say who is a member, and every member has the whole history. */
export interface TopicPolicy {
  /** 16 bytes that make one topic another than the next. */
  readonly nonce: Buffer;
  /** 1 to 16 people, ascending. */
  readonly owners: readonly PersonId[];
  readonly label: string;
}

/** A create statement that was read. */
export interface CreateStatement {
  readonly topic: TopicId;
  readonly bytes: Buffer;
  /** 1, or what a later version knows. */
  readonly rules: number;
  /** Undefined under other rules: such a topic needs a newer version, and is carried only. */
  readonly policy: TopicPolicy | undefined;
}

/**
 * The create statement of a topic by rules 1; owners may be given in any order.
 * @throws RangeError when a field is none that it may have
 */
export function encodeCreateStatement({ nonce, owners, label }: TopicPolicy): Buffer {
  const bytes = encodeCbor(
    new Map<number, Cbor>([
      [KEY.rules, RULES],
      [KEY.nonce, nonce],
      [KEY.owners, [...owners].sort().map(idBytes)],
      [KEY.history, HISTORY_FULL],
      [KEY.label, label],
    ]),
  );
  if (!policyIn(decodeCbor(bytes))) throw new RangeError('a create statement that is none');
  return bytes;
}

/**
 * The create statement in these bytes, of whatever rules.
 * @throws SatchelError `bad-letter` when they are none: letters and welcomes bring it
 */
export function decodeCreateStatement(bytes: Uint8Array): CreateStatement {
  const own = Buffer.from(bytes);
  const map = own.length <= CREATE_STATEMENT_MAX ? asMap(decodeCbor(own)) : undefined;
  const rules = asInteger(map?.get(KEY.rules));
  const policy = rules === RULES ? policyIn(map) : undefined;
  if (rules === undefined || (rules === RULES && !policy)) {
    throw new SatchelError('bad-letter', 'what the topic begins with is not in its form', {
      hint: 'ask for a new invitation',
    });
  }
  return { topic: privateTopic(own), bytes: own, rules, policy };
}

/** The topic that begins with this statement. */
function privateTopic(createStatement: Uint8Array): TopicId {
  return sha256(Buffer.concat([PREFIX, createStatement])) as TopicId;
}

/** The policy of a map of exactly its five keys. */
function policyIn(value: Cbor | undefined): TopicPolicy | undefined {
  const map = asMap(value);
  const nonce = asBytes(map?.get(KEY.nonce), NONCE_BYTES);
  const owners = ascendingIds<PersonId>(asList(map?.get(KEY.owners)), OWNERS_MAX);
  const label = asText(map?.get(KEY.label));
  const isWhole = map?.size === Object.keys(KEY).length && map.get(KEY.history) === HISTORY_FULL;
  if (!isWhole || !nonce || !owners || owners.length === 0) return undefined;
  if (label === undefined || labelProblem(label) !== undefined) return undefined;
  return { nonce, owners, label };
}

const RULES = 1;
const HISTORY_FULL = 1;
const KEY = { rules: 1, nonce: 2, owners: 3, history: 4, label: 5 } as const;
const NONCE_BYTES = 16;
const PREFIX = Buffer.of(HASH_PREFIXES.privateTopic);
