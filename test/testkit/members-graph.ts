// Graphs of statements in a form without bytes, as `fixtures/resolve.json` has them: names stand for ids, and a device's person is
// what stands before the dot.
import type { AnyId, DeviceKey, Digest, EntryId, EpochId, LogId, PersonId, StatementId } from '../../src/format/ids.js';
import type { CutLog } from '../../src/format/private/cut.js';
import type { Author, Says, StatedList, TopicStatement } from '../../src/topic/members/statement.js';

/** A device list: of the person whose device states it, unless it says another one. */
export interface GraphList {
  readonly person?: string;
  readonly generation: number;
  readonly version: number;
  readonly authority: string;
  readonly current: readonly string[];
  readonly removed: readonly string[];
  /** Stands for the hash of its map. */
  readonly hash?: string;
}

/** How far logs count: by log, the length. */
export type GraphCut = Readonly<Record<string, number>>;

/** An epoch: its name is that of its statement unless it says another one. */
export interface GraphEpoch {
  readonly epoch?: string;
  /** Devices, each by the card with serial 1. */
  readonly to: readonly string[];
  /** By person, hashes of lists, the one that counts first. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  readonly controlLinks?: readonly string[];
  readonly dataLinks?: readonly string[];
}

/** A statement: exactly one of `set`, `list`, `epoch`, `merge` and `other`. */
export interface GraphStatement {
  readonly id: string;
  readonly by: string;
  /** Of what binds the device on the card in it; 1 if it is not said. */
  readonly generation?: number;
  readonly prev: readonly string[];
  readonly set?: { readonly person: string; readonly role: number; readonly cardGeneration?: number };
  readonly list?: GraphList;
  readonly epoch?: GraphEpoch;
  readonly merge?: true;
  readonly other?: true;
  readonly cut?: GraphCut;
}

/** A log, as its introduction says. */
export interface GraphLog {
  readonly log: string;
  readonly by: string;
  readonly generation?: number;
  readonly heads: readonly string[];
}

/** A topic: each statement after those it cites. */
export interface MembersGraph {
  readonly owners: readonly string[];
  readonly statements: readonly GraphStatement[];
}

/** The id that a name stands for: its bytes, and zeros up to 32. */
export function idOf<T extends AnyId>(name: string): T {
  return Buffer.from(name).toString('hex').padEnd(64, '0') as T;
}

/** The name that an id stands for. */
export function nameOf(id: AnyId): string {
  return Buffer.from(id, 'hex').toString().replace(/\0*$/, '');
}

/** Whose device it is. */
export function personOf(device: string): string {
  return device.split('.', 1)[0] ?? device;
}

/** The statements as they are resolved. */
export function statementsOf({ statements }: MembersGraph): TopicStatement[] {
  return statements.map((one) => ({
    id: idOf<StatementId>(one.id),
    author: authorOf(one),
    prev: one.prev.map((id) => idOf<StatementId>(id)).sort(),
    says: saysOf(one),
  }));
}

/** A device with its person. */
export function authorOf({ by, generation = 1 }: Pick<GraphStatement, 'by' | 'generation'>): Author {
  return { person: idOf<PersonId>(personOf(by)), device: idOf<DeviceKey>(by), generation };
}

/** A list as it is resolved. */
export function listOf(list: GraphList, by: string): StatedList {
  return {
    person: idOf<PersonId>(list.person ?? personOf(by)),
    generation: list.generation,
    version: list.version,
    digest: idOf<Digest>(list.hash ?? ''),
    authority: idOf<DeviceKey>(list.authority),
    current: list.current.map((device) => idOf<DeviceKey>(device)),
    removed: list.removed.map((device) => idOf<DeviceKey>(device)),
  };
}

/** The id at a length of every log here. */
export function entryOf(log: string, length: number): EntryId {
  return idOf<EntryId>(`${log}#${length}`);
}

function saysOf(one: GraphStatement): Says {
  const cut = cutOf(one.cut);
  if (one.set) {
    const { person, role, cardGeneration } = one.set;
    return { kind: 'set', person: idOf<PersonId>(person), role, cut, generation: cardGeneration };
  }
  if (one.list) return { kind: 'devices', list: listOf(one.list, one.by), cut };
  if (one.epoch) return epochOf(one.epoch, one.id);
  return { kind: one.merge ? 'merge' : 'other' };
}

function epochOf({ epoch, to, lists = {}, controlLinks = [], dataLinks = [] }: GraphEpoch, id: string): Says {
  const link = (name: string) => ({ epoch: idOf<EpochId>(name), sealed: Buffer.alloc(48) });
  return {
    kind: 'epoch',
    epoch: idOf<EpochId>(epoch ?? id),
    to: to.map((device) => ({ device: idOf<DeviceKey>(device), serial: 1 })),
    lists: Object.entries(lists).map(([person, hashes]) => ({
      person: idOf<PersonId>(person),
      lists: hashes.map((hash) => idOf<Digest>(hash)),
    })),
    controlLinks: controlLinks.map(link),
    dataLinks: dataLinks.map(link),
  };
}

function cutOf(cut: GraphCut = {}): CutLog[] {
  return Object.entries(cut).map(([log, length]) => ({ log: idOf<LogId>(log), length, id: entryOf(log, length) }));
}
