// Appending messages to the own log of a topic: one commit a call, durable when it returns (spec/message.md, "Writing").

import type { Cbor } from '../../format/cbor/cbor.js';
import { SatchelError } from '../../format/error.js';
import type { EntryId, LogId, PersonId, TopicId } from '../../format/ids.js';
import { CLOCK_LIMIT } from '../../format/limits.js';
import { idOfHash, idsOfHashes } from '../../format/log/chain.js';
import { EMPTY_META, encodeMeta, type Meta } from '../../format/log/meta.js';
import type { Segment } from '../../format/log/segment.js';
import { type SegmentWriter, segmentBeside, segmentOf } from '../../format/log/segment-writer.js';
import { sha256Latin1 } from '../../format/platform.js';
import type { RunRecord } from '../../repository/index/run-record.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { blobProgress } from '../../repository/store/blob-progress.js';
import type { BlobStore } from '../../repository/store/blobs.js';
import type { Attachment } from '../message/attachment.js';
import { type Dep, encodeInPlace, type Message, SALT_SIZE, TEXT } from '../message/message.js';
import { AHEAD_MAX_MS, nextClock } from '../order/clock.js';
import { type ClockJudge, openClockJudge } from '../order/clock-judge.js';
import { CoveredDeps } from '../order/covered-deps.js';
import { type Citable, type Citation, chooseDeps, headOf, newHeads } from '../order/deps.js';
import type { ControlDraft, SaidMessage } from '../private/log-sealing.js';
import { type Author, type Lane, type OwnLog, openOwnLog, startWriting, type TopicPlace } from './own-log.js';
import { checkNotes, noteWritten } from './renew.js';
import { openVeil, type VeilManner } from './veil.js';

/** A message to be written. */
export interface Draft {
  readonly body?: Cbor | undefined;
  /** Absent: text. */
  readonly type?: string | undefined;
  /** The message it replies to, or the key of one earlier in the same call. */
  readonly reply?: Citable | { readonly key: string } | undefined;
  /** Clear metadata besides what the message itself brings. */
  readonly meta?: Meta | undefined;
  /** Files it brings; their chunks are stored. */
  readonly attachments?: readonly Attachment[] | undefined;
  /** A script's name for it: posted once. */
  readonly key?: string | undefined;
  /** The message of an older log that it says again. */
  readonly again?: Dep | undefined;
  /** The message whose text it replaces. */
  readonly edits?: Dep | undefined;
  /** The message that it is a reaction to. */
  readonly reacts?: Dep | undefined;
  /** Whom it mentions. */
  readonly mentions?: readonly PersonId[] | undefined;
  /** What the clock said, ms; absent: now. */
  readonly time?: number | undefined;
  /** In a private topic: what members' programs tell one another, in the place of a message. */
  readonly control?: ControlDraft | undefined;
  /** The own log that it has to be in, one that is written here; absent: the one written now. */
  readonly log?: LogId | undefined;
}

/** A message that was written. */
export interface Posted {
  readonly id: EntryId;
  readonly log: LogId;
  readonly seq: number;
  readonly topic: TopicId;
  readonly clock: number;
  readonly key?: string | undefined;
}

/** What came of a call. */
export interface PostReport {
  readonly posted: readonly Posted[];
  /** The author as it is afterwards: a new log, or a new epoch. */
  readonly author: Author;
  /** The repository was found to be restored or copied, and its logs were given up. */
  readonly renewed: boolean;
}

const NO_META = Buffer.alloc(0);
/** Bytes of a body below which it is compressed sooner than handed to another thread and waited for. */
const BESIDE_FROM = 262_144;
const NO_DEPS: Citation = { deps: [], clocks: [], reply: undefined };

/**
 * Appends the drafts in order as one durable commit.
 * @throws SatchelError `too-large` for a message that does not fit, `changed` when chunks of attachments have gone,
 *   `busy`, `io`, `no-space`; then nothing was written
 */
export function post(
  repository: Repository,
  author: Author,
  place: TopicPlace,
  drafts: Iterable<Draft>,
): Promise<PostReport> {
  return repository.lockedAsync(() => postLocked(repository, author, place, drafts));
}

/** {@link post} for a caller that holds the lock already; in a private topic it may renew the keys first. */
export async function postLocked(
  repository: Repository,
  author: Author,
  place: TopicPlace,
  drafts: Iterable<Draft>,
  manner: VeilManner = {},
): Promise<PostReport> {
  const checked = await checkNotes(repository, author);
  const given = [...drafts];
  const veil = await openVeil(repository, checked.author, place.topic, given, manner);
  const first = veil?.first ?? [];
  const list: readonly Draft[] = [...first, ...given];
  const judge = openClockJudge(repository, place.topic, checked.author.self.person);
  const opened = await openOwnLog(repository, checked.author, place, laneFor(list, judge), veil);
  // what is said again may bring what is to be fetched first
  for (const { attachments, again } of list) if (attachments && !again) assertStored(repository.blobs, attachments);
  const heads = citableHeads(repository, opened.own, place.topic).filter(({ log }) => !veil || veil.isWritable(log));
  const { posted, written } = await compose(repository, opened.own, { judge, heads }, place.topic, list);
  repository.commit((commit) => {
    for (const { segment, ids } of written) commit.append(segment, ids);
  });
  noteWritten(repository, opened.author, opened.own.end.log);
  return { posted: posted.slice(first.length), author: opened.author, renewed: checked.renewed };
}

