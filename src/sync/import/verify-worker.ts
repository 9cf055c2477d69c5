// A second thread that calls `verify` for segments of a large bundle: the importer begins with the first, the thread with the
// last one, until they meet. Nobody waits for it, and what it sent nothing about the importer verifies itself.
import type { ContentsRecord } from '../../format/bundle/contents.js';
import { type Bundle, memberOf, readContents } from '../../format/bundle/reader.js';
import { BODY_MAX } from '../../format/limits.js';
import { disk } from '../../repository/disk.js';
import type { Interpreter } from '../../repository/index/ingest.js';
import { type Findings, tryVerify } from '../../repository/verify.js';
import type { SpooledFile } from './source.js';

/** Segments handed over, at most: what is found in half of them lies in memory. */
const SEGMENTS_MAX = 16_384;
/** So many that it found nothing about, and that the importer looks at again: then it is no help. */
const FRUITLESS_MAX = 16;
/** Runs and retractions that are handed back of one segment, at most: a hostile one has a hundred thousand. */
const HANDED_MAX = 100;

/** Segments of a bundle: offset behind `start` and length of each, and how many of them the importer has come to. */
export interface Job {
  readonly number: number;
  readonly fd: number;
  readonly start: number;
  readonly places: Float64Array;
  readonly position: Int32Array;
}

/** What was found in one of them. */
export interface Result {
  readonly job: number;
  readonly offset: number;
  readonly findings: Findings;
}

/** What the thread does. */
export function workOn(job: Job, interpreter: Interpreter, send: (result: Result) => void): void {
  const { number, places, position } = job;
  const buffer = Buffer.allocUnsafe(2 * BODY_MAX);
  let fruitless = 0;
  for (let i = places.length - 2; i >= 2 * Atomics.load(position, 0) && fruitless < FRUITLESS_MAX; i -= 2) {
    const offset = places[i] ?? 0;
    const findings = findingsAt(job, offset, buffer.subarray(0, places[i + 1]), interpreter);
    if (findings) send({ job: number, offset, findings });
    else fruitless++;
  }
}

function findingsAt({ fd, start }: Job, offset: number, bytes: Buffer, interpreter: Interpreter): Findings | undefined {
  try {
    const found = disk.read(fd, bytes, start + offset) === bytes.length ? tryVerify(bytes, interpreter) : undefined;
    const { runs = [], retracts = [], retractsIn = [] } = found ?? {};
    return runs.length + retracts.length + retractsIn.length > HANDED_MAX ? undefined : found;
  } catch {
    return undefined; // a disk that fails here fails for the importer too, who says so
  }
}

/** The importer's side; to receive is not to wait: there may be no result. */
export class VerifyWorker {
  /** Segments that were taken at the thread's word so far. */
  used = 0;
  readonly #found = new Map<number, Findings>();
  #job: Job = { number: 0, fd: 0, start: 0, places: new Float64Array(), position: new Int32Array(1) };

  constructor(readonly thread: { post(job: Job): void; receive(): Result | undefined }) {}

  /** Has those segments of a bundle verified that the caller is going to ask for, in their order. */
  begin(bundle: Bundle, isAsked: (record: ContentsRecord) => boolean): void {
    const { fd } = bundle.source as Partial<SpooledFile>;
    const start = memberOf(bundle, 'segments')?.offset ?? 0;
    const places: number[] = [];
    for (const record of fd === undefined ? [] : readContents(bundle)) {
      if (isAsked(record)) places.push(record.offset, record.length);
      if (places.length === 2 * SEGMENTS_MAX) break;
    }
    const position = new Int32Array(new SharedArrayBuffer(4));
    this.#job = { number: this.#job.number + 1, fd: fd ?? 0, start, places: Float64Array.from(places), position };
    if (places.length > 0) this.thread.post(this.#job);
  }

  /** What the thread found in a segment; undefined when the caller is to verify it. */
  findings({ offset }: ContentsRecord): Findings | undefined {
    Atomics.add(this.#job.position, 0, 1);
    for (let next = this.thread.receive(); next; next = this.thread.receive())
      if (next.job === this.#job.number) this.#found.set(next.offset, next.findings);
    const found = this.#found.get(offset);
    if (this.#found.delete(offset)) this.used++;
    return found;
  }

  /** The bundle is done with: the thread rests. */
  end(): void {
    Atomics.store(this.#job.position, 0, SEGMENTS_MAX);
    this.#found.clear();
  }
}
