// Bringing small bundles of our own together, so that a drive holds few files: on FAT and exFAT each takes a whole cluster
// (spec/drive.md, "A visit").

import type { LogId, PersonId, TopicId } from '../../format/ids.js';
import { subtractRanges } from '../../repository/index/held.js';
import type { RangeSet } from '../../repository/index/range-set.js';
import { isUnplaced } from '../../repository/index/summary.js';
import type { PendingLog } from '../export/pending-log.js';
import type { Recipient } from '../known/recipients.js';
import { isBlocked, type Session } from '../session.js';
import { EntryNeeds } from './entry-needs.js';
import { rangesOnDrive, type VerifiedBundle } from './holdings.js';
import { LyingFor } from './lying-for.js';
import type { SaidThere } from './said-there.js';

/** Own bundles of up to this size are brought together once there are several. */
const SMALL_BYTES = 1_048_576;
/** So many of them become one. */
const CONSOLIDATE_FROM = 8;

/** What the next bundle takes over. */
export interface Consolidation {
  /** Bundles that may go once it lies there. */
  readonly superseded: ReadonlySet<VerifiedBundle>;
  /** What is still needed of them and lies in no other bundle. */
  readonly also: readonly PendingLog[];
}

/** Whom the next bundle is for. */
export interface NextBundle {
  /** Who has to hold what lies there before it may go. */
  readonly waitedFor: readonly Recipient[];
  /** Topics whose bundles are left as they are: they are for strangers. */
  readonly apart: ReadonlySet<TopicId>;
  /** Whom it is sealed for; absent: it is open. */
  readonly sealedFor?: readonly PersonId[] | undefined;
}

/**
 * The consolidation that is due, if there is one; without anybody to wait for, everything is still needed. Only what is for just
 * the same people is brought together.
 */
export function dueConsolidation(
  session: Session,
  bundles: readonly VerifiedBundle[],
  { waitedFor, apart, sealedFor }: NextBundle,
  said: SaidThere,
): Consolidation | undefined {
  const isApart = ({ file }: VerifiedBundle): boolean => file.topic !== undefined && apart.has(file.topic);
  const isAlike = (bundle: VerifiedBundle): boolean => !isApart(bundle) && isFor(bundle, sealedFor);
  const superseded = new Set(bundles.filter((bundle) => isAlike(bundle) && isSmallOwn(session, bundle)));
  if (superseded.size < CONSOLIDATE_FROM) return undefined;
  const { repository } = session;
  const needs = new EntryNeeds(session, waitedFor, said);
  const lying = new LyingFor(session, bundles);
  const others = bundles.filter((bundle) => !superseded.has(bundle));
  const isThereForAll = (bundle: VerifiedBundle): boolean =>
    !bundle.file.sealed || waitedFor.every((device) => lying.liesFor(bundle, device));
  const kept = rangesOnDrive(repository, others.filter(isThereForAll));
  const also = [...rangesOnDrive(repository, [...superseded])].flatMap(([log, ranges]) => {
    const alone = subtractRanges(ranges, kept.get(log) ?? []);
    const needed = needs.isAnybody ? needs.neededOf(log, alone) : alone;
    return needed.length > 0 ? [{ log, ranges: needed }] : [];
  });
  return { superseded, also };
}

/** Whether it is for just these people; without any, whether it is open. */
function isFor({ file }: VerifiedBundle, sealedFor: readonly PersonId[] | undefined): boolean {
  if (!file.sealed || !sealedFor) return !file.sealed && !sealedFor;
  const people = new Set(sealedFor);
  return file.for?.length === people.size && file.for.every((person) => people.has(person));
}

/** Whether nothing will keep the bundle here once what is needed of it lies elsewhere. */
function isSmallOwn(session: Session, bundle: VerifiedBundle): boolean {
  const { file, records } = bundle;
  if (file.by !== session.self.device || file.size > SMALL_BYTES || file.left || file.passedBy) return false;
  if (records.length === 0) return false;
  // attachments are no small change: what they save in files they would cost in writing again
  if (file.chunks) return false;
  const forgotten = (log: LogId): RangeSet => session.repository.forgotten(log);
  const ours = rangesOnDrive(session.repository, [bundle]);
  const isOurs = records.every(
    ({ log, first, end }) => subtractRanges([{ from: first, end }], ours.get(log) ?? []).length === 0,
  );
  // what was forgotten here lies in this one alone, and cannot be written again
  const isShown = records.every(({ log, first, end }) => !forgotten(log).touches({ from: first, end }));
  return isOurs && isShown && [...ours.keys()].every((log) => mayBePassedOn(session, log));
}

function mayBePassedOn(session: Session, log: LogId): boolean {
  const summary = session.repository.log(log);
  const person = summary?.person;
  if (isUnplaced(summary)) return true;
  return person !== undefined && !isBlocked(session, person);
}
