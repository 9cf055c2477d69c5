// Which bundles may leave a drive (spec/drive.md, "Tidying"): those whose every segment and chunk lies in another one too,
// and those of which every listed person holds all, and lacks no chunk. Never otherwise.
import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { Digest, LogId, TopicId } from '../../format/ids.js';
import type { Range } from '../../format/log/meta.js';
import { subtractRanges } from '../../repository/index/held.js';
import type { RangeSet } from '../../repository/index/range-set.js';
import { isUnplaced } from '../../repository/index/summary.js';
import { isStranger, sharedTopics } from '../known/audience.js';
import { union } from '../known/knowledge.js';
import type { Recipient } from '../known/recipients.js';
import type { Session } from '../session.js';
import { Audiences, type Waited } from './audiences.js';
import { ChunkNeeds } from './chunk-needs.js';
import type { ChunkOnDrive } from './chunks.js';
import { EntryNeeds } from './entry-needs.js';
import { chunksOn, rangesOnDrive, type VerifiedBundle } from './holdings.js';
import type { SeenFile } from './memory.js';
import type { SaidThere } from './said-there.js';

/** A device's newest bundle stays for what it says, if it is no larger than this. */
const STATEMENT_BYTES = 1_048_576;
/** So long what others put at a URL stays, ms: two who tidy at once must not take away each other's reasons. */
const SETTLED_MS = 86_400_000;

/**
 * A bundle that may go, and why; a damaged one only when that was asked for, and one that a newer one replaces only where
 * nobody answers.
 */
export interface Removable {
  readonly bundle: Pick<VerifiedBundle, 'name'> & { readonly file: SeenFile };
  readonly reason: 'redundant' | 'acknowledged' | 'damaged' | 'replaced' | 'unopened';
}

/** Ranges of each log. */
type Ranges = ReadonlyMap<LogId, readonly Range[]>;

/** The bundles that may go, given whom they are for and who is still waited for; each is judged with the earlier ones gone. */
export function removableBundles(
  session: Session,
  bundles: readonly VerifiedBundle[],
  served: Waited,
  said: SaidThere,
): Removable[] {
  const { repository } = session;
  const needsOf = needsBy(session, said);
  const audiences = new Audiences(session, bundles, served);
  const stays = audiences.newest();
  const held = new Map(bundles.map((bundle) => [bundle, rangesOnDrive(repository, [bundle])]));
  const copies = copiesOf(bundles);
  const shared = topicsApart(session, served.waitedFor);
  const removable: Removable[] = [];
  const isSecret = (log: LogId): boolean => isUnplaced(repository.log(log));
  const forgotten = (log: LogId): RangeSet => repository.forgotten(log);
  // small ones first: what consolidation has brought together makes them superfluous
  for (const bundle of [...bundles].sort((a, b) => a.file.size - b.file.size || (a.name < b.name ? -1 : 1))) {
    if (stays.has(bundle) && bundle.file.size <= STATEMENT_BYTES) continue;
    const here = held.get(bundle) ?? new Map();
    held.delete(bundle);
    const others = audiences.instead(bundle, apartFrom(bundle, [...held.keys()], shared), held.keys());
    const elsewhere = together(
      others?.map((one) => held.get(one) ?? new Map()) ?? [...held.values()],
      new Set(here.keys()),
    );
    const copied = others && chunksOn(others);
    const alone = bundle.chunks.filter(({ digest }) => (copied ? !copied.has(digest) : copies.get(digest) === 1));
    const needs = needsOf(audiences.waitedFor(bundle));
    const reason = reasonToGo(bundle, { here, elsewhere, alone, needs, isSecret, forgotten });
    if (reason) {
      removable.push({ bundle, reason });
      for (const { digest } of bundle.chunks) copies.set(digest, (copies.get(digest) ?? 0) - 1);
    } else held.set(bundle, here);
  }
  return removable;
}

/** What some people need; each set of people is looked at once. */
function needsBy(session: Session, said: SaidThere): (people: readonly Recipient[] | undefined) => Needs | undefined {
  const found = new Map<string, Needs>();
  return (people) => {
    if (!people) return undefined;
    const key = people
      .map(({ device }) => device)
      .sort()
      .join('/');
    const needs = found.get(key) ?? {
      entries: new EntryNeeds(session, people, said),
      chunks: new ChunkNeeds(session, people),
    };
    found.set(key, needs);
    return needs;
  };
}

interface Needs {
  readonly entries: EntryNeeds;
  readonly chunks: ChunkNeeds;
}

