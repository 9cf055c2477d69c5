// Whether this device writes in a private topic, as far as can be told here (spec/private.md, "Roles", "Devices").
import { SatchelError } from '../../format/error.js';
import { otherDevice } from '../../identity/own-devices.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import { keyringOf } from '../message/interpret.js';
import { decidedIn, type KnownAround, knownAround } from './keys-known.js';
import { whyNotWriting } from './may-write.js';
import type { TopicView } from './topic-view.js';

/** Why it cannot: its person may not, or it is none of that person's devices any more; undefined where it can. */
export function whyNotWritingHere(
  repository: Repository,
  self: Self,
  view: TopicView,
  around: Pick<KnownAround, 'known'> = knownAround(decidedIn(repository, self), view, keyringOf(repository)),
): SatchelError | undefined {
  const refusal = whyNotWriting(view, self.person);
  if (refusal || around.known.currentOf(self.person).includes(self.device)) return refusal;
  return new SatchelError('not-allowed', 'this device was removed', {
    hint: `write on ${otherDevice(repository.directory, self)}`,
  });
}
