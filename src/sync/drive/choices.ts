// What this user decided about drives: whether anything is given to one unasked, whose it is, and which topics travel on it
// (spec/drive.md, "Approval", "Topics"; spec/repository.md, "Layout").
import type { TopicId } from '../../format/ids.js';
import { layoutOf } from '../../repository/layout.js';
import { readState, type Stored, writeState } from '../../repository/state.js';
import { passedOnTopics, type Session } from '../session.js';

/** What was decided about one drive. */
export interface DriveDecision {
  /** The topics that were chosen for it; absent: all. */
  readonly topics?: readonly TopicId[] | undefined;
  /** The user let something be written to it. */
  readonly isApproved: boolean;
  /** With that: the user made it, or nobody else was listed there then. */
  readonly isOwn: boolean;
}

const UNDECIDED: DriveDecision = { isApproved: false, isOwn: false };

/**
 * What the repository in `dir` knows to be decided, by drive id.
 * @throws SatchelError `damaged` when it is malformed
 */
export function readDecisions(dir: string): ReadonlyMap<string, DriveDecision> {
  return new Map(readState(layoutOf(dir), 'drives')?.drives.map(decodeDecision));
}

/** Chooses the topics of one drive, durably; undefined lets all travel again. Only under the repository's lock. */
export function writeChoice(dir: string, drive: string, topics: readonly TopicId[] | undefined): void {
  decide(dir, drive, (before) => ({ ...before, topics }));
}

/** Notes, durably, that the user lets the drive be written to. Only under the repository's lock. */
export function writeApproval(dir: string, drive: string, { isOwn }: Pick<DriveDecision, 'isOwn'>): void {
  decide(dir, drive, (before) => ({ ...before, isApproved: true, isOwn }));
}

/** Takes back all that was decided about a drive, durably. Only under the repository's lock. */
export function forgetDecision(dir: string, drive: string): void {
  decide(dir, drive, () => UNDECIDED);
}

/** Whether topics were chosen for a drive. */
export function isTopicChoice(dir: string, drive: string): boolean {
  return readDecisions(dir).get(drive)?.topics !== undefined;
}

/** The topics that travel on a drive: of those passed on the chosen ones, or all. */
export function travellingTopics(session: Session, drive: string): readonly TopicId[] {
  const chosen = readDecisions(session.repository.directory).get(drive)?.topics;
  const passedOn = passedOnTopics(session);
  return chosen ? passedOn.filter((topic) => chosen.includes(topic)) : passedOn;
}

function decide(dir: string, drive: string, change: (before: DriveDecision) => DriveDecision): void {
  const decisions = new Map(readDecisions(dir));
  const before = decisions.get(drive);
  const after = change(before ?? UNDECIDED);
  if (after.topics !== undefined || after.isApproved) decisions.set(drive, after);
  else if (before === undefined) return;
  else decisions.delete(drive);
  writeState(layoutOf(dir), 'drives', { drives: [...decisions].map(([id, one]) => encodeDecision(id, one)) });
}

type StoredDecision = Stored<'drives'>['drives'][number];

function encodeDecision(drive: string, { topics, isApproved, isOwn }: DriveDecision): StoredDecision {
  return { drive, ...(topics && { topics }), approved: isApproved, own: isOwn };
}

/** Version 0.1 noted topics alone. */
function decodeDecision({ drive, topics, approved = false, own = false }: StoredDecision): [string, DriveDecision] {
  return [drive, { topics, isApproved: approved, isOwn: own }];
}
