// The statements that are held of one topic: what was taken in, what waits, and what is discarded for good (spec/private.md,
// "Intake"). What is discarded depends on a statement and its past alone, so that every replica discards the same.
import type { DeviceKey, PersonId, StatementId } from '../../format/ids.js';
import { DEVICE_STATEMENTS_MAX, FLOOD_HEADS_MAX, FLOOD_HEADS_MERGED } from '../../format/limits.js';
import { Bits } from './bits.js';
import { Graph, type Placed } from './graph.js';
import { type Resolution, resolve } from './resolve.js';
import { RULES, type Rules } from './rules.js';
import { ROLE, type TopicStatement } from './statement.js';

/** Of whose topic, and on which device. */
export interface HeldOptions {
  /** Those of the topic's id. */
  readonly owners: readonly PersonId[];
  /** This device: what it wrote itself is never too much. */
  readonly own: DeviceKey;
  /** For tests. */
  readonly rules?: Rules;
  /** For tests: where it ends. */
  readonly most?: Partial<Most>;
}

interface Most {
  /** So many statements of a device in the past of one of its own, */
  readonly statements: number;
  /** ... of which one merge for each so many of others is not counted. */
  readonly forcing: number;
  /** So many heads of a device. */
  readonly heads: number;
}

/** What a device wrote. */
interface Written {
  readonly places: Bits;
  /** Of these the merges that others forced. */
  readonly forced: Bits;
  count: number;
}

/** Statements of one topic; the set only ever grows. */
export class HeldStatements {
  readonly #options: Required<HeldOptions> & { readonly most: Most };
  readonly #graph = new Graph();
  readonly #waiting = new Map<StatementId, TopicStatement>();
  readonly #discarded = new Set<StatementId>();
  /** Who of the waiting cites what. */
  readonly #citing = new Map<StatementId, Set<TopicStatement>>();
  /** Places of statements that add a person, by an owner's device. */
  readonly #grants = new Map<PersonId, number[]>();
  readonly #written = new Map<DeviceKey, Written>();
  /** What of a device no other device cited, and no later one of its own. */
  readonly #uncited = new Map<DeviceKey, readonly Placed[]>();
  #resolved: { readonly size: number; readonly resolution: Resolution } | undefined;

  constructor(options: HeldOptions) {
    const most = { statements: DEVICE_STATEMENTS_MAX, forcing: FLOOD_HEADS_MERGED, heads: FLOOD_HEADS_MAX };
    this.#options = { rules: RULES, ...options, most: { ...most, ...options.most } };
  }

  /** Those that are held with all they cite. */
  get graph(): Graph {
    return this.#graph;
  }

  /** What they come to; worked out once for each set of them. */
  get resolution(): Resolution {
    const { size } = this.#graph;
    if (this.#resolved?.size !== size) {
      this.#resolved = { size, resolution: resolve(this.#graph, this.#options.owners, this.#options.rules) };
    }
    return this.#resolved.resolution;
  }

