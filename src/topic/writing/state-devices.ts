// A device that was removed writes in no private topic any more: the authority states its list there (spec/private.md, "Devices").
import type { TopicId } from '../../format/ids.js';
import { ownDevices } from '../../identity/own-devices.js';
import type { Repository } from '../../repository/repository.js';
import { cutOfDevices } from '../members/cuts.js';
import { heldLogs } from '../private/held-logs.js';
import { controlDraft } from '../private/log-sealing.js';
import { whyNotWriting } from '../private/may-write.js';
import { newStatement } from '../private/statement-drafts.js';
import { forgetView } from '../private/topic-view.js';
import type { Author } from './author-type.js';
import { postLocked } from './post.js';
import { openSharing } from './share-keys.js';

/**
 * States the own device list in a topic, once it has removed more than was stated there; durable when it returns. The logs of
 * removed devices count as far as they are held now. Only under the repository's lock.
 * @throws SatchelError as `post`
 */
export async function stateDevices(repository: Repository, author: Author, topic: TopicId): Promise<Author> {
  const { authority, list, current } = ownDevices(repository.directory, author.self);
  // who took itself back with its words has to see first who will be a member then
  if (!list || list.removed.length === 0 || list.generation > 1 || authority !== author.self.device) return author;
  const sharing = await openSharing(repository, author, topic);
  if (!sharing || whyNotWriting(sharing.view, author.self.person)) return author;
  const { view } = sharing;
  const { person } = author.self;
  const stated = view.resolution.lists.filter((one) => one.list.person === person);
  if (stated.some((one) => list.removed.every((device) => one.list.removed.includes(device)))) return author;
  const logs = heldLogs(repository, view);
  const lengthWhenKnown = (log: string): number | undefined => logs.find((one) => one.log === log)?.length;
  const cut = cutOfDevices(view.resolution, logs, { person, current, lengthWhenKnown });
  const body = { kind: 'devices', list: list.bytes, signature: list.signature, cut } as const;
  const { statement, before } = newStatement(view, author, body, repository.world.now());
  // what was taken into the view counts only once it is written
  forgetView(repository, topic);
  const drafts = [...before, [statement]].map((statements) => controlDraft({ statements }));
  return (await postLocked(repository, author, { topic, label: view.policy.label }, drafts)).author;
}
