// What the journal still tells of one entry: which bundle brought it, and which of our own took it along
// (spec/repository.md, "Journal").
import type { DeviceKey, Digest, PersonId } from '../../format/ids.js';
import { isId } from '../../identity/json-shape.js';
import type { EntryPlace } from '../../repository/index/find.js';
import { type JournalEvent, readEvents } from '../../repository/journal.js';
import type { Layout } from '../../repository/layout.js';
import { isAbout } from '../event-fields.js';

/** A bundle that came or went. */
interface Passage {
  /** When, ms on our clock. */
  readonly at: number;
  /** Its file, as it was named then; `-` for standard input or output. */
  readonly file: string;
  /** The id of the drive it lay on. */
  readonly drive: string | undefined;
}

/** The bundle that brought an entry here. */
export interface Arrival extends Passage {
  /** The key that signed it. */
  readonly by: DeviceKey | undefined;
}

/** A bundle of ours with an entry. */
export interface Departure extends Passage {
  readonly for: readonly PersonId[];
  /** SHA-256 of the file, where it was sealed. */
  readonly digest: Digest | undefined;
}

/** What is told of an entry. */
export interface EntryHistory {
  /** Of the bundles that brought it, the first that is still told of. */
  readonly arrival: Arrival | undefined;
  /** Oldest first. */
  readonly departures: readonly Departure[];
  /** Bundles of ours of which is not told whether they held it. */
  readonly uncertain: number;
  /** The journal tells of nothing before, ms; undefined when it tells of nothing at all. */
  readonly since: number | undefined;
}

type Place = Pick<EntryPlace, 'log' | 'seq'>;

/** Everything the journal tells of entries; read once. */
export function openHistory(layout: Layout): (place: Place) => EntryHistory {
  const imports = readEvents(layout).filter(({ type }) => type === 'import');
  const exports = readEvents(layout, 'exports').filter(({ type, file }) => type === 'export' && file !== null);
  const since = [imports[0]?.at, exports[0]?.at].filter((at) => at !== undefined);
  return ({ log, seq }) => {
    const arrival = imports.find((event) => isAbout(event, log, seq));
    return {
      arrival: arrival && { ...passage(arrival), by: text<DeviceKey>(arrival['by']) },
      departures: exports.filter((event) => isAbout(event, log, seq)).map(departure),
      uncertain: exports.filter((event) => isAbout(event, log, seq) === undefined).length,
      since: since.length > 0 ? Math.min(...since) : undefined,
    };
  };
}

function departure(event: JournalEvent): Departure {
  const people = event['for'];
  const persons = Array.isArray(people) ? people.filter((one) => isId<PersonId>(one)) : [];
  return { ...passage(event), for: persons, digest: text<Digest>(event['digest']) };
}

function passage({ at, file, drive }: JournalEvent): Passage {
  return { at, file: text(file) ?? '', drive: text(drive) };
}

function text<T extends string>(value: unknown): T | undefined {
  return typeof value === 'string' ? (value as T) : undefined;
}
