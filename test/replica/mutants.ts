// Mistakes that somebody could make in the program's rules, each as a change of its source.

/** A change of one place of a source file. */
interface Change {
  /** Below `src/`. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** One mistake. */
export interface Mutant {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** All of them; the replica in Python has to disagree with each. */
export const MUTANTS: readonly Mutant[] = [
  mutant('the id at the end of a segment is not compared', 'repository/index/link-check.ts', {
    'if (ours !== undefined && ours !== this.#idAtLimit)': 'if (false)',
  }),
  mutant('ids are compared only where a segment begins and ends', 'repository/index/link-check.ts', {
    'if (seq < this.#limit) this.#compare(seq + 1, () => chain.id);': '',
  }),
  mutant('the id before the first entry of a segment is not compared', 'repository/index/link-check.ts', {
    'if (first > 0) this.#compare(first, () => previous);': '',
  }),
  mutant('ids are compared behind the freeze too', 'repository/index/link-check.ts', {
    'this.#limit = Math.min(this.#end, state.freeze);': 'this.#limit = this.#end;',
  }),
  mutant('a retraction behind the freeze counts', 'repository/index/ingest.ts', {
    'seq > 0 && seq < this.#known.freeze) this.#noteRetracts': 'seq > 0) this.#noteRetracts',
  }),
  mutant('expiry explains what is missing behind the freeze', 'repository/index/ingest.ts', {
    "if (seq >= this.#known.freeze) return 'unheld';": '',
  }),
  mutant('what is stripped counts as held', 'repository/index/ingest.ts', {
    "? 'held' : 'unheld';": "? 'held' : 'held';",
  }),
  mutant('an entry expires a day late', 'repository/index/ingest.ts', {
    'meta.expires * DAY_MS <= this.#known.now': 'meta.expires * DAY_MS < this.#known.now',
  }),
  mutant('a lower proof is not kept beside a higher one', 'repository/commit/freezes.ts', {
    'if (freeze >= proof.length)': 'if (freeze >= 2 ** 48)',
  }),
  mutant('a segment that reaches beyond the freeze is refused as a whole', 'repository/commit.ts', {
    'if (segment.first > state.freeze) return': 'if (true) return',
  }),
  mutant('a retraction that comes later explains nothing', 'repository/commit.ts', {
    'if (found.retracts.length > 0) this.#retracting.add(segment.log);': '',
  }),
  mutant('the id at the freeze is forgotten', 'repository/commit.ts', {
    'if (!isNews && !isNewId(segment, state)) return taken;': 'if (!isNews) return taken;',
  }),
  mutant('what lies behind the freeze is kept', 'repository/store/cut.ts', {
    '(seq) => seq >= freeze': '() => false',
  }),
  mutant('of two messages with one clock that of the higher log id comes first', 'topic/order/order.ts', {
    'a.bound === b.bound ? a.log < b.log :': 'a.bound === b.bound ? a.log > b.log :',
  }),
  mutant('housekeeping moves what is behind it', 'topic/order/order.ts', {
    'if (!isOrdering && !this.#options.everything) return undefined;': '',
  }),
  mutant('a covered dep acknowledges', 'topic/acks/acks.ts', {
    'deps: message.deps.filter(hasId),': 'deps: message.deps as Dep[],',
  }),
  mutant('a full ack voids nothing', 'topic/acks/acks.ts', {
    'said.clear();': '',
    'if (acknowledging?.ack?.full) break;': '',
  }),
  mutant('a statement adds to the one before', 'topic/acks/acks.ts', {
    'said.set(log, { ranges, cited: new Map() });':
      'said.set(log, { ranges: [...(said.get(log)?.ranges ?? []), ...ranges], cited: new Map() });',
  }),
  mutant('anybody may say again what somebody said', 'topic/reading/places.ts', {
    'person !== undefined && original?.person === person &&': 'original !== undefined &&',
  }),
  mutant('a log takes back what is in one that it does not continue', 'repository/index/retracted-later.ts', {
    'if (by === log || !doesContinue(fresh.introducing, by, log)) continue;': 'if (by === log) continue;',
  }),
  mutant('what acks retract is shown', 'repository/index/found-runs.ts', {
    'takesBack: !isHousekeepingOnly(run.takesBack, isOne)': 'takesBack: !run.acks && run.takesBack.length > 0',
  }),
  mutant('what is stripped retracts nothing that is shown', 'topic/reading/retracted.ts', {
    'repository.records(log).filter(({ takesBack }) => takesBack)':
      'repository.records(log).filter(({ takesBack, unheld }) => takesBack && !unheld)',
  }),
  mutant('a message of a log that froze there is told what it answers', 'topic/order/cited.ts', {
    'return to < Math.min(end, source.frozen.get(log) ?? end);': 'return to < end;',
  }),
  mutant('each place of a message expires by itself', 'topic/reading/visibility.ts', {
    'hasExpired(shownOf(repository, entry, placed), now)': 'hasExpired(entry, now)',
  }),
  mutant('a critical key in metadata is passed over', 'format/log/meta.ts', {
    'if (hasCriticalKey(map)) return NEWER_META;': '',
  }),
];

/** The source of a file with the changes of a mutant; undefined for a file that it leaves alone. */
export function mutated({ changes }: Mutant, file: string, source: string): string | undefined {
  const here = changes.filter((change) => file.endsWith(`/src/${change.file}`));
  if (here.length === 0) return undefined;
  return here.reduce((text, { from, to }) => {
    const parts = text.split(from);
    if (parts.length !== 2) throw new Error(`not exactly once in ${file}: ${from}`);
    return parts.join(to);
  }, source);
}

function mutant(name: string, file: string, changes: Readonly<Record<string, string>>): Mutant {
  return { name, changes: Object.entries(changes).map(([from, to]) => ({ file, from, to })) };
}
