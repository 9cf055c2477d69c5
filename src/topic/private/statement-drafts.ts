// A new statement as the control entries that bring it, with what others may lack of its past (spec/private.md, "Citing", "With its
// past").
import { SatchelError } from '../../format/error.js';
import type { Digest } from '../../format/ids.js';
import { CARRIED_STATEMENTS_MAX } from '../../format/limits.js';
import type { Signed } from '../../format/private/signed.js';
import type { KnownBody } from '../../format/private/statement-body.js';
import type { Secrets } from '../../identity/secrets.js';
import type { Self } from '../../identity/self.js';
import { carriedPast } from '../members/carried-past.js';
import { planCiting } from '../members/citing.js';
import type { Placed } from '../members/graph.js';
import { type SignedStatement, writeStatement } from '../members/signed-statement.js';
import type { TopicView } from './topic-view.js';

/** Who signs statements. */
export interface StatementAuthor {
  readonly self: Pick<Self, 'person' | 'device'>;
  readonly secrets: Pick<Secrets, 'device'>;
  /** The own card's bytes. */
  readonly card: Buffer;
}

/** A statement that was written, and is held in the view from now on. */
export interface NewStatement {
  readonly statement: SignedStatement;
  readonly placed: Placed;
  /** What goes before it, in groups for one control entry each: merges, and statements of others. */
  readonly before: readonly (readonly Signed[])[];
}

/** Writes a statement that cites all heads of the view, unless others are given. @throws SatchelError `over-limit` */
export function newStatement(
  view: Pick<TopicView, 'topic' | 'held' | 'signed'>,
  author: StatementAuthor,
  body: KnownBody,
  timeMs: number,
  heads: readonly Placed[] = view.held.graph.heads(),
): NewStatement {
  const { held, topic } = view;
  const { card, secrets, self } = author;
  const write = (prev: SignedStatement['prev'], said: KnownBody): SignedStatement =>
    writeStatement({ topic, card, prev, timeMs, body: said }, secrets.device);
  const plan = planCiting(held.resolution, heads, self.person);
  const merges: SignedStatement[] = [];
  for (const ids of plan.merges) {
    const last = merges.at(-1);
    merges.push(write(last ? [last.id, ...ids] : ids, { kind: 'merge' }));
  }
  const last = merges.at(-1);
  const statement = write(last ? [last.id, ...plan.prev] : plan.prev, body);
  held.take([...merges, statement]);
  const placed = held.graph.get(statement.id);
  if (!placed) throw tooMany();
  const carried = carriedPast(held.resolution, placed, () => NOBODY).flat();
  const others = carried.flatMap(({ id }) => view.signed.get(id) ?? []);
  return { statement, placed, before: packed([...others, ...merges]) };
}

/** Beyond so many statements of one device nobody takes another, itself included. */
function tooMany(): SatchelError {
  return new SatchelError('over-limit', 'nothing more that this device states about the topic would count', {
    hint: 'go on with another of your devices, or in a new topic',
  });
}

/** The statements in as many groups as control entries take. */
export function packed(all: readonly Signed[]): readonly (readonly Signed[])[] {
  const groups: Signed[][] = [];
  let bytes = 0;
  for (const one of all) {
    const group = groups.at(-1);
    const isFull = !group || group.length === CARRIED_STATEMENTS_MAX || bytes + one.bytes.length > ENTRY_BYTES;
    if (isFull) groups.push([one]);
    else group.push(one);
    bytes = (isFull ? 0 : bytes) + one.bytes.length + SIGNATURE_BYTES;
  }
  return groups;
}

/** Lists by these digests, as far as they are held. */
export function signedLists(
  digests: readonly Digest[],
  listOf: (digest: Digest) => Signed | undefined,
): readonly Signed[] {
  return digests.flatMap((digest) => listOf(digest) ?? []);
}

const NOBODY: ReadonlySet<never> = new Set();
/** Clear of what an entry takes. */
const ENTRY_BYTES = 40_000;
const SIGNATURE_BYTES = 80;
