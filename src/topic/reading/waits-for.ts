// What a message of a private topic waits for that cannot be shown yet, and when it was asked for (spec/cli.md, "JSON").
import type { DeviceKey, LogId, TopicId } from '../../format/ids.js';
import { decodeVeiled } from '../../format/private/veiled-payload.js';
import type { Repository } from '../../repository/repository.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { messageIn } from '../payload.js';
import type { PlacedNeed } from '../private/told.js';
import { type TopicView, viewTopic } from '../private/topic-view.js';

/** What is lacking; its author has it, or could not have written. */
export interface WaitsFor {
  /** Its key, or statements: who was in the topic when its log began. */
  readonly what: 'key' | 'statements';
  /** When this device wrote that it lacks it, ms on the own clock; undefined while it has not. */
  readonly asked: number | undefined;
}

/** Answers for entries of the topic that wait; the topic is worked out only when there is one. */
export function openWaits(repository: Repository, topic: TopicId, own: DeviceKey): (entry: StoredEntry) => WaitsFor {
  let opened: { readonly view: TopicView | undefined } | undefined;
  return (entry) => {
    opened ??= { view: viewTopic(repository, topic) };
    const { view } = opened;
    const what = view && view.endOf(entry.log) === undefined ? 'statements' : 'key';
    const need = view?.needs.find(({ device }) => device === own);
    const isAsked =
      view && need && (what === 'key' ? asksForKey(view, need, entry) : asksForHeads(view, need, entry.log));
    return { what, asked: isAsked ? timeOf(repository, need) : undefined };
  };
}

function asksForKey(view: TopicView, { need }: PlacedNeed, { log, payload }: StoredEntry): boolean {
  const n = payload && decodeVeiled(payload)?.n;
  if (n === undefined) return false;
  const epoch = view.logs.find((one) => one.log === log)?.epochs.get(n);
  return need.pairs.some((pair) => pair.log === log && pair.n === n) || need.epochs.some((one) => one === epoch);
}

function asksForHeads({ logs }: TopicView, { need }: PlacedNeed, log: LogId): boolean {
  const heads = logs.find((one) => one.log === log)?.heads ?? [];
  return heads.some((id) => need.statements.includes(id));
}

function timeOf(repository: Repository, { log, seq }: PlacedNeed): number | undefined {
  const entry = repository.entry(log, seq);
  return entry && messageIn(entry)?.time;
}
