// What a time that the user named does in a topic to what a removed device said there (spec/private.md, "Stating devices").
import type { DeviceKey } from '../../format/ids.js';
import type { DeviceState } from '../../identity/current-devices.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import type { TopicView } from '../private/topic-view.js';
import { beliefIn } from './belief.js';

/**
 * What counts of the device: what came before the time; nothing, since nothing of it had come; also what a former list was stated
 * after; or all, since it began the topic.
 */
export type TimeEffect = 'before' | 'nothing' | 'stated' | 'all';

/** The same for a device that is not current any more; undefined where it never said anything. */
export function timeEffect(
  repository: Repository,
  self: Self,
  view: TopicView,
  { devices, device }: { readonly devices: DeviceState; readonly device: DeviceKey },
): TimeEffect | undefined {
  const belief = beliefIn(repository, self, view, devices);
  const { graph, lists } = view.resolution;
  const logs = view.logs.filter(({ author }) => author.device === device);
  const statements = graph.all.filter(({ author }) => author.device === device);
  if (logs.length === 0 && statements.length === 0) return undefined;
  if (!belief.isToldApart(device)) return 'all';
  const own = lists.filter((one) => one.author.person === self.person && !belief.isDisbelieved(one));
  const late = statements.filter((one) => belief.isDisbelieved(one));
  if (late.some(({ at }) => own.some(({ past }) => past.has(at)))) return 'stated';
  const isNothing = late.length === statements.length && logs.every(({ log }) => belief.lengthOf(log) === 0);
  return isNothing ? 'nothing' : 'before';
}