/** The topics that are shared with strangers among these people: what is meant for these lies in bundles of its own. */
export function topicsApart(session: Session, people: readonly Recipient[]): ReadonlySet<TopicId> {
  const strangers = people.filter(({ person }) => isStranger(session, person));
  return new Set(strangers.flatMap(({ person }) => sharedTopics(session, person)));
}

/** Of a bundle with what strangers get: the others of just that topic. What lies elsewhere lies there for contacts. */
function apartFrom(
  { file }: VerifiedBundle,
  others: readonly VerifiedBundle[],
  shared: ReadonlySet<TopicId>,
): readonly VerifiedBundle[] | undefined {
  return file.topic && shared.has(file.topic) ? others.filter((one) => one.file.topic === file.topic) : undefined;
}

/** In how many bundles each chunk lies. */
function copiesOf(bundles: readonly VerifiedBundle[]): Map<Digest, number> {
  const copies = new Map<Digest, number>();
  for (const { chunks } of bundles) for (const { digest } of chunks) copies.set(digest, (copies.get(digest) ?? 0) + 1);
  return copies;
}

/** What several bundles hold of some logs. */
function together(all: readonly Ranges[], logs: ReadonlySet<LogId>): Ranges {
  return new Map([...logs].map((log) => [log, union(all.flatMap((one) => one.get(log) ?? []))]));
}

interface Circumstances {
  /** What the bundle holds of our history, and what the others hold of its logs. */
  readonly here: Ranges;
  readonly elsewhere: Ranges;
  /** Its chunks that lie nowhere else. */
  readonly alone: readonly ChunkOnDrive[];
  /** Whether nobody here could tell where a log belongs. */
  readonly isSecret: (log: LogId) => boolean;
  /** What of a log was forgotten here. */
  readonly forgotten: (log: LogId) => RangeSet;
  /** What those waited for need; undefined where nobody here can tell of all of them. */
  readonly needs: Needs | undefined;
}

/** A bundle stays when it holds anything that we do not hold ourselves in just this history: we could not judge it. */
function reasonToGo(
  bundle: VerifiedBundle,
  { here, elsewhere, needs, alone, isSecret, forgotten }: Circumstances,
): Removable['reason'] | undefined {
  if (bundle.file.left || bundle.file.passedBy) return undefined;
  // it only said what its device holds, and a newer one says it again
  if (bundle.records.length === 0 && bundle.chunks.length === 0) return bundle.file.proofs ? undefined : 'redundant';
  if (lackedOf(bundle.records, (log) => here.get(log) ?? []).size > 0) return undefined;
  const onlyHere = lackedOf(bundle.records, (log) => elsewhere.get(log) ?? []);
  if (onlyHere.size === 0 && alone.length === 0) return 'redundant';
  if (!needs || alone.some((chunk) => needs.chunks.isNeeded(chunk))) return undefined;
  // who needs what of a private topic only who has its keys can tell
  if ([...onlyHere.keys()].some(isSecret)) return undefined;
  // what goes from here can be brought again by whoever has it, and we have it no more
  if ([...onlyHere].some(([log, ranges]) => ranges.some((range) => forgotten(log).touches(range)))) return undefined;
  // housekeeping is needed as messages are: what comes behind it would seem to follow a gap
  const isNeeded = [...onlyHere].some(([log, ranges]) => needs.entries.neededOf(log, ranges).length > 0);
  // what is open, where nobody is listed, is for whoever finds it; what was sealed for us alone is taken
  const isFound = needs.entries.isAnybody || bundle.file.sealed === true;
  return isFound && !isNeeded ? 'acknowledged' : undefined;
}

function lackedOf(
  records: readonly ContentsRecord[],
  holds: (log: LogId) => readonly Range[],
): ReadonlyMap<LogId, readonly Range[]> {
  const wanted = new Map<LogId, Range[]>();
  for (const { log, first, end } of records) wanted.set(log, [...(wanted.get(log) ?? []), { from: first, end }]);
  const lacked = [...wanted].map(([log, ranges]) => [log, subtractRanges(union(ranges), holds(log))] as const);
  return new Map(lacked.filter(([, ranges]) => ranges.length > 0));
}

/** Whether a bundle may go where others may be tidying at this moment: an own one, or one that has lain there for long. */
export function maySettle({ self, repository }: Session, { bundle: { file } }: Removable): boolean {
  const { by, seen = Number.POSITIVE_INFINITY } = file;
  return by === self.device || seen <= repository.world.now() - SETTLED_MS;
}
