// Taking what comes over a stream: gathered, and then judged and made durable as an import of it would be, by the same
// hands (spec/stream.md, "Taking").
import type { Frontier, FrontierRange } from '../../format/bundle/frontier.js';
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, Digest, LogId } from '../../format/ids.js';
import { REFUSED_MAX, STREAM_BATCH, STREAM_BATCH_FRAMES, STREAM_USELESS_MAX } from '../../format/limits.js';
import { decodeProof, verifyProof } from '../../format/log/proof.js';
import { decodeSegmentHeader } from '../../format/log/segment.js';
import { sha256 } from '../../format/platform.js';
import type { Frame } from '../../format/stream/frame.js';
import type { Card } from '../../identity/card.js';
import { appendEvent } from '../../repository/journal.js';
import { type TakenBlobs, takeChunks } from '../blobs/intake.js';
import { eventRanges, streamFile } from '../event-fields.js';
import { statedOf } from '../export/own-frontier.js';
import { importSent, type SentImport } from '../import/import.js';
import type { SentPieces } from '../import/import-run.js';
import { noteUnstated } from '../known/pending-statements.js';
import type { Session } from '../session.js';
import type { Desk } from './desk.js';

/** A log of which something was refused, or that is not taken here. */
export interface RefusedHere {
  readonly log: LogId;
  readonly code: string;
  readonly message: string;
}

/** What became of what was gathered. */
export interface BatchTaken {
  readonly frames: number;
  /** What is held now of the logs that it was about. */
  readonly frontier: Frontier;
  /** Told for the first time over this stream. */
  readonly refused: readonly RefusedHere[];
}

/** All that was taken over one stream. Counts are entries, but for messages and chunks. */
export interface TakenCounts {
  readonly fresh: number;
  readonly known: number;
  readonly skipped: number;
  readonly messages: number;
  readonly blobs: number;
  readonly blobBytes: number;
  readonly refused: readonly RefusedHere[];
  /** Cards of authors, to be offered to the user. */
  readonly cards: readonly Card[];
  /** Own logs of which something turned up that was not written here. */
  readonly forked: readonly LogId[];
}

/** A log that nobody takes here. */
export const UNWANTED = 'unwanted';

/** Gathers frames of one stream, and takes them. */
export class StreamIntake {
  readonly #desk: Desk;
  readonly #from: DeviceKey;
  readonly #name: string;
  #frames: Frame[] = [];
  #bytes = 0;
  readonly #refused = new Map<LogId, RefusedHere>();
  readonly #cards = new Map<DeviceKey, Card>();
  readonly #forked = new Set<LogId>();
  readonly #places: SentImport['taken'][number][] = [];
  readonly #counts = { fresh: 0, known: 0, skipped: 0, messages: 0, blobs: 0, blobBytes: 0 };
  #invalid = 0;
  #useless = 0;

