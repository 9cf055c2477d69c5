// Which devices a person has, by everything that is known of it (spec/devices.md, "Current devices"): whoever knows the same
// lists and cards finds the same devices, in whatever order they came.
import type { DeviceKey } from '../format/ids.js';
import { GENERATION_AHEAD } from '../format/limits.js';
import type { Authority } from './authority.js';
import type { Card } from './card.js';
import type { DeviceList } from './device-list.js';

/** What is known of a person's devices. */
export interface DeviceKnowledge {
  readonly lists: readonly DeviceList[];
  /** Cards of any of its devices. */
  readonly cards: readonly Pick<Card, 'device' | 'binding'>[];
  /** The highest generation that counted before; of somebody met first that of the first card accepted. */
  readonly known: number;
}

/** The devices of a person. */
export interface DeviceState {
  /** The generation that counts: also what is known the next time. */
  readonly generation: number;
  /** Who adds and removes devices; undefined where neither a list nor a card of that generation is known. */
  readonly authority: DeviceKey | undefined;
  /** The list that counts, if there is any in this generation. */
  readonly list: DeviceList | undefined;
  /** Others that have the same version and say something else: somebody signs with a key that is in two places. */
  readonly rivals: readonly DeviceList[];
  /** Ascending. */
  readonly current: readonly DeviceKey[];
  /** Whatever list of this generation removed it, ascending. */
  readonly removed: readonly DeviceKey[];
}

/** The devices of the person that all of this is about. */
export function currentDevices(knowledge: DeviceKnowledge): DeviceState {
  const { lists, cards } = knowledge;
  const authorities = authoritiesOf([...lists, ...cards.map(({ binding }) => binding)]);
  const generation = countingGeneration(knowledge.known, [...authorities.keys()]);
  const authority = authorities.get(generation);
  const counts = (one: Authority): boolean => one.generation === generation && one.authority === authority;
  const ofGeneration = lists.filter(counts).sort(firstCounts);
  const [list] = ofGeneration;
  const removed = [...new Set(ofGeneration.flatMap((one) => one.removed))].sort();
  const listed = list?.current.map(({ device }) => device);
  const carded = cards.filter(({ binding }) => counts(binding)).map(({ device }) => device);
  const present = listed ?? [...(authority === undefined ? [] : [authority]), ...carded];
  return {
    generation,
    authority,
    list,
    rivals: ofGeneration.filter((one) => one.version === list?.version && one.digest !== list.digest),
    current: [...new Set(present)].filter((device) => !removed.includes(device)).sort(),
    removed,
  };
}

/** Of two lists of one generation the one that counts first: by the higher version, else by the smaller hash. */
function firstCounts(a: DeviceList, b: DeviceList): number {
  return b.version - a.version || (a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0);
}

/** The authority of each generation: of two that the recovery key named, the one with the smaller key. */
function authoritiesOf(claims: readonly Authority[]): ReadonlyMap<number, DeviceKey> {
  const found = new Map<number, DeviceKey>();
  for (const { generation, authority } of claims) {
    const other = found.get(generation);
    if (other === undefined || authority < other) found.set(generation, authority);
  }
  return found;
}

/** The highest generation that can be reached from the known one without a step that is too large. */
function countingGeneration(known: number, generations: readonly number[]): number {
  return [...generations]
    .sort((a, b) => a - b)
    .reduce((reached, next) => (next > reached && next <= reached + GENERATION_AHEAD ? next : reached), known);
}
