// A line that loses and changes bytes as one that does not: what is not confirmed is sent again (spec/stream.md, "Serial lines").
import { Duplex } from 'node:stream';
import { encodeLineFrame, LINE_DATA_MAX, LINE_FRAME, type LineFrame, LineReader } from './line-frame.js';
import { type StreamClock, SYSTEM_CLOCK } from './stream-clock.js';

/** How a line is. */
export interface LineOptions {
  /** Bits a second. */
  readonly baud: number;
  readonly clock?: StreamClock | undefined;
}

/** Frames that were sent and not confirmed, at most. */
const WINDOW = 8;
const SEQS = 65_536;
/** So often one is sent in vain before nobody is there. */
const TRIES_MAX = 20;
/** Of an 8-bit byte with its start and stop. */
const BITS = 10;
const FRAME_BYTES = 256;
/** For the other side to think, ms. */
const THINKING_MS = 200;
/** Sessions that are over, and of which late frames may come. */
const OVER_KEPT = 16;
const NOTHING = Buffer.alloc(0);

/** What lies on a device: one session at a time, and rubbish. */
export class Line {
  readonly #device: Duplex;
  readonly #options: LineOptions;
  readonly #reader = new LineReader();
  /** Sessions that are over: the frame that one that ended well would wait for now. */
  readonly #over = new Map<number, number | undefined>();
  #current: LineEnd | undefined;
  #accept: ((end: Duplex) => void) | undefined;

