// Whether a drive may be written to unasked, and whether it is this user's own (spec/drive.md, "Approval").
import type { PersonId } from '../../format/ids.js';
import type { Session } from '../session.js';
import { readDecisions, writeApproval } from './choices.js';
import { type DriveMemory, readMemory } from './memory.js';

/** What the user let a drive be. */
export interface Approval {
  readonly isApproved: boolean;
  /** Undefined as long as nobody could tell who was listed there when it was approved. */
  readonly isOwn: boolean | undefined;
}

/** What was decided about the drive; drives that version 0.1 visited or made were approved by that. */
export function approvalOf({ repository, self }: Session, drive: string): Approval {
  const decided = readDecisions(repository.directory).get(drive);
  if (decided?.isApproved) return decided;
  const memory = readMemory(repository.layout, drive);
  if (!memory || memory.unapproved) return { isApproved: false, isOwn: undefined };
  return { isApproved: true, isOwn: memory.first > 0 ? wasOwn(memory, self.person) : undefined };
}

/** Approves the drive, durably, if it is not yet; it is the user's own when nobody else is listed there now. */
export function approve(session: Session, drive: string, people: readonly { readonly person: PersonId }[]): Approval {
  const { repository, self } = session;
  const before = approvalOf(session, drive);
  const isOwn = before.isOwn ?? people.every(({ person }) => person === self.person);
  if (!readDecisions(repository.directory).get(drive)?.isApproved)
    repository.locked(() => writeApproval(repository.directory, drive, { isOwn }));
  return { isApproved: true, isOwn };
}

/** Whether nobody else was listed at the first visit. */
function wasOwn({ first, listed = {} }: DriveMemory, self: PersonId): boolean {
  return Object.entries(listed).every(([person, since]) => person === self || since > first);
}
