// What is in a verified bundle or card file, as values for people and programs (spec/cli.md, "verify", "inspect").

import { MANIFEST_NAME, type MemberSize, SIGNATURE_NAME, SIGNATURE_SIZE } from '../../format/bundle/members.js';
import { TAR_BLOCK, tarSizeOf } from '../../format/bundle/tar.js';
import type { BundleVisitor } from '../../format/bundle/verify.js';
import { verifyBundle } from '../../format/bundle/verify.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, LogId, PersonId, TopicId } from '../../format/ids.js';
import { isIntroductionAlone } from '../../format/log/introduction.js';
import { walkSegment } from '../../format/log/segment.js';
import { type ByteSource, readExactly } from '../../format/source.js';
import { type Card, verifyCard } from '../../identity/card.js';
import { parseCards } from '../../identity/card-text.js';
import { isVeiledIntroduction, type VerifiedIntroduction, verifyIntroduction } from '../../topic/message/interpret.js';

/** Entries [from, to) of a log, with what its introduction says if the bundle holds it. */
export interface LogInside {
  readonly log: LogId;
  readonly from: number;
  readonly to: number;
  readonly topic: TopicId | null;
  readonly label: string | null;
  readonly person: PersonId | null;
  /** Self-chosen. */
  readonly name: string | null;
  /** It is of a private topic: only its members can tell which, and whose it is. */
  readonly veiled: boolean;
}

/** The JSON document of `verify` and `inspect`. */
export interface BundleDocument {
  readonly type: 'bundle' | 'card';
  /** It came in a sealed file. */
  readonly sealed: boolean;
  /** Everything in it is valid. */
  readonly ok: boolean;
  /** The key that signed it. */
  readonly by: DeviceKey | null;
  /** ISO 8601, what the maker's clock said. */
  readonly created: string | null;
  /** As tar lists them. */
  readonly members: readonly MemberSize[];
  readonly logs: readonly LogInside[];
  readonly entries: number;
  readonly bytes: number;
  readonly blobs: number;
  readonly for: readonly PersonId[];
  readonly epoch: string | null;
  readonly serial: number | null;
  /** The maker, when the bundle carries the card of the device that signed it. */
  readonly person: PersonId | null;
  readonly name: string | null;
  readonly refused: readonly { readonly log: LogId; readonly code: string; readonly message: string }[];
  readonly cards: readonly CardInside[];
}

/** A card as a value. */
export interface CardInside {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly name: string;
  readonly serial: number;
}

/**
 * Verifies the bundle to the last byte, `visitor` riding along, and says what is in it.
 * @throws SatchelError as `verifyBundle`
 */
export function summarizeBundle(source: ByteSource, visitor: BundleVisitor = {}): BundleDocument {
  const introductions = new Map<LogId, VerifiedIntroduction>();
  const veiled = new Set<LogId>();
  const summary = verifyBundle(source, {
    ...visitor,
    segment: (segment, id, record) => {
      if (isIntroductionAlone(segment)) noteIntroduction(introductions, veiled, segment);
      visitor.segment?.(segment, id, record);
    },
  });
  const { manifest, refused, entries, bytes, blobs } = summary;
  const maker = makerCard(manifest.card, manifest.key);
  return {
    type: 'bundle',
    sealed: false,
    ok: refused.length === 0,
    by: manifest.key,
    created: new Date(manifest.created).toISOString(),
    members: listMembers(source, summary.members),
    logs: summary.logs.map((range) => ({
      ...range,
      ...introduced(introductions.get(range.log)),
      veiled: veiled.has(range.log),
    })),
    entries,
    bytes,
    blobs,
    for: manifest.for,
    epoch: manifest.epoch,
    serial: manifest.serial,
    person: maker?.person ?? null,
    name: maker?.name ?? null,
    refused: refused.map(({ log, code, message }) => ({ log, code, message })),
    cards: [],
  };
}

/**
 * Verifies the cards of a file and says whose they are.
 * @throws SatchelError `bad-card` when one may not be accepted
 */
export function summarizeCards(cards: readonly Card[], bytes: number): BundleDocument {
  for (const card of cards) {
    if (verifyCard(card)) continue;
    throw new SatchelError('bad-card', 'a card has a device key that none can have', { hint: 'ask for another card' });
  }
  const only = cards.length === 1 ? cards[0] : undefined;
  return {
    type: 'card',
    sealed: false,
    ok: true,
    by: only?.device ?? null,
    created: null,
    members: [],
    logs: [],
    entries: 0,
    bytes,
    blobs: 0,
    for: [],
    epoch: null,
    serial: only?.serial ?? null,
    person: only?.person ?? null,
    name: only?.name ?? null,
    refused: [],
    cards: cards.map(({ person, device, name, serial }) => ({ person, device, name, serial })),
  };
}

/** All members as any tar program lists them: the two that the manifest does not list come first. */
export function listMembers(source: ByteSource, listed: readonly MemberSize[]): MemberSize[] {
  const manifestSize = tarSizeOf(readExactly(source, 0, TAR_BLOCK)) ?? 0;
  return [{ name: MANIFEST_NAME, size: manifestSize }, { name: SIGNATURE_NAME, size: SIGNATURE_SIZE }, ...listed];
}

/** The maker's card, when it is the card of the device that signed. */
function makerCard(text: string | undefined, device: DeviceKey): Card | undefined {
  if (text === undefined) return undefined;
  try {
    return parseCards(Buffer.from(text)).find((card) => card.device === device);
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

function noteIntroduction(
  found: Map<LogId, VerifiedIntroduction>,
  veiled: Set<LogId>,
  segment: Parameters<NonNullable<BundleVisitor['segment']>>[0],
): void {
  walkSegment(segment, (seq, entry) => {
    const { payload } = entry;
    if (isVeiledIntroduction(entry)) veiled.add(segment.log);
    const introduction = seq === 0 && payload ? verifyIntroduction(segment.log, payload) : undefined;
    // of several the first, as for an import
    if (introduction && !found.has(segment.log)) found.set(segment.log, introduction);
  });
}

function introduced(from: VerifiedIntroduction | undefined): Omit<LogInside, 'log' | 'from' | 'to' | 'veiled'> {
  const { topic = null, label = null, author } = from ?? {};
  return { topic, label, person: author?.person ?? null, name: author?.name ?? null };
}
