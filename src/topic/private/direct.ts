// Direct topics: what some people begin by writing to each other, under an id that each of them finds alone (spec/private.md, "Direct
// topics").
import type { PersonId } from '../../format/ids.js';
import { LABEL_MAX } from '../../format/limits.js';
import {
  type CreateStatement,
  decodeCreateStatement,
  encodeCreateStatement,
  type TopicPolicy,
} from '../../format/private/create-statement.js';
import { acceptedContact, type Decided } from '../../identity/relations.js';

/** The label that every direct topic has in its id; readers call it by its people. */
const DIRECT_LABEL = 'direct';

/** The direct topic of these owners; `counter` is above 0 where one of them left an earlier one. */
export function directTopic(owners: readonly PersonId[], counter: number): CreateStatement {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUInt32BE(counter, NONCE_BYTES - 4);
  return decodeCreateStatement(encodeCreateStatement({ nonce, owners, label: DIRECT_LABEL }));
}

/** Whether a topic is a direct one: its id follows from its owners and a small number. */
export function isDirect({ policy }: Pick<CreateStatement, 'policy'>): boolean {
  return policy?.label === DIRECT_LABEL && policy.nonce.subarray(0, NONCE_BYTES - 4).every((byte) => byte === 0);
}

/** What it is called here: by its other people, as far as they are contacts. */
export function directLabel({ owners }: TopicPolicy, { self, contacts }: Pick<Decided, 'self' | 'contacts'>): string {
  const others = owners.filter((owner) => owner !== self.person);
  const names = others.map((person) => acceptedContact({ contacts }, person)?.petname ?? person.slice(0, ID_DIGITS));
  return cut(names.sort().join(', '));
}

function cut(text: string): string {
  let label = text;
  while (Buffer.byteLength(label) > LABEL_MAX) label = [...label].slice(0, -1).join('');
  return label.trim();
}

const NONCE_BYTES = 16;
const ID_DIGITS = 10;
