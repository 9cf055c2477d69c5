// How far the logs of a private topic count, as it is noted for who only reads (spec/repository.md, "Ends"): to work a topic out
// takes the signatures of all its statements, and what is shown takes no more of it than this. No key is in it, nor what one opened.
import type { LogId, TopicId } from '../../format/ids.js';
import { sha256 } from '../../format/platform.js';
import { readSelf } from '../../identity/self.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { readState, writeState } from '../../repository/state.js';
import { keyringOf } from '../message/interpret.js';
import { LiveKeyring } from '../message/keyring.js';
import { stateOf, type TopicView, veiledLogsOf, viewTopic } from './topic-view.js';

/** Below which length entries of a log count; undefined while all of it waits; 0 for one that is none of the topic's. */
export type EndOf = (log: LogId) => number | undefined;

/** Those of the logs of a topic, noted or worked out; undefined where {@link viewTopic} is. */
export function endsOf(repository: Repository, topic: TopicId): EndOf | undefined {
  const keyring = keyringOf(repository);
  if (!(keyring instanceof LiveKeyring) || !keyring.create(topic)?.policy) return undefined;
  const noted = keyring.isTrying(topic) ? undefined : notedEnds(repository, keyring, topic);
  if (noted) return noted;
  const view = viewTopic(repository, topic);
  if (view && !keyring.isTrying(topic)) note(repository, keyring, view);
  return view?.endOf;
}

function notedEnds(repository: Repository, keyring: LiveKeyring, topic: TopicId): EndOf | undefined {
  const stored = readState(repository.layout, 'ends', topic);
  if (stored?.of !== groundsOf(repository, keyring, topic)) return undefined;
  const logs = new Map(veiledLogsOf(repository, topic).map((summary) => [summary.log, summary]));
  const ended = new Map(stored.ended.map(({ log, state, end }) => [log, { state, end }]));
  // a cut may name an entry that came since
  const isSame = [...ended].every(([log, { state }]) => stateIn(repository, logs.get(log)) === state);
  if (!isSame) return undefined;
  return (log) => {
    const known = ended.get(log);
    if (known) return known.end;
    return logs.has(log) ? Number.POSITIVE_INFINITY : 0;
  };
}

function note(repository: Repository, keyring: LiveKeyring, { topic, endOf }: TopicView): void {
  const summaries = veiledLogsOf(repository, topic);
  // what the disk did not give now it may give the next time
  if (summaries.some(({ log }) => repository.unreadable(log))) return;
  const ended = summaries.flatMap((summary) => {
    const end = endOf(summary.log);
    return end === Number.POSITIVE_INFINITY ? [] : [{ log: summary.log, state: stateIn(repository, summary), end }];
  });
  writeState(repository.layout, 'ends', { of: groundsOf(repository, keyring, topic), ended }, topic);
}

/** What all ends follow from but what cuts name: introductions and control entries, what opens them, and where logs contradict themselves. */
function groundsOf(repository: Repository, keyring: LiveKeyring, topic: TopicId): string {
  const { directory, frozen } = repository;
  const epochs = keyring.keysOf(topic)?.epochs ?? [];
  const grounds = [
    [RULES_EDITION, topic, readSelf(directory).device],
    epochs.map(({ id, data }) => `${id}${data ? 'D' : ''}`).sort(),
    keyring.statementsOf(topic).map(({ bytes, signature }) => [sha256(bytes), signature.toString('hex')]),
    veiledLogsOf(repository, topic)
      .map(({ log, events }) => [log, events, frozen.get(log) ?? null])
      .sort(),
  ];
  return sha256(Buffer.from(JSON.stringify(grounds)));
}

function stateIn(repository: Repository, summary: LogSummary | undefined): string {
  return summary ? stateOf(repository, summary) : '';
}

/** Greater with each change of what follows from the same statements. */
const RULES_EDITION = 1;
