// The entries of one bundle on their way into one commit: which are wanted, and what became of them (spec/bundle.md,
// "Import").

import type { ContentsRecord } from '../../format/bundle/contents.js';
import type { Frontier } from '../../format/bundle/frontier.js';
import type { Manifest } from '../../format/bundle/manifest.js';
import type { Bundle, BundleMember } from '../../format/bundle/reader.js';
import { salvageBundle } from '../../format/bundle/salvage.js';
import { type BundleVisitor, lieAbout, type VerifiedSegment, verifyOpened } from '../../format/bundle/verify.js';
import type { Wants } from '../../format/bundle/wants.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, EntryId, LogId } from '../../format/ids.js';
import { encodeProof, type Proof } from '../../format/log/proof.js';
import { decodeSegmentHeader, type SegmentHeader } from '../../format/log/segment.js';
import type { ByteSource } from '../../format/source.js';
import type { Commit } from '../../repository/commit.js';
import { countRanges, heldRanges, subtractRanges } from '../../repository/index/held.js';
import { type BlobReference, blobsIn } from '../../repository/store/blob-refs.js';
import { type Findings, verify } from '../../repository/verify.js';
import { isPersonLog } from '../../topic/person-topic.js';
import { segmentQuotaBytes } from '../../topic/quota.js';
import type { Session } from '../session.js';
import { Introductions } from './import-introductions.js';
import type { RunOptions } from './import-options.js';
import type { EntriesTaken, GapReport, RefusedLog, SeenIntroduction } from './import-report.js';
import { WholeSegments } from './import-whole.js';
import { OwnForks } from './own-forks.js';
import { Admission } from './standing.js';
import { isVeiledTakenFrom, VeiledQuota } from './veiled-quota.js';

/** One bundle on its way in; its chunks are no matter of this. */
export class ImportRun {
  frontier: Frontier | undefined;
  wants: Wants | undefined;
  readonly introductions: Introductions;
  /** Blobs that wanted entries refer to; gathered only in a dry run, after which nobody finds them in the repository. */
  readonly references: BlobReference[] = [];
  /** What brought something new. */
  readonly taken: Place[] = [];
  /** Segments of which all was held, or which nobody acknowledges. */
  readonly repeated: Place[] = [];
  /** Logs of which something was left that nobody here takes. */
  readonly left = new Set<LogId>();
  readonly #session: Session;
  readonly #options: RunOptions;
  readonly #admission: Admission;
  readonly #own: OwnForks;
  readonly #whole: WholeSegments | undefined;
  readonly #refused = new Map<LogId, RefusedLog>();
  readonly #changed = new Set<LogId>();
  readonly #stopped = new Set<LogId>();
  readonly #stripped = new Set<LogId>();
  #fresh = 0;
  #known = 0;
  #skipped = 0;
  #unplaced = 0;
  #passedBy = 0;
  #isVeiledTaken = false;
  readonly #veiled: VeiledQuota;

