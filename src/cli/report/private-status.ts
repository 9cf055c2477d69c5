// What is to be said of private topics in an overview (spec/cli.md, "status"): invitations, and what cannot be read yet.
import { acceptedContact } from '../../identity/relations.js';
import type { Session } from '../../sync/session.js';
import { keyringOf } from '../../topic/message/interpret.js';
import { isMessage } from '../../topic/order/order.js';
import { isEvent } from '../../topic/payload.js';
import type { Topic } from '../../topic/topics.js';
import type { Context } from '../command/context.js';
import { nextCommand, quoteWord } from '../command/next.js';
import { escapeLine } from '../terminal/escape.js';
import { plural } from '../terminal/size.js';

/** Messages of joined private topics that cannot be read now, and where somebody invites us. */
export interface PrivateStatus {
  /** Their keys have not come. */
  readonly waiting: number;
  /** They are unread, and all keys are under a passphrase that nobody gave. */
  readonly locked: number;
  readonly invitations: readonly Topic[];
  /** Joined ones that somebody took us out of. */
  readonly removals: readonly Topic[];
}

/** How things are; `unreadIn` counts what is unread in a topic. */
export function privateStatus(session: Session, unreadIn: (topic: Topic) => number): PrivateStatus {
  const topics = session.topics.topics.filter(({ kind }) => kind === 'private');
  const removals = topics.filter((topic) => topic.joined && topic.removedBy !== undefined);
  const joined = topics.filter((topic) => topic.joined && !removals.includes(topic));
  const { isLocked } = keyringOf(session.repository);
  return {
    waiting: isLocked ? 0 : joined.reduce((sum, topic) => sum + waitingIn(session, topic), 0),
    locked: isLocked ? joined.reduce((sum, topic) => sum + unreadIn(topic), 0) : 0,
    invitations: topics.filter((topic) => !topic.joined && topic.invitedBy !== undefined),
    removals,
  };
}

function waitingIn({ repository }: Session, { topic }: Topic): number {
  let count = 0;
  for (const { log, waits } of repository.logsOfTopic(topic)) {
    if (!waits) continue;
    for (const run of repository.runs(log).filter((one) => one.waits)) {
      for (const entry of repository.entries(log, Math.max(run.first, 1), run.end)) {
        if (entry.said !== undefined || !entry.payload || !isMessage(entry) || isEvent(entry)) continue;
        if (repository.interpreter.whyUnopened(entry, entry.payload) === 'waiting') count++;
      }
    }
  }
  return count;
}

/** The same in words, a line each. */
export function privateLines(context: Context, session: Session, status: PrivateStatus): string[] {
  const { waiting, locked, invitations, removals } = status;
  const lines = invitations.map(({ label, invitedBy }) => {
    const who = acceptedContact(session, invitedBy)?.petname ?? 'somebody';
    const join = nextCommand(context.directory, `topic join ${quoteWord(label)}`, context.env);
    return `${escapeLine(who)} invites you to "${escapeLine(label)}": ${join}`;
  });
  for (const { label, removedBy } of removals) {
    const who = acceptedContact(session, removedBy)?.petname ?? 'somebody';
    const leave = nextCommand(context.directory, `topic leave ${quoteWord(label)}`, context.env);
    lines.push(`${escapeLine(who)} removed you from "${escapeLine(label)}"; to leave it, too: ${leave}`);
  }
  if (locked > 0) lines.push(`${plural(locked, 'new message')} in private topics locked: read asks for the passphrase`);
  if (waiting > 0) lines.push(`${plural(waiting, 'message')} in private topics whose keys have not come yet`);
  return lines;
}

/** The same for programs. */
export function privateStatusJson({ waiting, locked, invitations, removals }: PrivateStatus): Record<string, unknown> {
  return {
    waiting,
    locked,
    invitations: invitations.map(({ topic, label, invitedBy }) => ({ topic: label, topicId: topic, by: invitedBy })),
    removals: removals.map(({ topic, label, removedBy }) => ({ topic: label, topicId: topic, by: removedBy })),
  };
}
