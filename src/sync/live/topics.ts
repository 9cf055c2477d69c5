// With what the hints of a topic are sealed and named, by what is held here (spec/live.md, "Keys").
import { idBytes, type LogId } from '../../format/ids.js';
import { type LiveKeys, liveKeys } from '../../format/live/hint.js';
import type { Repository } from '../../repository/repository.js';
import { keyringOf } from '../../topic/message/interpret.js';
import { epochsOfLog } from '../../topic/private/log-epochs.js';
import type { Topic } from '../../topic/topics.js';

/** Of so many epochs of a private topic hints are opened: others may not have heard of the newest one yet. */
const EPOCHS = 4;

/** The keys by which hints of a topic are heard; none of a private one that is locked. */
export function liveKeysOf(repository: Repository, { topic, kind }: Topic): readonly LiveKeys[] {
  if (kind !== 'private') return [liveKeys(idBytes(topic))];
  const epochs = keyringOf(repository).secrets.get(topic) ?? [];
  return epochs.slice(0, EPOCHS).map(({ control }) => liveKeys(control));
}

/** The keys with which is told what was written in a log of one's own: of the epoch under which it is written now. */
export function liveKeysFor(repository: Repository, { topic, kind }: Topic, log: LogId): LiveKeys | undefined {
  if (kind !== 'private') return liveKeys(idBytes(topic));
  // one whose key is not here is the newest all the same: an older one may be known to who was taken out
  const epochs = epochsOfLog(repository, log);
  const newest = epochs.get(Math.max(...epochs.keys()));
  const keys = keyringOf(repository)
    .secrets.get(topic)
    ?.find(({ id }) => id === newest);
  return keys ? liveKeys(keys.control) : undefined;
}
