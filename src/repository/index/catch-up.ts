// What a commit holds that is in the packs and not in the index yet: read as it was judged when it was taken
// (spec/repository.md, "Index").
import type { LogId } from '../../format/ids.js';
import { decodeSegment, walkSegment } from '../../format/log/segment.js';
import { recall } from '../../format/lru.js';
import type { KnownLogs } from '../known-logs.js';
import type { SegmentAt } from '../rot/stretches.js';
import { healUnheld } from './heal.js';
import type { Additions } from './index.js';
import { Ingest, type Interpreter } from './ingest.js';
import type { IntroductionRecord } from './introduction-record.js';
import { LogState } from './log-state.js';
import {
  type Fresh,
  freshOf,
  type Later,
  logsOfPerson,
  meantBy,
  namedByLater,
  personsWithLater,
} from './retracted-later.js';
import type { RunRecord } from './run-record.js';

/** Logs of one commit of which is remembered what is held. */
const STATES_MAX = 200_000;

/** A commit in a pack. */
export interface StoredCommit {
  readonly pack: number;
  readonly commit: number;
  readonly segments: Iterable<SegmentAt>;
}

/** What the index lacks of a commit, all before it being known. */
export function readCommit(
  repository: KnownLogs,
  { pack, commit, segments }: StoredCommit,
  interpreter: Interpreter,
): Additions {
  const additions = { introductions: [] as IntroductionRecord[], runs: [] as RunRecord[] };
  const states = new Map<LogId, LogState>();
  const known = (log: LogId): LogState => recall(states, log, STATES_MAX, () => stateOf(repository, log));
  const later: Later[] = [];
  for (const { offset, length } of segments) {
    const place = { pack, offset, length, arrival: commit };
    const segment = decodeSegment(repository.packs.read(pack, offset, length));
    const state = known(segment.log);
    const ingest = new Ingest(segment, state.known(segment, repository.world.now()), interpreter);
    const found = ingest.finish(walkSegment(segment, ingest.visit), place);
    additions.introductions.push(...found.introductions);
    state.add(found.runs);
    state.retract(ingest.retracts);
    for (const item of ingest.retractsIn) later.push({ ...item, by: segment.log });
    for (const run of found.runs) additions.runs.push(run);
  }
  const fresh = freshOf(repository, { introductions: additions.introductions, later });
  for (const log of mayBeTakenBackIn(repository, fresh, states.keys()))
    retractIn(repository, known(log), { log, fresh });
  const healed = [...states.values()].flatMap((state) => healUnheld(repository, state, commit));
  return { ...additions, runs: [...healed, ...additions.runs] };
}

/** Logs of those of whom there is something in the frame, if any log of theirs takes back something in others. */
function mayBeTakenBackIn(repository: KnownLogs, fresh: Fresh, logs: Iterable<LogId>): ReadonlySet<LogId> {
  const { personOf } = fresh.introducing;
  const persons = new Set([...logs].flatMap((log) => personOf(log) ?? []));
  const taking = personsWithLater(repository, persons, fresh);
  return new Set(taking.flatMap((person) => logsOfPerson(repository, person, fresh)));
}

function retractIn(repository: KnownLogs, state: LogState, { log, fresh }: { log: LogId; fresh: Fresh }): void {
  const { runs: chain, freeze } = state;
  const named = namedByLater(repository, log, fresh).filter(({ end }) => end <= freeze);
  state.retract(meantBy(named, { chain, freeze, idAt: (length) => state.knownIdAt(length) }));
}

/** What is known of a log before the frame. */
function stateOf(repository: KnownLogs, log: LogId): LogState {
  const decided = { freeze: repository.frozen.get(log), forgotten: repository.forgotten(log) };
  return new LogState(repository.records(log), (run) => repository.segment(run), decided);
}
