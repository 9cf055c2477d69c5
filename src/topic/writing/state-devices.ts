// A device that was removed, or that the recovery words shut out, is heard in no private topic any more: the authority states its list
// there (spec/private.md, "Stating devices", "Citing").
import type { PersonId, TopicId } from '../../format/ids.js';
import type { DeviceState } from '../../identity/current-devices.js';
import type { DeviceList } from '../../identity/device-list.js';
import { readDevices, withRecovered, writeDevices } from '../../identity/devices.js';
import { ownDevices } from '../../identity/own-devices.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import { believedHeads } from '../members/citing.js';
import { cutOfDevices, type HeldLog } from '../members/cuts.js';
import { epochsIn } from '../members/entitled.js';
import { covers } from '../members/list-state.js';
import { participants } from '../members/resolve.js';
import type { LiveKeyring } from '../message/keyring.js';
import { assertRead, heldLogs } from '../private/held-logs.js';
import { controlDraft } from '../private/log-sealing.js';
import { newStatement } from '../private/statement-drafts.js';
import { forgetView, type TopicView, viewTopic } from '../private/topic-view.js';
import type { Author } from './author-type.js';
import { type Belief, beliefIn, type IsAwaited } from './belief.js';
import { postLocked } from './post.js';
import { openedKeyring } from './veil.js';

type Who = HeldLog['author'];

/**
 * States the own device list in a topic once it says more than was stated there, also where its person has no role; durable when it
 * returns. Only under the repository's lock.
 * @throws SatchelError as `post`
 */
export async function stateDevices(
  repository: Repository,
  author: Author,
  topic: TopicId,
  isAwaited: IsAwaited,
): Promise<Author> {
  const { self } = author;
  const devices = ownDevices(repository.directory, self);
  const { list } = devices;
  if (!list || !isWorthStating(self, devices)) return author;
  const keyring = await openedKeyring(repository, author);
  const view = viewTopic(repository, topic);
  if (!view || !canState(view, keyring, self.person) || isStated(view, self, list)) return author;
  const belief = beliefIn(repository, self, view, devices);
  if (belief.isSettled(isAwaited)) return state(repository, author, view, { list, belief });
  noteWaiting(repository, self);
  return author;
}

function isWorthStating({ device }: Self, { authority, list }: DeviceState): boolean {
  return authority === device && list !== undefined && (list.generation > 1 || list.removed.length > 0);
}

/** Whether the person was ever in it, and there is something that a statement can be sealed under. */
function canState({ topic, resolution }: TopicView, keyring: LiveKeyring, person: PersonId): boolean {
  const isOpened = epochsIn(resolution).some(
    ({ id, says }) => resolution.counts(id) && keyring.epoch(topic, says.epoch) !== undefined,
  );
  return isOpened && resolution.persons.has(person);
}

function isStated({ resolution }: TopicView, { device }: Self, list: DeviceList): boolean {
  return resolution.graph.all.some(
    ({ author, says }) =>
      author.device === device &&
      says.kind === 'devices' &&
      says.list?.generation === list.generation &&
      covers(says.list, list),
  );
}

/** From when on imports are counted: all that they bring of the lost devices is believed. */
function noteWaiting({ directory, lastArrival }: Repository, self: Self): void {
  const devices = readDevices(directory);
  if (devices.get(self.person)?.recovered) return;
  writeDevices(directory, withRecovered(devices, self, { commit: lastArrival, isOpen: true }));
}

async function state(
  repository: Repository,
  author: Author,
  view: TopicView,
  { list, belief }: { readonly list: DeviceList; readonly belief: Belief },
): Promise<Author> {
  const { person } = author.self;
  const { topic, policy, resolution } = view;
  const current = list.current.map(({ device }) => device);
  const logs = heldLogs(repository, view);
  const cut = cutOfDevices(resolution, logs, { person, current, lengthWhenKnown: belief.lengthOf });
  assertRead(repository, topic);
  const body = { kind: 'devices', list: list.bytes, signature: list.signature, cut } as const;
  const heads = believedHeads(resolution, { person, isDisbelieved: belief.isDisbelieved });
  const were = participants(resolution);
  const { statement, before } = newStatement(view, author, body, repository.world.now(), heads);
  const are = participants(view.resolution);
  const drafts = [...before, [statement]].map((statements) => controlDraft({ statements }));
  try {
    // the view has it already, so that it goes under keys that still count: not those of a thief, made to keep somebody out
    const stated = await postLocked(repository, author, { topic, label: policy.label }, drafts, { isStating: true });
    const hasChanged = were.some((one) => !are.includes(one)) || are.length > were.length;
    if (hasChanged || isHeardOf(view, logs, (one) => one.person === person && !current.includes(one.device)))
      author.onDevicesStated?.(topic, hasChanged);
    return stated.author;
  } finally {
    // what was taken into the view counts only once it is written
    forgetView(repository, topic);
  }
}

/** Whether any of these authors has said something in the topic: in one that was made without them nobody heard them. */
function isHeardOf({ resolution }: TopicView, logs: readonly HeldLog[], isMeant: (author: Who) => boolean): boolean {
  return logs.some((log) => isMeant(log.author)) || resolution.graph.all.some((said) => isMeant(said.author));
}
