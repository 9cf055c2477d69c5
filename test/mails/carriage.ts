// How bundles travel: some arrive, some late, some never, some twice, some damaged. Losing one must lose nothing but time.
import fs from 'node:fs';
import path from 'node:path';
import { EXIT_OF_CODE, SatchelError } from '../../src/format/error.js';
import type { PersonId, TopicId } from '../../src/format/ids.js';
import { damageFile } from './damage.js';
import type { Figures } from './figures.js';
import type { Chance } from './seeded.js';
import type { Visit } from './station.js';

/** How often what becomes of a bundle. */
export type Fates = Readonly<Record<'carried' | 'late' | 'lost' | 'duplicated' | 'damaged', number>>;

/** Sticks between sites go through many hands. */
export const BETWEEN_SITES: Fates = { carried: 55, late: 15, lost: 12, duplicated: 10, damaged: 8 };
/** Within a site little goes wrong. */
export const WITHIN_SITE: Fates = { carried: 90, late: 0, lost: 5, duplicated: 3, damaged: 2 };
/** Nothing goes wrong any more. */
export const SAFELY: Fates = { carried: 1, late: 0, lost: 0, duplicated: 0, damaged: 0 };

const DELAY_MAX = 6;
/** Of the damaged bundles, so many are not thrown away but salvaged. */
const SALVAGED = 0.5;

/** One bundle to be written and carried. */
export interface Trip {
  readonly from: Visit;
  readonly to: Visit;
  readonly fates: Fates;
  /** Only these topics. */
  readonly topics?: readonly TopicId[];
  readonly tick: number;
  /** For the figures: from whom to whom. */
  readonly route: Route;
}

/** From a device to its hub, back, or between hubs. */
export type Route = 'up' | 'down' | 'across';

interface Delayed {
  readonly file: string;
  readonly to: PersonId;
  readonly tick: number;
}

/** Carries bundles between stations as chance will have it. */
export class Carriage {
  readonly #directory: string;
  readonly #chance: Chance;
  readonly #figures: Figures;
  #delayed: Delayed[] = [];
  #files = 0;

  constructor(directory: string, chance: Chance, figures: Figures) {
    this.#directory = directory;
    this.#chance = chance;
    this.#figures = figures;
    fs.mkdirSync(directory, { recursive: true });
  }

  /** Writes a bundle and lets it meet its fate, which is returned; undefined when there was nothing to write. */
  async carry(trip: Trip): Promise<keyof Fates | undefined> {
    const { from, to, topics } = trip;
    const file = path.join(this.#directory, `${this.#files++}.satchel`);
    const report = await this.#figures.part(`export ${trip.route}`, () => from.export(file, to.person, topics));
    if (report.file === null) return undefined;
    this.#figures.count('bundles: written');
    this.#figures.count('bytes', report.bytes);
    this.#figures.count('entries', report.entries);
    const fate = this.#chance.weighed(trip.fates);
    this.#figures.count(`bundles: ${fate}`);
    await this.#meet(fate, file, trip);
    return fate;
  }

  /** Hands over what was late and is due by now. */
  async deliver(tick: number, stations: readonly Visit[]): Promise<void> {
    const due = this.#delayed.filter((delayed) => delayed.tick <= tick);
    this.#delayed = this.#delayed.filter((delayed) => delayed.tick > tick);
    for (const { file, to } of due) {
      const station = stations.find(({ person }) => person === to);
      if (!station) throw new Error('a late bundle for nobody');
      await this.#hand(file, station, 'across');
      fs.rmSync(file);
    }
  }

  async #meet(fate: keyof Fates, file: string, trip: Trip): Promise<void> {
    const { to, tick } = trip;
    if (fate === 'carried' || fate === 'duplicated') await this.#hand(file, to, trip.route);
    if (fate === 'damaged') await this.#handDamaged(file, to);
    const isDelayed = fate === 'late' || (fate === 'duplicated' && trip.fates.late > 0);
    if (isDelayed) this.#delayed.push({ file, to: to.person, tick: tick + 1 + this.#chance.below(DELAY_MAX) });
    else if (fate === 'duplicated') await this.#hand(file, to, trip.route);
    if (!isDelayed) fs.rmSync(file);
  }

  async #hand(file: string, to: Visit, route: Route): Promise<void> {
    const report = await this.#figures.part(`import ${route}`, () => to.import(file));
    this.#figures.count(`taken: new ${route}`, report.fresh);
    this.#figures.count(`taken: known ${route}`, report.known);
    this.#figures.count('taken: not wanted', report.skipped);
    if (report.gaps.length > 0) this.#figures.count('taken: times with gaps');
    if (report.refused.length > 0) throw new Error(`a good bundle was refused: ${report.refused[0]?.code}`);
  }

  /** A damaged bundle is refused with a code and changes nothing; salvage then takes what is whole. */
  async #handDamaged(file: string, to: Visit): Promise<void> {
    const way = damageFile(file, this.#chance);
    const before = to.repository.lastArrival;
    const code = refusalOf(() => to.import(file));
    this.#figures.count(`damage: ${way}`);
    this.#figures.count(`refused: ${code ?? 'NOT AT ALL'}`);
    if (code === undefined) throw new Error(`a bundle was taken with ${way}`);
    if (!REFUSED_WITH.has(EXIT_OF_CODE[code])) throw new Error(`a bundle with ${way} was refused as ${code}`);
    if (to.repository.lastArrival !== before) throw new Error('a refused bundle changed the repository');
    if (!this.#chance.happens(SALVAGED)) return;
    const report = await this.#figures.part('salvage', () => to.import(file, { salvage: true }));
    this.#figures.count('salvaged: bundles');
    this.#figures.count('salvaged: entries', report.fresh);
  }
}

/** Damaged or no bundle, not authentic, from a newer version: exit codes that damage may lead to. */
const REFUSED_WITH: ReadonlySet<number> = new Set([20, 21, 13]);

/** The code that the work is refused with, or undefined when it is done. */
function refusalOf(work: () => unknown): SatchelError['code'] | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SatchelError) return error.code;
    throw error;
  }
}
