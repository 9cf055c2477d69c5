// What is believed of devices that their person has no more: what was held here before that was known (spec/private.md, "Stating
// devices").
import type { DeviceKey, LogId, PersonId, StatementId } from '../../format/ids.js';
import { IMPORTS_AWAITED } from '../../format/limits.js';
import { statementId } from '../../format/private/statement.js';
import type { DeviceState } from '../../identity/current-devices.js';
import { readDevices } from '../../identity/devices.js';
import type { Self } from '../../identity/self.js';
import type { Repository } from '../../repository/repository.js';
import type { Placed } from '../members/graph.js';
import { participants } from '../members/resolve.js';
import { type HeldThen, heldThen } from '../private/held-then.js';
import type { TopicView } from '../private/topic-view.js';

/** Whether a person is expected to say what it holds, and has not since it heard of the own list. */
export type IsAwaited = (person: PersonId) => boolean;

/** What a devices statement believes of what the devices wrote that it shuts out. */
export interface Belief {
  /** Whether what is believed of the device is told apart from what is not: else all of it is. */
  isToldApart(device: DeviceKey): boolean;
  /** How many entries of the log of such a device count; Infinity where all do that are held. */
  lengthOf(log: LogId): number;
  /** Whether a statement is left out. */
  isDisbelieved(statement: Placed): boolean;
  /** Whether nothing is on its way that should be believed too, as far as can be told. */
  isSettled(isAwaited: IsAwaited): boolean;
}

/** What is believed in a topic of those devices of our own that are not current. */
export function beliefIn(
  repository: Repository,
  { person }: Pick<Self, 'person'>,
  view: TopicView,
  { current, generation }: Pick<DeviceState, 'current' | 'generation'>,
): Belief {
  const { gone = [], recovered } = readDevices(repository.directory).get(person) ?? {};
  const since = recovered?.isOpen ? undefined : recovered?.commit;
  const thenAt = remembering((commit: number) => heldThen(repository, commit));
  const findThen = (device: DeviceKey): HeldThen | undefined => {
    if (current.includes(device)) return undefined;
    const { commit = since, isChosen = false } = gone.find((one) => one.device === device) ?? {};
    if (commit === undefined) return undefined;
    const then = thenAt(commit);
    const isToldApart = isHeld(view, then) || (isChosen && !isBegunBy(view, device));
    return isToldApart ? then : undefined;
  };
  const thenOf = remembering(findThen);
  const authorOf = new Map(view.logs.map(({ log, author }) => [log, author.device]));
  const places = statementPlaces(view);
  const isOpen = (): boolean =>
    generation > 1 &&
    [...view.logs, ...view.resolution.graph.all].some(
      ({ author }) => author.person === person && !current.includes(author.device) && !thenOf(author.device),
    );
  return {
    isToldApart: (device) => thenOf(device) !== undefined,
    lengthOf: (log) => {
      const device = authorOf.get(log);
      const then = device && thenOf(device);
      return then ? then.lengthOf(log) : Number.POSITIVE_INFINITY;
    },
    isDisbelieved: ({ id, author }) => {
      const then = author.person === person ? thenOf(author.device) : undefined;
      return then !== undefined && !(places.get(id) ?? []).some(({ log, seq }) => then.has(log, seq));
    },
    isSettled: (isAwaited) => {
      if (!isOpen() || ![person, ...participants(view.resolution)].some(isAwaited)) return true;
      return recovered !== undefined && importsSince(repository, person, recovered.commit) >= IMPORTS_AWAITED;
    },
  };
}

/** Whether anything of the topic was held; where not, whoever has it has to be believed, unless the user says that nothing is. */
function isHeld({ logs }: TopicView, then: HeldThen): boolean {
  return logs.some(({ log }) => then.lengthOf(log) > 0);
}

/** Whether all that is known of who is in the topic goes back to what this device stated: nothing would be left of it. */
function isBegunBy({ resolution }: Pick<TopicView, 'resolution'>, device: DeviceKey): boolean {
  const first = resolution.graph.all.filter(({ past }) => past.countIn(past) === 0);
  return first.every(({ author }) => author.device === device);
}

interface StatementPlace {
  readonly log: LogId;
  readonly seq: number;
}

function statementPlaces({ controls }: TopicView): ReadonlyMap<StatementId, readonly StatementPlace[]> {
  const places = new Map<StatementId, StatementPlace[]>();
  for (const { body, log, seq } of controls) {
    for (const { bytes } of body?.statements ?? []) {
      const id = statementId(bytes);
      places.set(id, [...(places.get(id) ?? []), { log, seq }]);
    }
  }
  return places;
}

/** How many commits brought something that others wrote, in whatever topic. */
function importsSince(repository: Repository, person: PersonId, commit: number): number {
  const runs = repository.arrivedAfter(commit) ?? [];
  return new Set(runs.filter(({ log }) => repository.log(log)?.person !== person).map(({ arrival }) => arrival)).size;
}

function remembering<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  return (key) => {
    const { value } = known.get(key) ?? { value: find(key) };
    known.set(key, { value });
    return value;
  };
}