  constructor(desk: Desk, from: DeviceKey, name: string) {
    this.#desk = desk;
    this.#from = from;
    this.#name = name;
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  get isFull(): boolean {
    return this.#bytes >= STREAM_BATCH || this.#frames.length >= STREAM_BATCH_FRAMES;
  }

  get taken(): TakenCounts {
    const refused = [...this.#refused.values()].filter(({ code }) => code !== UNWANTED);
    return { ...this.#counts, refused, cards: [...this.#cards.values()], forked: [...this.#forked] };
  }

  /** Keeps a frame SEGMENT, PROOF or CHUNK for the next time. */
  add(frame: Frame): void {
    this.#frames.push(frame);
    this.#bytes += frame.payload.length;
  }

  /**
   * Makes what was gathered durable, and says what became of it.
   * @throws SatchelError `over-limit` when too much of it is not valid; `busy`, `io`, `no-space`, `damaged`
   */
  async take(): Promise<BatchTaken> {
    const frames = this.#frames;
    const bytes = this.#bytes;
    this.#frames = [];
    this.#bytes = 0;
    const { fresh, blobs } = this.#counts;
    const taken = await this.#desk.turn(async () => this.#takeFrames(frames));
    const isOfUse = this.#counts.fresh + this.#counts.blobs > fresh + blobs;
    this.#useless = isOfUse ? 0 : this.#useless + bytes + frames.length;
    if (this.#useless <= STREAM_USELESS_MAX) return taken;
    throw new SatchelError('over-limit', `more than ${STREAM_USELESS_MAX} bytes came that brought nothing`);
  }

  /** One line in the journal for all that came. Only under the repository's lock. */
  tellJournal({ layout, world }: Desk['repository']): void {
    const { fresh, known, skipped, blobs } = this.#counts;
    if (fresh + known + blobs === 0) return;
    appendEvent(layout, {
      at: world.now(),
      type: 'import',
      file: streamFile(this.#name),
      by: this.#from,
      fresh,
      known,
      skipped,
      refused: this.#refused.size,
      ...(blobs > 0 && { blobs }),
      ...(this.#places.length > 0 && eventRanges(this.#places)),
    });
  }

  #takeFrames(frames: readonly Frame[]): BatchTaken {
    const session = this.#desk.session();
    const refused: RefusedHere[] = [];
    const pieces = this.#sort(frames, (one) => this.#refuse(refused, one));
    const isAny = pieces.segments.length + pieces.proofs.length > 0;
    if (isAny) this.#note(importSent(session, pieces), refused);
    const blobs = takeChunks(session, chunksIn(frames));
    this.#noteBlobs(session, blobs);
    const logs = new Set([...pieces.segments.map(({ header }) => header.log), ...pieces.proofs.map(({ log }) => log)]);
    return { frames: frames.length, frontier: frontierOf(session, logs), refused };
  }

  /** What is no segment and no proof is about no log, or only says that it is. */
  #sort(frames: readonly Frame[], refuse: (one: RefusedHere) => void): SentPieces {
    const segments: SentPieces['segments'][number][] = [];
    const proofs: SentPieces['proofs'][number][] = [];
    for (const { type, payload } of frames) {
      const failure = attempt(() => {
        if (type === 'segment') segments.push({ bytes: payload, header: decodeSegmentHeader(payload) });
        if (type !== 'proof') return;
        const proof = decodeProof(payload);
        if (verifyProof(proof)) proofs.push(proof);
        else
          refuse({
            log: proof.log,
            code: 'bad-chain',
            message: 'proof of a contradiction is not signed by the log key',
          });
      });
      if (failure) this.#countInvalid();
    }
    return { from: this.#from, segments, proofs };
  }

  #note({ report, messages, taken, left, cards }: SentImport, refused: RefusedHere[]): void {
    this.#counts.fresh += report.fresh;
    this.#counts.known += report.known;
    this.#counts.skipped += report.skipped;
    this.#counts.messages += messages;
    this.#places.push(...taken);
    for (const one of report.refused) this.#refuse(refused, one);
    for (const log of left) this.#refuse(refused, { log, code: UNWANTED, message: 'nobody takes it here' });
    for (const card of cards) this.#cards.set(card.device, card);
    for (const log of report.forked) this.#forked.add(log);
  }

  #refuse(refused: RefusedHere[], one: RefusedHere): void {
    if (INVALID.has(one.code)) this.#countInvalid();
    if (this.#refused.has(one.log)) return;
    this.#refused.set(one.log, one);
    refused.push(one);
  }

  #countInvalid(): void {
    if (++this.#invalid > REFUSED_MAX)
      throw new SatchelError('over-limit', `more than ${REFUSED_MAX} segments and proofs of the stream are not valid`);
  }

  /** Whoever sends chunks has to hear when they are here. */
  #noteBlobs({ repository }: Session, { fresh, freshBytes, known, logs }: TakenBlobs): void {
    this.#counts.blobs += fresh;
    this.#counts.blobBytes += freshBytes;
    if (fresh + known > 0 && logs.length > 0) repository.locked(() => noteUnstated(repository, this.#from, logs));
  }
}

/** What says that a segment or proof was never good, or is not any more. */
const INVALID: ReadonlySet<string> = new Set(['bad-segment', 'bad-checksum', 'bad-chain', 'over-limit', 'bad-member']);

function attempt(work: () => void): SatchelError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof SatchelError && INVALID.has(error.code)) return error;
    throw error;
  }
}

function chunksIn(frames: readonly Frame[]) {
  const chunks = frames.filter(({ type }) => type === 'chunk');
  return chunks.map(({ payload }) => ({
    digest: sha256(payload) as Digest,
    size: payload.length,
    read: () => payload,
  }));
}

function frontierOf(session: Session, logs: Iterable<LogId>): Frontier {
  const frontier = new Map<LogId, readonly FrontierRange[]>();
  for (const log of logs) {
    const ranges = statedOf(session, log);
    if (ranges.length > 0) frontier.set(log, ranges);
  }
  return frontier;
}