  constructor(session: Session, options: RunOptions) {
    this.#session = session;
    this.#options = options;
    this.#admission = new Admission(session);
    this.#veiled = new VeiledQuota(session);
    this.introductions = new Introductions(session, this.#admission);
    this.#own = new OwnForks(session, options, this.introductions);
    this.#whole = options.verified && new WholeSegments(options.verified, session.repository.world.now());
  }

  /** All of a sound bundle, whose chunks were verified before. */
  take(commit: Commit, bundle: Bundle): EntriesTaken {
    this.#begin(commit, bundle.manifest.key);
    this.introductions.open(bundle);
    const { manifest } = verifyOpened(bundle, this.#visitor(commit), { areChunksVerified: true });
    return this.#finish(commit, manifest);
  }

  /** Segments of a damaged file: nothing vouches for the rest of it, so each is judged by its own chain and head. */
  takeSalvaged(commit: Commit, source: ByteSource): EntriesTaken & { readonly members: readonly BundleMember[] } {
    const { manifest, members, segments } = salvageBundle(source);
    this.#begin(commit, manifest?.key);
    for (const { bytes } of segments()) this.introductions.read(bytes, decodeSegmentHeader(bytes));
    for (const { bytes } of segments()) this.#takeAlone(commit, bytes, decodeSegmentHeader(bytes));
    return { ...this.#finish(commit, manifest), members };
  }

  /** Segments and proofs that a device sends one by one: each is judged by itself. */
  takeSent(commit: Commit, { from, segments, proofs }: SentPieces): EntriesTaken {
    this.#begin(commit, from);
    for (const { bytes, header } of segments) this.introductions.read(bytes, header);
    for (const proof of proofs) this.#takeProof(commit, proof);
    for (const { bytes, header } of segments) this.#takeAlone(commit, bytes, header);
    return this.#finish(commit, undefined);
  }

  #begin(commit: Commit, maker: DeviceKey | undefined): void {
    commit.onBehind = (behind) => this.#own.keepBehind(behind);
    this.#isVeiledTaken = isVeiledTakenFrom(this.#session, maker);
  }

  #takeAlone(commit: Commit, bytes: Buffer, header: SegmentHeader): void {
    const { log, first, count } = header;
    try {
      const verified = verify(bytes, this.#session.repository.interpreter);
      if ('refusal' in verified) throw verified.refusal;
      this.#noteSealed(verified);
      if (!this.#admits({ log, first, end: first + count }, header)) return;
      this.#apply(commit, verified, bytes);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refuse({ log, code: error.code, message: error.message });
    }
  }

  #visitor(commit: Commit): BundleVisitor {
    return {
      frontier: (frontier) => {
        this.frontier = frontier;
      },
      wants: (wants) => {
        this.wants = wants;
      },
      proof: (proof) => this.#takeProof(commit, proof),
      // what a freeze has just undone is not held any more
      isKnown: (record) => !commit.isLowered(record.log) && this.#isKnown(record),
      verify: (bytes, record) => this.#verify(commit, bytes, record),
      refused: ({ log, code, message }) => this.#refuse({ log, code, message }),
    };
  }

  /** What a segment is, and whether it is wanted. */
  #verify(commit: Commit, bytes: Buffer, record: ContentsRecord): VerifiedSegment {
    const verified = verify(bytes, this.#session.repository.interpreter);
    const { header } = verified;
    // what its record says of a segment wrongly counts for nothing
    const isStated = !lieAbout(header, record);
    if (isStated && !('refusal' in verified)) {
      this.introductions.meet(bytes, record);
      this.#noteSealed(verified);
    }
    const isWanted = isStated && this.#admits(record, header);
    if ('refusal' in verified) return { header, outcome: verified.refusal, accept: () => {} };
    const accept = (): void => {
      if (isWanted) this.#accept(commit, verified, bytes, record);
    };
    return { header, outcome: verified.id, accept };
  }

  /** What is sealed is carried also where the introduction went before it, to others. */
  #noteSealed({ header: { log }, runs }: Findings): void {
    if (runs.some(({ sealed }) => sealed)) this.introductions.noteSealed(log);
  }

  #accept(commit: Commit, findings: Findings, bytes: Buffer, record: ContentsRecord): void {
    if (this.#options.dryRun) this.#gather(findings, bytes);
    this.#apply(commit, findings, bytes);
    this.#whole?.add(record, findings, bytes);
  }

  #gather({ header: { log }, runs }: Findings, bytes: Buffer): void {
    if (!runs.some((run) => run.blobs)) return;
    const { topic } = this.introductions.placement(log) ?? {};
    for (const blob of blobsIn(bytes)) this.references.push({ ...blob, log, topic, arrival: 0, frozen: false });
  }

  #apply(commit: Commit, findings: Findings, bytes: Buffer): void {
    const { log, first, count } = findings.header;
    const place = { log, first, end: first + count };
    try {
      const taken = commit.apply(findings, bytes);
      this.#fresh += taken.fresh;
      this.#known += taken.known;
      if (taken.known > 0 || this.#isCarried(log)) this.repeated.push(place);
      if (taken.unheld > 0) this.#stripped.add(log);
      if (taken.fresh > 0) this.#noteFresh(log, this.#own.isLost(log, first, first + count));
      if (taken.fresh > 0) this.taken.push(place);
      if (taken.refusal) this.#refuseFork(log, taken.refusal);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#refuseFork(log, error);
    }
  }

