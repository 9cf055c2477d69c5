// Whether a person writes in a private topic, as far as can be told here (spec/private.md, "Roles").
import { SatchelError } from '../../format/error.js';
import type { PersonId } from '../../format/ids.js';
import { epochsIn } from '../members/entitled.js';
import { ROLE } from '../members/statement.js';
import type { TopicView } from './topic-view.js';

/** Why the person cannot write: `waiting-for-key`, `not-allowed`; undefined where it can. */
export function whyNotWriting(view: TopicView, person: PersonId): SatchelError | undefined {
  const { resolution, held, isInLog, isWelcomed } = view;
  if (resolution.role(person) >= ROLE.member) {
    const epochs = epochsIn(resolution);
    // whoever owns a topic can begin its first epoch, but none that rivals one that a letter told of, or that of the device that
    // welcomed this one
    const canBegin = resolution.owners.has(person) && !isWelcomed;
    const isBegun = epochs.length === 0 ? canBegin : epochs.some(({ id }) => isInLog(id));
    return isBegun ? undefined : waitingForKey();
  }
  const wasIn = resolution.setsOn(person).length > 0;
  if (!wasIn && (held.missing.length > 0 || held.graph.size === 0)) return waitingForKey();
  return new SatchelError('not-allowed', 'you are no member of this topic any more', {
    hint: 'only its owners can add you again',
  });
}

/** What is said where a key or a grant is missing. */
export function waitingForKey(): SatchelError {
  return new SatchelError('waiting-for-key', 'the keys of this topic have not come yet', {
    hint: 'exchange bundles with who invited you, and try again',
  });
}