  /** Statements that lack something they cite, or are one too many of their device. */
  get waiting(): readonly TopicStatement[] {
    return [...this.#waiting.values()];
  }

  /** Ids that waiting statements cite and that are nowhere here: what is to be asked for. */
  get missing(): readonly StatementId[] {
    return [...this.#citing.keys()].filter((id) => !this.#isKnown(id)).sort();
  }

  /** Whether the statement was discarded, or can only be. */
  isDiscarded(id: StatementId): boolean {
    return this.#discarded.has(id);
  }

  /** Devices of which so many heads are held that a member merges them. */
  get flooding(): readonly DeviceKey[] {
    const flooding = [...this.#uncited].filter(([, heads]) => heads.length >= FLOOD_HEADS_MERGED);
    return flooding.map(([device]) => device).filter((device) => device !== this.#options.own);
  }

  /** Takes statements in, in whatever order; what comes back became held now, each after its past. */
  take(statements: Iterable<TopicStatement>): readonly Placed[] {
    const before = this.#graph.size;
    for (const statement of statements) if (!this.#isKnown(statement.id)) this.#wait(statement);
    // whether there is one too many of a device may depend on any other
    for (let size = -1; size !== this.#graph.size; ) {
      size = this.#graph.size;
      // in the order in which they came: what was held before is held again, whatever its device has written since
      this.#settle([...this.#waiting.values()].reverse());
    }
    return this.#graph.all.slice(before);
  }

  #isKnown(id: StatementId): boolean {
    return this.#graph.get(id) !== undefined || this.#waiting.has(id) || this.#discarded.has(id);
  }

  #wait(statement: TopicStatement): void {
    this.#waiting.set(statement.id, statement);
    for (const id of statement.prev) {
      const citing = this.#citing.get(id) ?? new Set();
      this.#citing.set(id, citing.add(statement));
    }
  }

  /** Decides about these, the last one first, and about what cites whatever was decided. */
  #settle(statements: readonly TopicStatement[]): void {
    const open = [...statements];
    for (let next = open.pop(); next; next = open.pop()) {
      if (!this.#waiting.has(next.id) || !this.#decide(next)) continue;
      this.#waiting.delete(next.id);
      for (const id of next.prev) this.#forgetCiting(id, next);
      for (const citing of [...(this.#citing.get(next.id) ?? [])].reverse()) open.push(citing);
    }
  }

  #forgetCiting(id: StatementId, statement: TopicStatement): void {
    const citing = this.#citing.get(id);
    citing?.delete(statement);
    if (citing?.size === 0) this.#citing.delete(id);
  }

  /** Whether the statement waits no longer. */
  #decide(statement: TopicStatement): boolean {
    const past = this.#graph.pastOf(statement.prev);
    const isRefused =
      statement.prev.some((id) => this.#discarded.has(id)) ||
      (past !== undefined && !this.#isAdmissible(statement, past));
    if (isRefused) {
      this.#discarded.add(statement.id);
      return true;
    }
    if (!past || this.#isTooMuch(statement, past)) return false;
    this.#hold(this.#graph.add(statement));
    return true;
  }

  #isAdmissible({ author }: TopicStatement, past: Bits): boolean {
    const { owners, rules, most } = this.#options;
    const written = this.#written.get(author.device);
    const isFull = written !== undefined && written.count >= most.statements;
    if (rules.deviceQuota && isFull && this.#counted(written, past) >= most.statements) return false;
    if (owners.includes(author.person) || !rules.strangersDiscarded) return true;
    return this.#grants.get(author.person)?.some((at) => past.has(at)) === true;
  }

  /** How much of a past counts against the device whose these are: all but merges, as far as there are others to have forced them. */
  #counted({ places, forced }: Written, past: Bits): number {
    const own = places.countIn(past);
    const others = past.countIn(past) - own;
    return own - Math.min(forced.countIn(past), Math.floor(others / this.#options.most.forcing));
  }

  /** Whether it would be one head too many of its device, and nobody else cites it. */
  #isTooMuch({ author, id }: TopicStatement, past: Bits): boolean {
    const { own, rules, most } = this.#options;
    const heads = this.#uncited.get(author.device);
    if (author.device === own || !rules.flood || !heads || heads.length < most.heads) return false;
    return heads.filter(({ at }) => !past.has(at)).length >= most.heads && !this.#isCitedByOthers(id, author.device);
  }

  /** Whether a waiting statement of another device has this one in its past. */
  #isCitedByOthers(id: StatementId, device: DeviceKey): boolean {
    const seen = new Set<StatementId>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const citing of this.#citing.get(next) ?? []) {
        if (citing.author.device !== device) return true;
        if (seen.has(citing.id)) continue;
        seen.add(citing.id);
        open.push(citing.id);
      }
    }
    return false;
  }

  #hold(placed: Placed): void {
    const { author, says } = placed;
    for (const [device, heads] of this.#uncited) {
      this.#uncited.set(
        device,
        heads.filter(({ at }) => !placed.past.has(at)),
      );
    }
    this.#uncited.set(author.device, [...(this.#uncited.get(author.device) ?? []), placed]);
    this.#noteWritten(placed);
    const isGrant = says.kind === 'set' && says.role === ROLE.member && this.#options.owners.includes(author.person);
    if (isGrant) this.#grants.set(says.person, [...(this.#grants.get(says.person) ?? []), placed.at]);
  }

  #noteWritten(placed: Placed): void {
    const { author, at } = placed;
    const written = this.#written.get(author.device) ?? { places: new Bits(), forced: new Bits(), count: 0 };
    written.places.add(at);
    if (this.#options.rules.mergesFree && isForced(this.#graph, placed)) written.forced.add(at);
    written.count++;
    this.#written.set(author.device, written);
  }
}

/** Whether it is a merge that brings something of another device to what its own has. */
function isForced(graph: Graph, { author, prev, says }: Placed): boolean {
  if (says.kind !== 'merge') return false;
  const cited = prev.flatMap((id) => graph.get(id) ?? []);
  return cited.some((one) => one.author.device !== author.device && !cited.some(({ past }) => past.has(one.at)));
}