  #refuseFork(log: LogId, { code, message }: SatchelError): void {
    this.#refuse({ log, code, message });
    this.#own.note(log);
  }

  #noteFresh(log: LogId, wasHere = false): void {
    this.#changed.add(log);
    if (!wasHere) this.#own.note(log);
  }

  #takeProof(commit: Commit, proof: Proof): void {
    if (!this.#admitsProof(proof)) return;
    if (!commit.addProof(proof)) return;
    this.#own.note(proof.log);
  }

  /** One against a veiled log that is carried counts with it. */
  #admitsProof(proof: Proof): boolean {
    const size = encodeProof(proof).length;
    const isCarried = this.#session.repository.log(proof.log) !== undefined && this.introductions.isVeiled(proof.log);
    if (isCarried) return this.#isVeiledTaken && this.#veiled.admits(proof.log, size);
    return this.#admission.admit(this.introductions.placement(proof.log), size) === 'take';
  }

  /** Asked once for each segment: what is let in counts towards quotas. */
  #admits(place: Place, header: SegmentHeader): boolean {
    const isWanted = this.#isWanted(place, segmentQuotaBytes(header));
    if (!isWanted && this.introductions.isVeiled(header.log)) this.#passBy(header.log, header.count);
    // of what devices somebody has only so much is kept, and nobody need be told
    else if (!isWanted && !isPersonLog(this.introductions.placement(header.log) ?? {}))
      this.#leave(header.log, header.count);
    return isWanted;
  }

  #isWanted(record: Place, sizeBytes: number): boolean {
    if (this.#stopped.has(record.log)) return false;
    const placement = this.introductions.placement(record.log);
    const isKnown = this.#admission.standing(placement) === 'known';
    if (isKnown && !isPersonLog(placement ?? {})) return true;
    if (this.#isHeld(record)) return true;
    if (isKnown) return this.#admission.admitPersonal(record.log, sizeBytes);
    if (this.introductions.isVeiled(record.log))
      return this.#isVeiledTaken && this.#veiled.admits(record.log, sizeBytes);
    const decision = this.#admission.admit(placement, sizeBytes);
    if (decision === 'take') return true;
    if (decision !== 'unwanted') {
      this.#stopped.add(record.log);
      this.#refuse({ log: record.log, code: 'over-quota', message: QUOTA_WORDS[decision] });
    }
    return false;
  }

  #passBy(log: LogId, count: number): void {
    this.left.add(log);
    this.#passedBy += count;
  }

  #leave(log: LogId, count: number): void {
    this.left.add(log);
    this.#skipped += count;
    if (!this.introductions.placement(log)) this.#unplaced += count;
  }

  /** Held already, with the same id at its end: then it can only be the same entries, and need not be looked into. */
  #isKnown(record: ContentsRecord): boolean {
    const isKnown = this.#knows(record);
    if (isKnown) {
      this.#known += record.end - record.first;
      this.repeated.push(record);
    }
    return isKnown;
  }

  #knows(record: ContentsRecord): boolean {
    if (this.#options.verified || !this.#session.repository.log(record.log)) return false;
    return this.#isHeld(record) && this.#idAt(record) === record.id;
  }

  #isCarried(log: LogId): boolean {
    const topic = this.introductions.placement(log)?.topic;
    return !this.#session.topics.topics.some((known) => known.topic === topic && known.joined);
  }

  #idAt({ log, end }: Place): EntryId | undefined {
    const { repository } = this.#session;
    const summary = repository.log(log);
    if (summary?.end === end) return summary.id;
    return repository.runs(log, end - 1, end).find((run) => run.end === end)?.id;
  }

  #isHeld(record: Place): boolean {
    const { log, first, end } = record;
    // only the runs it touches: with all of them, a log full of gaps would cost its own length for each segment
    const held = heldRanges(this.#session.repository.runs(log, first, end));
    return subtractRanges([{ from: first, end }], held).length === 0;
  }

  #refuse(refusal: RefusedLog): void {
    if (!this.#refused.has(refusal.log)) this.#refused.set(refusal.log, refusal);
  }

  /** Known only at the end: a retraction may come behind what it explains. */
  #refuseStripped(commit: Commit): void {
    for (const log of this.#stripped) {
      const count = countRanges(commit.state(log).unheld.map((run) => ({ from: run.first, end: run.end })));
      if (count > 0)
        this.#refuse({ log, code: 'stripped', message: `${count} payloads were stripped without a cause` });
    }
  }

  #finish(commit: Commit, manifest: Manifest | undefined): EntriesTaken {
    for (const [log, count] of commit.heal()) {
      this.#fresh = Math.max(0, this.#fresh + count);
      if (count > 0) this.#noteFresh(log);
    }
    this.#refuseStripped(commit);
    this.#whole?.finishAll(commit);
    const left = { skipped: this.#skipped, unplaced: this.#unplaced, passedBy: this.#passedBy };
    const counts = { fresh: this.#fresh, known: this.#known, ...left };
    return {
      manifest,
      ...counts,
      refused: [...this.#refused.values()],
      gaps: [...this.#changed].flatMap((log) => gapsOf(commit, log)),
      introductions: [...this.introductions.found].map(seenIntroduction),
      changed: [...this.#changed],
      forked: this.#own.logs,
    };
  }
}

/** What a device sent, and nobody has looked into. */
export interface SentPieces {
  /** Undefined where nobody says who sends. */
  readonly from: DeviceKey | undefined;
  readonly segments: readonly { readonly bytes: Buffer; readonly header: SegmentHeader }[];
  /** Whose signatures are right. */
  readonly proofs: readonly Proof[];
}

type Place = Pick<ContentsRecord, 'log' | 'first' | 'end'>;

const QUOTA_WORDS = {
  'stranger-full': 'the quota for one stranger in this topic is full',
  'strangers-full': 'the quota for all strangers in this topic is full',
  'carry-full': 'the quota for carried logs is full',
} as const;

/** Whether the error is about one log: what is wrong with the repository or its disk ends the import. */
function isRefusal(error: unknown): error is SatchelError {
  return error instanceof SatchelError && !OWN_TROUBLE.has(error.exit);
}

/** Exit statuses of a damaged repository, and of a disk that fails or is full. */
const OWN_TROUBLE: ReadonlySet<number> = new Set([12, 30, 31]);

type Found = Introductions['found'] extends ReadonlyMap<LogId, infer T> ? T : never;

function seenIntroduction([log, { topic, label, author }]: [LogId, Found]): SeenIntroduction {
  return { log, topic, label, person: author.person };
}

function gapsOf(commit: Commit, log: LogId): GapReport[] {
  const held = commit.state(log).held;
  const ends = [0, ...held.map((range) => range.end)];
  return held.flatMap((range, i) => ((ends[i] ?? 0) < range.from ? [{ log, from: ends[i] ?? 0, to: range.from }] : []));
}
