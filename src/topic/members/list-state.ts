// What device lists of one person come to, for keys (spec/private.md, "List states"): unlike what counts in a topic, every list
// that is known here from anywhere is part of it.
import type { DeviceKey, Digest, PersonId } from '../../format/ids.js';
import type { EpochBody } from '../../format/private/epoch-body.js';
import { isGreater } from './device-rulings.js';
import type { StatedList } from './statement.js';

/** Which devices of a person are told of, and by whom. */
export interface ListState {
  readonly generation: number;
  /** Undefined where no list says. */
  readonly authority: DeviceKey | undefined;
  readonly current: readonly DeviceKey[];
  readonly removed: readonly DeviceKey[];
}

/** The state that these lists of one person come to; without any, generation 1 with nothing removed. */
export function listState(lists: readonly StatedList[]): ListState {
  const generation = lists.reduce((greatest, list) => Math.max(greatest, list.generation), 1);
  const ofIt = lists.filter((list) => list.generation === generation);
  const authority = ofIt.map((list) => list.authority).sort()[0];
  const counting = ofIt.filter((list) => list.authority === authority);
  const [greatest] = [...counting].sort((a, b) => (isGreater(a, b) ? -1 : 1));
  const removed = [...new Set(counting.flatMap((list) => list.removed))].sort();
  const current = (greatest?.current ?? []).filter((device) => !removed.includes(device));
  return { generation, authority, current, removed };
}

/** Whether whoever knows `known` knows of everything that `other` removed. */
export function covers(
  known: Pick<ListState, 'generation' | 'removed'>,
  other: Pick<ListState, 'generation' | 'removed'>,
): boolean {
  if (known.generation !== other.generation) return known.generation > other.generation;
  return other.removed.every((device) => known.removed.includes(device));
}

/** The lists that are known here, by the hashes of their maps. */
export type KnownLists = (digest: Digest) => StatedList | undefined;

/** What an epoch's maker knew of a person's devices, by those of the lists it names that are held. */
export function statedBy({ lists }: EpochBody, person: PersonId, known: KnownLists): ListState {
  const digests = lists.find((one) => one.person === person)?.lists ?? [];
  return listState(digests.flatMap((digest) => known(digest) ?? []).filter((list) => list.person === person));
}

/** Whether every list that an epoch names is held: of this person, or of anybody. */
export function holdsLists({ lists }: EpochBody, known: KnownLists, person?: PersonId): boolean {
  const named = lists.filter((one) => person === undefined || one.person === person);
  return named.every((one) => one.lists.every((digest) => known(digest)?.person === one.person));
}
