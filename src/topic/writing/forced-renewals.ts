// Renewals of keys that were made here because of somebody, by topic: so nobody forces them without end (spec/private.md, "Usable
// epochs"; spec/repository.md, "Forced renewals"). Without the file one may force them anew.
import type { PersonId, TopicId } from '../../format/ids.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import { isRecent, spentBy } from '../members/usable.js';

/** Who forced as many of a topic within the last days as one person may. */
export function spentIn({ layout, world }: Repository, topic: TopicId): ReadonlySet<PersonId> {
  const { renewals = [] } = readState(layout, 'forced') ?? {};
  const ofTopic = renewals.filter((one) => one.topic === topic);
  return spentBy(
    ofTopic.map(({ person, at }) => ({ person, timeMs: at })),
    world.now(),
  );
}

/** Notes one, durably. Only under the repository's lock. */
export function noteForced({ layout, world }: Repository, topic: TopicId, person: PersonId): void {
  const at = world.now();
  const { renewals = [] } = readState(layout, 'forced') ?? {};
  const kept = renewals.filter((one) => isRecent({ timeMs: one.at }, at));
  writeState(layout, 'forced', { renewals: [...kept, { topic, person, at }] });
}