/** A segment of the commit to be, and the ids in it that the index remembers. */
interface Written {
  readonly segment: Segment;
  readonly ids: readonly EntryId[];
}

/** The own log in a topic that these drafts belong in, should there be one that lies too far ahead. */
function laneFor(drafts: readonly Draft[], judge: ClockJudge): Lane {
  const isAbsurdReply = ({ reply }: Draft): boolean =>
    reply !== undefined && 'log' in reply && judge.isAbsurd(reply.log, reply.clock);
  const isAhead = drafts.some((draft) => isAbsurdReply(draft) || (draft.time ?? 0) > judge.ownTime + AHEAD_MAX_MS);
  return { isAhead, isLeftAhead: judge.isLeftAhead, log: drafts.find(({ log }) => log !== undefined)?.log };
}

/** Writes the drafts as segments; another thread compresses a large one while the next is composed. */
async function compose(
  repository: Repository,
  own: OwnLog,
  { judge, heads }: { readonly judge: ClockJudge; readonly heads: readonly Citable[] },
  topic: TopicId,
  drafts: readonly Draft[],
): Promise<{ readonly posted: readonly Posted[]; readonly written: readonly Written[] }> {
  const segments: (Segment | Promise<Segment>)[] = [];
  const milestones: (readonly EntryId[])[] = [];
  const writer = startWriting(own, (run, ids) => {
    segments.push(run.raw.length < BESIDE_FROM ? segmentOf(run) : segmentBeside(run));
    milestones.push(ids);
  });
  const composer = new Composer(repository, own, heads, { judge, drafts });
  const composed = drafts.map((draft) => composer.write(draft, writer));
  writer.flush();
  const compressed = await Promise.all(segments);
  return {
    posted: postedOf(composed, { log: own.end.log, topic }),
    written: compressed.map((segment, i) => ({ segment, ids: milestones[i] ?? [] })),
  };
}

function postedOf(composed: readonly Composed[], place: Pick<Posted, 'log' | 'topic'>): Posted[] {
  const ids = idsOfHashes(composed.map(({ hash }) => hash));
  return composed.map(({ seq, clock, key }, i) => ({
    log: place.log,
    topic: place.topic,
    seq,
    id: ids[i] as EntryId,
    clock,
    key,
  }));
}

/** A message as written; its id is still a hash as from {@link sha256Latin1}. */
type Composed = Pick<Posted, 'seq' | 'clock' | 'key'> & { readonly hash: string };

/** Gives each message its clock and its deps. */
class Composer {
  readonly #repository: Repository;
  readonly #own: OwnLog;
  readonly #judge: ClockJudge;
  readonly #byKey = new Map<string, Composed>();
  readonly #covers: CoveredDeps;
  /** Logs that several of the messages reply into. */
  readonly #answered: ReadonlySet<LogId>;
  #heads: readonly Citable[];
  #clock: number;
  /** Where the next entry stands. */
  #next: number;

  constructor(
    repository: Repository,
    own: OwnLog,
    heads: readonly Citable[],
    { judge, drafts }: { readonly judge: ClockJudge; readonly drafts: readonly Draft[] },
  ) {
    this.#repository = repository;
    this.#own = own;
    this.#judge = judge;
    this.#clock = own.clock;
    this.#heads = heads;
    this.#next = own.end.length + (own.introduction ? 1 : 0);
    this.#covers = new CoveredDeps(own.end.log, repository.frozen);
    this.#answered = answeredOften(drafts);
  }

