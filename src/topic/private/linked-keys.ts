// What the links of a topic's epochs lead to (spec/epochs.md, "Links"): all of them in one pass, since whoever links to an epoch has
// its statement in its past.
import type { EpochId } from '../../format/ids.js';
import { type EpochKeys, epochOf } from '../../format/private/epoch.js';
import { type Link, openLinks } from '../../format/private/link.js';
import { epochsIn, type PlacedEpoch } from '../members/entitled.js';
import type { Resolution } from '../members/resolve.js';

/** The keys that links lead to. */
export interface LinkedKeys {
  /** More than was had of their epochs. */
  readonly proven: readonly EpochKeys[];
  /** C of epochs of which nothing is proven: one of each person who links to one. */
  readonly unproven: readonly EpochKeys[];
}

/** Follows the links of all epochs whose statements are held; `had` says what is proven of one. */
export function followLinks(resolution: Resolution, had: (epoch: EpochId) => EpochKeys | undefined): LinkedKeys {
  const following = new Following(resolution, had);
  // what leads to an epoch comes behind it
  for (const epoch of [...epochsIn(resolution)].reverse()) following.follow(epoch);
  return following.found();
}

/** What links of others gave of an epoch, by whose they are: the last one of a person counts. */
interface Given {
  readonly control: Map<string, Buffer>;
  readonly data: Map<string, Buffer>;
}

class Following {
  readonly #had: (epoch: EpochId) => EpochKeys | undefined;
  readonly #places = new Map<EpochId, PlacedEpoch[]>();
  readonly #given = new Map<EpochId, Given>();

  constructor(resolution: Resolution, had: (epoch: EpochId) => EpochKeys | undefined) {
    this.#had = had;
    for (const one of epochsIn(resolution)) {
      this.#places.set(one.says.epoch, [...(this.#places.get(one.says.epoch) ?? []), one]);
    }
  }

  /** Takes what the links of an epoch give, by whatever is known of its keys so far. */
  follow(child: PlacedEpoch): void {
    const { proven, tried } = this.#keysOf(child.says.epoch);
    for (const keys of proven ? [proven] : tried) this.#open(keys, child);
  }

  found(): LinkedKeys {
    const all = [...this.#given.keys()].map((epoch) => ({ had: this.#had(epoch), ...this.#keysOf(epoch) }));
    return {
      proven: all.flatMap(({ had, proven }) => (proven && proven !== had ? [proven] : [])),
      unproven: all.flatMap(({ tried }) => tried),
    };
  }

  #keysOf(epoch: EpochId): { readonly proven: EpochKeys | undefined; readonly tried: readonly EpochKeys[] } {
    const had = this.#had(epoch);
    const given = this.#given.get(epoch);
    if (had?.data || !given) return { proven: had, tried: [] };
    const proven = provenBy(epoch, given, had) ?? had;
    return { proven, tried: proven ? [] : distinct(given.control).map((control) => ({ id: epoch, control })) };
  }

  #open(keys: EpochKeys, child: PlacedEpoch): void {
    const { controlLinks, dataLinks } = child.says;
    const isWanted = ({ epoch }: Link): boolean => this.#isWanted(epoch, child);
    const links = { controlLinks: controlLinks.filter(isWanted), dataLinks: dataLinks.filter(isWanted) };
    for (const { epoch, control, data } of openLinks(keys, links)) {
      const given = this.#given.get(epoch) ?? { control: new Map(), data: new Map() };
      if (control) given.control.set(child.author.person, control);
      if (data) given.data.set(child.author.person, data);
      this.#given.set(epoch, given);
    }
  }

  /** Whether not all of it is had, and its statement is in the past of the one that links to it. */
  #isWanted(epoch: EpochId, { past }: PlacedEpoch): boolean {
    if (this.#had(epoch)?.data) return false;
    return this.#places.get(epoch)?.some(({ at }) => past.has(at)) === true;
  }
}

/** Both secrets, where they are proven by what was given and had together; C may come from one link and D from another. */
function provenBy(epoch: EpochId, given: Given, had: EpochKeys | undefined): EpochKeys | undefined {
  const controls = had ? [had.control] : distinct(given.control);
  const pairs = controls.flatMap((control) => distinct(given.data).map((data) => epochOf(control, data)));
  return pairs.find(({ id }) => id === epoch);
}

function distinct(secrets: ReadonlyMap<string, Buffer>): readonly Buffer[] {
  return [...new Map([...secrets.values()].map((one) => [one.toString('latin1'), one])).values()];
}
