// What this user decided about drives: whether anything is given to one unasked, whose it is, and which topics travel on it
// (spec/drive.md, "Approval", "Topics"; spec/repository.md, "Layout").
import path from 'node:path';
import type { TopicId } from '../../format/ids.js';
import { fieldsOf, isHex, isId, malformed } from '../../identity/json-shape.js';
import { readJson, writeJson } from '../../repository/files.js';
import { layoutOf } from '../../repository/layout.js';
import { passedOnTopics, type Session } from '../session.js';
import { DRIVE_ID_DIGITS } from './drive.js';

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
  const file = choicesFile(dir);
  const { drives } = fieldsOf(readJson(file) ?? { drives: [] });
  if (!Array.isArray(drives)) throw malformed(file, 'has no list of drives');
  return new Map(drives.map((item) => decodeDecision(item, file)));
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
  writeJson(choicesFile(dir), { drives: [...decisions].map(([id, one]) => encodeDecision(id, one)) });
}

function encodeDecision(drive: string, { topics, isApproved, isOwn }: DriveDecision): object {
  return { drive, ...(topics && { topics }), approved: isApproved, own: isOwn };
}

/** Version 0.1 noted topics alone. */
function decodeDecision(value: unknown, file: string): [string, DriveDecision] {
  const { drive, topics, approved = false, own = false } = fieldsOf(value);
  const areTopics = topics === undefined || (Array.isArray(topics) && topics.every((topic) => isId<TopicId>(topic)));
  if (!isHex(drive, DRIVE_ID_DIGITS) || !areTopics) throw malformed(file, 'has an entry that is no drive with topics');
  if (typeof approved !== 'boolean' || typeof own !== 'boolean')
    throw malformed(file, 'has a flag neither true nor false');
  return [drive, { topics: topics as readonly TopicId[] | undefined, isApproved: approved, isOwn: own }];
}

function choicesFile(dir: string): string {
  return path.join(layoutOf(dir).refs, 'drives.json');
}