  constructor(device: Duplex, options: LineOptions) {
    this.#device = device;
    this.#options = options;
    device.on('data', (bytes: Buffer) => {
      for (const frame of this.#reader.push(bytes)) this.#take(frame);
    });
    const gone = (error?: Error): void => void this.#current?.destroy(error ?? new Error('the line is gone'));
    device.on('error', gone);
    device.on('close', () => gone());
  }

  /** Begins a session of this number, which nobody used before. */
  open(session: number): Duplex {
    return this.#begin(session);
  }

  /** Has each session handed over that somebody begins at the other end; one that is going on ends with that. */
  listen(accept: (end: Duplex) => void): void {
    this.#accept = accept;
  }

  #begin(session: number): LineEnd {
    this.#current?.destroy(new Error('the other side begins anew'));
    const end = new LineEnd(session, (frame) => this.#device.write(encodeLineFrame(frame)), this.#options);
    this.#current = end;
    end.once('close', () => {
      this.#over.set(session, end.endedAt);
      if (this.#over.size > OVER_KEPT)
        for (const oldest of [...this.#over.keys()].slice(0, 1)) this.#over.delete(oldest);
      if (this.#current === end) this.#current = undefined;
    });
    return end;
  }

  #take(frame: LineFrame): void {
    const { session, kind, seq } = frame;
    if (this.#current?.session === session) {
      this.#current.arrive(frame);
      return;
    }
    if (kind === LINE_FRAME.stop) return;
    const isNew = this.#accept && kind === LINE_FRAME.data && seq === 0 && !this.#over.has(session);
    if (isNew) {
      const end = this.#begin(session);
      this.#accept?.(end);
      end.arrive(frame);
      return;
    }
    // of what ended well the last word may have been lost; else it is of nothing that goes on here
    const wanted = this.#over.get(session);
    const answer = wanted === undefined ? { kind: LINE_FRAME.stop, seq: 0 } : { kind: LINE_FRAME.taken, seq: wanted };
    if (kind !== LINE_FRAME.taken || wanted === undefined)
      this.#device.write(encodeLineFrame({ session, data: NOTHING, ...answer }));
  }
}

interface Waiting {
  readonly kind: number;
  readonly data: Buffer;
  readonly sent?: () => void;
}

/** One end of a session. */
class LineEnd extends Duplex {
  readonly session: number;
  readonly #send: (frame: LineFrame) => void;
  readonly #clock: StreamClock;
  readonly #patienceMs: number;
  /** What is to go, behind what went. */
  readonly #queue: Waiting[] = [];
  readonly #flying = new Map<number, LineFrame>();
  #next = 0;
  #base = 0;
  #tries = 0;
  /** The first was sent again before its time: once is enough, what it is answered with may be old. */
  #isHurried = false;
  #stopTimer = (): void => {};
  #ended: (() => void) | undefined;
  /** What comes: the next that is waited for, and what came too early. */
  #wanted = 0;
  readonly #early = new Map<number, LineFrame>();
  #hasRoom = true;
  #isOverThere = false;

  constructor(session: number, send: (frame: LineFrame) => void, { baud, clock = SYSTEM_CLOCK }: LineOptions) {
    super({ allowHalfOpen: true });
    this.session = session;
    this.#send = send;
    this.#clock = clock;
    this.#patienceMs = Math.ceil((WINDOW * FRAME_BYTES * BITS * 1_000 * 2) / baud) + THINKING_MS;
  }

  /** Number of the frame behind the last, where both sides have said all, and heard it. */
  get endedAt(): number | undefined {
    return this.#isOverThere && this.writableFinished ? this.#wanted : undefined;
  }

  /** What came for this session. */
  arrive(frame: LineFrame): void {
    if (this.destroyed) return;
    // whoever says anything is there
    this.#tries = 0;
    if (frame.kind === LINE_FRAME.taken) this.#confirmed(frame.seq);
    else if (frame.kind === LINE_FRAME.stop) this.destroy(new Error('the other side has hung up'));
    else if (frame.kind === LINE_FRAME.data || frame.kind === LINE_FRAME.end) this.#arrived(frame);
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, sent: (error?: Error) => void): void {
    for (let at = 0; at < bytes.length; at += LINE_DATA_MAX) {
      const data = bytes.subarray(at, at + LINE_DATA_MAX);
      const isLast = at + LINE_DATA_MAX >= bytes.length;
      this.#queue.push({ kind: LINE_FRAME.data, data, ...(isLast && { sent: () => sent() }) });
    }
    if (bytes.length === 0) sent();
    this.#fly();
  }

  override _final(done: (error?: Error) => void): void {
    this.#queue.push({ kind: LINE_FRAME.end, data: NOTHING });
    this.#ended = () => done();
    this.#fly();
  }

  override _read(): void {
    this.#hasRoom = true;
    if (this.#early.has(this.#wanted)) this.#drain();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stopTimer();
    if (this.endedAt === undefined) this.#send({ session: this.session, kind: LINE_FRAME.stop, seq: 0, data: NOTHING });
    done(error);
  }

  #fly(): void {
    while (this.#flying.size < WINDOW) {
      const one = this.#queue.shift();
      if (!one) break;
      const frame = { session: this.session, kind: one.kind, seq: this.#next, data: one.data };
      this.#flying.set(this.#next, frame);
      this.#next = (this.#next + 1) % SEQS;
      this.#send(frame);
      one.sent?.();
    }
    this.#restartTimer();
  }

  #restartTimer(): void {
    this.#stopTimer();
    if (this.#flying.size === 0 || this.destroyed) return;
    this.#stopTimer = this.#clock.after(this.#patienceMs, () => {
      if (++this.#tries > TRIES_MAX) {
        this.destroy(new Error('nobody is at the other end'));
        return;
      }
      this.#isHurried = false;
      this.#again();
      this.#restartTimer();
    });
  }

  /** The first that was not confirmed: those behind it may have come. */
  #again(): void {
    const first = this.#flying.get(this.#base);
    if (first) this.#send(first);
  }

  #confirmed(wanted: number): void {
    const count = (wanted - this.#base + SEQS) % SEQS;
    if (count > this.#flying.size) return;
    // it waits for the first, and something behind that has come
    if (count === 0) {
      if (this.#flying.size > 1 && !this.#isHurried) this.#again();
      this.#isHurried = true;
      return;
    }
    this.#isHurried = false;
    for (let i = 0; i < count; i++) {
      this.#flying.delete(this.#base);
      this.#base = (this.#base + 1) % SEQS;
    }
    this.#fly();
    if (this.#flying.size === 0 && this.#queue.length === 0) this.#ended?.();
  }

  #arrived(frame: LineFrame): void {
    const ahead = (frame.seq - this.#wanted + SEQS) % SEQS;
    if (ahead < WINDOW) this.#early.set(frame.seq, frame);
    this.#drain();
  }

  /** Hands over what is read here; the rest waits, and is not confirmed. */
  #drain(): void {
    for (let one = this.#early.get(this.#wanted); one && this.#hasRoom; one = this.#early.get(this.#wanted)) {
      this.#early.delete(this.#wanted);
      this.#wanted = (this.#wanted + 1) % SEQS;
      this.#hand(one);
    }
    this.#send({ session: this.session, kind: LINE_FRAME.taken, seq: this.#wanted, data: NOTHING });
  }

  #hand({ kind, data }: LineFrame): void {
    if (kind === LINE_FRAME.end) {
      this.#isOverThere = true;
      this.push(null);
    } else if (!this.#isOverThere) this.#hasRoom = this.push(data) && this.#hasRoom;
  }
}
