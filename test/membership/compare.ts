// Where the program and another answer differ about a graph.
import type { GraphLog, MembersGraph } from '../testkit/members-graph.js';
import { personOf } from '../testkit/members-graph.js';
import type { OracleAnswer } from './oracle.js';
import type { Resolved } from './program.js';

/** Each difference as one line. */
export function differences(
  { statements, owners }: MembersGraph,
  logs: readonly GraphLog[],
  ours: Pick<Resolved, 'role' | 'counts' | 'isShutOut' | 'end'>,
  theirs: OracleAnswer,
): string[] {
  const devices = [...new Set(statements.map(({ by }) => by))];
  const people = new Set([...owners, ...devices.map(personOf), ...statements.flatMap(({ set }) => set?.person ?? [])]);
  const found: string[] = [];
  const note = (what: string, own: unknown, other: unknown): void => {
    if (own !== other) found.push(`${what}: ${own}, expected ${other}`);
  };
  for (const person of people) note(`role of ${person}`, ours.role(person), theirs.role(person));
  for (const { id } of statements) note(`${id} counts`, ours.counts(id), theirs.counting.has(id));
  for (const device of devices) {
    for (const generation of [1, 2, 3]) {
      const what = `${device} with generation ${generation} is shut out`;
      note(what, ours.isShutOut(device, generation), theirs.isShutOut(device, generation));
    }
  }
  for (const log of logs) note(`end of ${log.log}`, ours.end(log), theirs.end(log));
  return found;
}
