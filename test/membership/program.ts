// What the program says of a graph, in the words of the oracle.
import type { DeviceKey, LogId, PersonId, StatementId } from '../../src/format/ids.js';
import { Graph } from '../../src/topic/members/graph.js';
import { logEnd } from '../../src/topic/members/log-end.js';
import { type Resolution, resolve } from '../../src/topic/members/resolve.js';
import { RULES, type Rules } from '../../src/topic/members/rules.js';
import type { TopicStatement } from '../../src/topic/members/statement.js';
import { authorOf, entryOf, type GraphLog, idOf, type MembersGraph, statementsOf } from '../testkit/members-graph.js';

/** Statements and what they come to. */
export interface Resolved {
  readonly resolution: Resolution;
  readonly role: (person: string) => number;
  readonly counts: (id: string) => boolean;
  readonly isShutOut: (device: string, generation?: number) => boolean;
  readonly end: (log: GraphLog) => number | undefined;
}

/** Resolves a graph, taking its statements in this order; `rules` left out hold. */
export function resolveGraph(
  graph: MembersGraph,
  rules: Partial<Rules> = {},
  order: readonly TopicStatement[] = statementsOf(graph),
): Resolved {
  const all: Rules = { ...RULES, ...rules };
  const placed = new Graph();
  for (const statement of order) placed.add(statement);
  const owners = graph.owners.map((name) => idOf<PersonId>(name));
  return resolvedOf(resolve(placed, owners, all), all);
}

/** A resolution in the words of the oracle. */
export function resolvedOf(resolution: Resolution, rules: Rules = RULES): Resolved {
  return {
    resolution,
    role: (person) => resolution.role(idOf<PersonId>(person)),
    counts: (id) => resolution.counts(idOf<StatementId>(id)),
    isShutOut: (device, generation = 1) => resolution.shutOutBy(authorOf({ by: device, generation })).length > 0,
    end: (log) => {
      const { log: name, by, generation, heads } = log;
      const author = authorOf(generation === undefined ? { by } : { by, generation });
      const held = heads.map((id) => idOf<StatementId>(id));
      const idAt = (length: number) => entryOf(name, length);
      return logEnd(resolution, { log: idOf<LogId>(name), author, heads: held, idAt }, rules);
    },
  };
}

/** The device key that a name stands for. */
export function deviceOf(name: string): DeviceKey {
  return idOf<DeviceKey>(name);
}
