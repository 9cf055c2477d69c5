// With what the hints of a topic are sealed and named, by what is held here (spec/live.md, "Keys").
import { idBytes } from '../../format/ids.js';
import { type LiveKeys, liveKeys } from '../../format/live/hint.js';
import type { Repository } from '../../repository/repository.js';
import { keyringOf } from '../../topic/message/interpret.js';
import type { Topic } from '../../topic/topics.js';

/** Of so many epochs of a private topic hints are opened: others may not have heard of the newest one yet. */
const EPOCHS = 4;

/** The keys of a topic, those in front with which its own hints are sealed; none of a private one that is locked. */
export function liveKeysOf(repository: Repository, { topic, kind }: Topic): readonly LiveKeys[] {
  if (kind !== 'private') return [liveKeys(idBytes(topic))];
  const epochs = keyringOf(repository).secrets.get(topic) ?? [];
  return epochs.slice(0, EPOCHS).map(({ control }) => liveKeys(control));
}
