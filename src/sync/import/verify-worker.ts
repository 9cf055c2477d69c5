// The importer's side of a second thread that verifies segments ahead of it (verifier.ts). It is an offer: what the thread
// did not do, or could not judge, the importer does itself, and it comes to the same.

import type { ContentsRecord } from '../../format/bundle/contents.js';
import { type Bundle, memberOf, readContents } from '../../format/bundle/reader.js';
import { SEGMENT_SIZE_MIN } from '../../format/log/segment.js';
import type { ByteSource } from '../../format/source.js';
import type { Findings } from '../../repository/verify.js';
import type { SpooledFile } from './source.js';
import type { Job, Result } from './verifier.js';
import { WorkQueue } from './work-queue.js';

/** Below so many bytes of segments a second thread takes longer to start than to help. */
export const HELPED_BYTES_MIN = 1_048_576;
/** Segments handed over, at most; those behind them are verified here. */
const SEGMENTS_MAX = 65_536;
/** A thread that needs longer for one segment is not waited for. */
const PATIENCE_MS = 10_000;

/** A running thread that works on jobs. */
export interface Thread {
  post(job: Job): void;
  /** The next result that has come; undefined when there is none. Never waits. */
  receive(): Result | undefined;
}

/** A thread that is started when there is enough for it to do. */
export class VerifyWorker {
  /** Segments that were taken at the other thread's word so far. */
  found = 0;
  readonly #start: () => Thread | undefined;
  readonly #bytesMin: number;
  #thread: { readonly running: Thread | undefined } | undefined;
  #jobs = 0;

  /** `start` gives nothing where there is no second processor. */
  constructor(start: () => Thread | undefined, bytesMin = HELPED_BYTES_MIN) {
    this.#start = start;
    this.#bytesMin = bytesMin;
  }

  /** Starts the thread if so many bytes of segments are worth it: the earlier, the sooner it can begin. */
  prepare(bytes: number): void {
    if (bytes >= this.#bytesMin) this.#thread ??= { running: this.#start() };
  }

  /** Has those segments of a bundle verified that the caller is going to ask for; undefined when it does not pay. */
  begin(source: ByteSource, bundle: Bundle, isAsked: (record: ContentsRecord) => boolean): VerifiedAhead | undefined {
    const { fd } = source as Partial<SpooledFile>;
    const member = memberOf(bundle, 'segments');
    if (fd === undefined || !member || member.size < this.#bytesMin) return undefined;
    const segments = placesOf(bundle, isAsked);
    if (segments.length === 0) return undefined;
    this.prepare(segments.reduce((sum, { length }) => sum + length, 0));
    const thread = this.#thread?.running;
    return thread && this.#hand(thread, { fd, at: member.offset, segments });
  }

  #hand(
    thread: Thread,
    { fd, at, segments }: { readonly fd: number; readonly at: number; readonly segments: readonly Place[] },
  ): VerifiedAhead {
    const number = ++this.#jobs;
    const ahead = new VerifiedAhead(thread, segments, { number, onFound: () => this.found++ });
    const offsets = Float64Array.from(segments, ({ offset }) => at + offset);
    const lengths = Float64Array.from(segments, ({ length }) => length);
    thread.post({ number, fd, offsets, lengths, claims: ahead.claims.shared });
    return ahead;
  }
}

/** Where the first of them lie; what has no room for a signature is refused in no time. */
function placesOf(bundle: Bundle, isAsked: (record: ContentsRecord) => boolean): Place[] {
  const found: Place[] = [];
  for (const record of readContents(bundle, ({ length }) => length >= SEGMENT_SIZE_MIN)) {
    if (isAsked(record)) found.push({ offset: record.offset, length: record.length });
    if (found.length === SEGMENTS_MAX) break;
  }
  return found;
}

type Place = Pick<ContentsRecord, 'offset' | 'length'>;

/** The segments of one bundle on which two threads work. */
export class VerifiedAhead {
  readonly claims: WorkQueue;
  readonly #thread: Thread;
  readonly #job: { readonly number: number; onFound(): void };
  /** By offset in the member: the order in which they will be asked for. */
  readonly #order: ReadonlyMap<number, number>;
  readonly #found = new Map<number, Findings>();
  #isLost = false;

  constructor(thread: Thread, segments: readonly Place[], job: { readonly number: number; onFound(): void }) {
    this.claims = new WorkQueue(WorkQueue.memoryFor(segments.length));
    this.#thread = thread;
    this.#job = job;
    this.#order = new Map(segments.map(({ offset }, i) => [offset, i]));
  }

  /** What the other thread found out about a segment; undefined when the caller is to verify it. Each is asked for once. */
  findings({ offset }: ContentsRecord): Findings | undefined {
    const segment = this.#order.get(offset);
    if (segment === undefined || this.#isLost) return undefined;
    this.claims.advance(segment);
    if (this.claims.take(segment)) return undefined;
    this.#isLost = !this.claims.awaitFinished(segment, PATIENCE_MS);
    this.#receive();
    const found = this.#found.get(segment);
    this.#found.delete(segment);
    if (found) this.#job.onFound();
    return found;
  }

  /** Takes what is left from the other thread, so that it rests. */
  end(): void {
    for (let segment = 0; segment < this.claims.count; segment++) this.claims.take(segment);
    this.claims.advance(this.claims.count);
  }

  #receive(): void {
    for (let next = this.#thread.receive(); next; next = this.#thread.receive()) {
      if (next.job === this.#job.number && next.findings) this.#found.set(next.segment, next.findings);
    }
  }
}