  write(draft: Draft, writer: SegmentWriter): Composed {
    for (const before of this.#own.sealing?.before(draft) ?? []) this.#put(before, writer);
    return this.#put(draft, writer);
  }

  #put(draft: Draft, writer: SegmentWriter): Composed {
    const time = Math.min(Math.trunc(draft.time ?? this.#repository.world.now()), CLOCK_LIMIT - 1);
    const citation = this.#cite(draft);
    const clock = nextClock(time, this.#clock, citation.clocks);
    const { deps, reply } = citation;
    const payload = this.#payload(draft, { time, clock, deps, ...(reply !== undefined && { reply }) });
    const meta = draft.meta || draft.attachments ? encodeMeta(this.#metaOf(draft)) : NO_META;
    const seq = writer.add({ meta, payload, payloadLength: payload.length, payloadHash: sha256Latin1(payload) });
    this.#clock = clock;
    this.#next = seq + 1;
    // what is housekeeping is dropped some day, and with it what it cites
    if (deps.length > 0 && !draft.meta?.housekeeping) this.#covers.add({ seq, expires: draft.meta?.expires }, deps);
    const { key } = draft;
    const composed = { seq, clock, key, hash: writer.hash };
    if (key !== undefined) this.#byKey.set(key, composed);
    return composed;
  }

  #payload(draft: Draft, placed: Pick<Message, 'time' | 'clock' | 'deps' | 'reply'>): Buffer {
    const { type = TEXT, body, key, again, edits, reacts, mentions } = draft;
    const attachments = draft.attachments?.length ? draft.attachments : undefined;
    const expires = draft.meta?.expires;
    const said = { type, body, attachments, key, again, edits, reacts, mentions };
    const { sealing } = this.#own;
    // what is absent is not said
    if (sealing) return sealing.payload(draft, this.#next, { ...placed, ...said } as SaidMessage, expires);
    const salt = expires === undefined ? undefined : this.#repository.world.random(SALT_SIZE);
    return encodeInPlace({ ...placed, ...said, salt });
  }

  #metaOf({ meta = EMPTY_META, attachments = [], log }: Draft): Meta {
    const { retracts = [], ...rest } = meta;
    // what is to be taken back in another log, or where nothing stands yet, would take back here what is still to be written
    const isHere = log === undefined || log === this.#own.end.log;
    const before = isHere ? retracts.filter(({ end }) => end <= this.#next) : [];
    const blobs = attachments.map(({ root, size }) => ({ root, size }));
    return { ...rest, ...(before.length > 0 && { retracts: before }), ...(blobs.length > 0 && { blobs }) };
  }

  #earlier(key: string): Citable | undefined {
    const found = this.#byKey.get(key);
    return found && { log: this.#own.end.log, seq: found.seq, clock: found.clock, id: idOfHash(found.hash) };
  }

  #cite(draft: Draft): Citation {
    // only messages cite in a private topic: what else is said there has no place for it
    if (this.#own.sealing?.isMessage(draft) === false) return NO_DEPS;
    const reply = draft.reply && ('log' in draft.reply ? draft.reply : this.#earlier(draft.reply.key));
    if (!reply && this.#heads.length === 0) return NO_DEPS;
    const by = reply && this.#covers.of(reply, draft.meta?.expires);
    if (reply && by === undefined) this.#citeHeadFor(reply);
    const citation = chooseDeps(this.#heads, this.#judge, reply, by);
    this.#heads = [];
    return citation;
  }

  /** When several messages reply into a log, the first cites the log's head besides, which covers the others. */
  #citeHeadFor({ log }: Citable): void {
    if (!this.#answered.has(log) || this.#repository.frozen.has(log)) return;
    const head = this.#repository.log(log);
    if (head && !this.#heads.some((other) => other.log === log)) this.#heads = [...this.#heads, headOf(head)];
  }
}

function answeredOften(drafts: readonly Draft[]): ReadonlySet<LogId> {
  const seen = new Set<LogId>();
  const often = new Set<LogId>();
  for (const { reply } of drafts) {
    if (!reply || !('log' in reply)) continue;
    if (seen.has(reply.log)) often.add(reply.log);
    seen.add(reply.log);
  }
  return often;
}

/** Garbage is collected under the lock, and so is this asked: what a commit refers to is there. */
function assertStored(store: BlobStore, attachments: readonly Attachment[]): void {
  if (attachments.every((attachment) => blobProgress(store, attachment).state === 'complete')) return;
  throw new SatchelError('changed', 'another command removed what was being attached', {
    hint: 'run the same command again',
  });
}

/** Heads of the topic's other logs that came since our last entry; of all its logs when we have none yet. */
function citableHeads(repository: Repository, own: OwnLog, topic: TopicId): Citable[] {
  const since = own.arrival > 0 ? repository.arrivedAfter(own.arrival) : undefined;
  const logs = since
    ? changedLogs(repository, since, topic)
    : repository.logsOfTopic(topic).filter((log) => log.messages > 0);
  const withFrozen = logs.map((log) => ({ ...log, frozen: repository.frozen.get(log.log) }));
  return newHeads(
    since ?? logs.map(({ log, messages }) => ({ log, messages, unheld: false })),
    withFrozen,
    own.end.log,
  );
}

function changedLogs(repository: Repository, since: readonly RunRecord[], topic: TopicId): LogSummary[] {
  const changed = new Set(since.map((run) => run.log));
  return [...changed].flatMap((log) => repository.log(log) ?? []).filter((log) => log.topic === topic);
}
