// All that the index of a repository answers, as one text: equal for two repositories that hold the same, whatever became of
// their indexes.
import type { LogId } from '../../src/format/ids.js';
import { messagesWithin } from '../../src/repository/index/housekeeping.js';
import { plainRun } from '../../src/repository/index/run-record.js';
import type { World } from '../../src/repository/repository.js';
import { Repository } from '../../src/repository/repository.js';
import { createInterpreter } from '../../src/topic/message/interpret.js';

/** The answers of the repository in a directory, opened for them as a command does that reads or writes. */
export function answersOf(directory: string, world: World, as: 'reader' | 'writer' = 'reader'): string {
  const repository = Repository.open(directory, { interpreter: createInterpreter(), world, lockTimeoutMs: 0 });
  try {
    if (as === 'writer') repository.locked(() => undefined);
    return JSON.stringify(answers(repository), inOrder, 1);
  } finally {
    repository.close();
  }
}

/** Members of objects in the order of their names. */
function inOrder(_key: string, value: unknown): unknown {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function answers(repository: Repository): unknown {
  const logs = [...repository.logs()].sort((a, b) => (a.log < b.log ? -1 : 1));
  const topics = repository.topics().sort();
  const persons = [...new Set(logs.flatMap(({ person }) => person ?? []))].sort();
  const names = (list: Iterable<{ readonly log: LogId }>): LogId[] => [...list].map(({ log }) => log).sort();
  return {
    logs: logs.map((summary) => ({ ...summary, ...answersAbout(repository, summary.log) })),
    blobs: names(repository.logsWithBlobs()),
    topics: topics.map((topic) => [topic, names(repository.logsOfTopic(topic))]),
    persons: persons.map((person) => [person, names(repository.logsOfPerson(person))]),
    newest: [...repository.runsFromNewest()].map(plainRun),
    later: repository.arrivedAfter(2).map(plainRun),
    arrival: repository.lastArrival,
  };
}

function answersAbout(repository: Repository, log: LogId): object {
  const runs = repository.records(log);
  return {
    runs: runs.map((run) => ({ ...plainRun(run), milestones: run.milestones })),
    counts: runs.map((run) => messagesWithin(run, { from: run.first, end: run.first + 1 })),
    held: repository.held(log),
    entries: [...repository.entries(log)].map(({ seq, id }) => [seq, id]),
  };
}
