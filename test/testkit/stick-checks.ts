// What has to hold of every visit to a stick, whoever can open what lies there: nothing is brought twice for somebody, and
// nothing is taken away that somebody lacks.
import path from 'node:path';
import { expect } from 'vitest';
import type { ContentsRecord } from '../../src/format/bundle/contents.js';
import type { Digest } from '../../src/format/ids.js';
import { subtractRanges } from '../../src/repository/index/held.js';
import { openersOf } from './open-sealed.js';
import type { Replica } from './replica.js';
import { bundlesOn, chunksIn, listedOn, rangesOf, recordsIn } from './stick.js';

/** A bundle on a stick, with the directories of those who can open it. */
interface Inside {
  readonly records: readonly ContentsRecord[];
  readonly chunks: readonly Digest[];
  readonly readers: ReadonlySet<string>;
}

/** Bundles by name. */
export type Bundles = ReadonlyMap<string, Inside>;

/** Looks into bundles; each once, for it is named by its digest. */
export class StickChecks {
  readonly #seen = new Map<string, Inside>();
  readonly #people: readonly Replica[];

  constructor(people: readonly Replica[]) {
    this.#people = people;
  }

  /** What lies on a stick. */
  contentsOf(stick: string): Bundles {
    return new Map(bundlesOn(stick).map((name) => [name, this.#inside(stick, name)]));
  }

  /**
   * No segment, and no chunk, is written that lies there already for all who can open it, as far as the visitor can see, unless it
   * takes the place of one that goes.
   */
  expectNothingTwice(visitor: Replica, before: Bundles, after: Bundles): void {
    const staying = [...before].filter(([name]) => after.has(name)).map(([, inside]) => inside);
    const stayed = readableBy(visitor, staying);
    const written = [...after].filter(([name]) => !before.has(name));
    const readers = this.#people.filter((one) => one !== visitor);
    const kept = readers.map((one) => ({ one, ...together(readableBy(one, stayed)) }));
    for (const [name, { records, chunks, readers: able }] of written) {
      const theirs = kept.filter(({ one }) => able.has(one.directory));
      const isTwice = (chunk: Digest): boolean => theirs.every((there) => there.chunks.has(chunk));
      expect(chunks.filter(isTwice), `chunks in ${name}`).toEqual([]);
      for (const { log, first, end } of records) {
        const lacking = theirs.filter(
          ({ ranges }) => subtractRanges([{ from: first, end }], ranges.get(log) ?? []).length > 0,
        );
        expect(lacking, `${name} brings ${log} ${first}-${end} once more`).not.toEqual([]);
      }
    }
  }

  /** Whatever went, each person listed, or of these each, really holds it, housekeeping too, or finds it in what is left. */
  expectNothingLost(stick: string, before: Bundles, after: Bundles, people = this.#people): void {
    const removed = [...before].filter(([name]) => !after.has(name)).map(([, inside]) => inside);
    const listed = new Set<string>(listedOn(stick));
    for (const person of people.filter((one) => listed.has(one.session.self.person))) {
      const gone = together(readableBy(person, removed));
      const left = together(readableBy(person, [...after.values()]));
      const lost = [...gone.ranges].flatMap(([log, ranges]) => {
        const missing = subtractRanges(ranges, left.ranges.get(log) ?? []);
        return subtractRanges(missing, person.repository.held(log));
      });
      expect(lost, `taken from ${person.name}`).toEqual([]);
      const lacked = [...gone.chunks].filter((chunk) => !left.chunks.has(chunk) && !person.repository.blobs.has(chunk));
      expect(lacked, `chunks taken from ${person.name}`).toEqual([]);
    }
  }

  #inside(stick: string, name: string): Inside {
    const known = this.#seen.get(name);
    if (known) return known;
    const directories = this.#people.map(({ directory }) => directory);
    const readers = openersOf(path.join(stick, 'satchel', name), directories);
    const inside = { records: recordsIn(stick, name), chunks: chunksIn(stick, name), readers };
    this.#seen.set(name, inside);
    return inside;
  }
}

function readableBy({ directory }: Replica, bundles: readonly Inside[]): readonly Inside[] {
  return bundles.filter(({ readers }) => readers.has(directory));
}

function together(bundles: readonly Inside[]) {
  return {
    ranges: rangesOf(bundles.flatMap(({ records }) => records)),
    chunks: new Set(bundles.flatMap(({ chunks }) => chunks)),
  };
}
