// What is said of what is held and lacked: only what the other side may not know (spec/stream.md, "Rounds").
import { encodeFrontier, type Frontier, type FrontierRange, frontierLogSize } from '../../format/bundle/frontier.js';
import { encodeWants } from '../../format/bundle/wants.js';
import type { LogId } from '../../format/ids.js';
import { FRONTIER_MAX, STREAM_FRONTIERS_MAX } from '../../format/limits.js';
import { sha256 } from '../../format/platform.js';
import { frontierMarks, partOf } from '../../format/stream/signed.js';
import { ownWants } from '../blobs/own-wants.js';
import { toldWants, type WantedBlob } from '../blobs/wanted.js';
import { statedInOrder } from '../export/own-frontier.js';
import { readPendingStatements } from '../known/pending-statements.js';
import { readStatement } from '../known/statements.js';
import type { Session } from '../session.js';
import type { Peer } from './greet.js';

/** What is said in one round. */
export interface Word {
  /** In frames of at most `FRONTIER_MAX` bytes each. */
  readonly frontiers: readonly Buffer[];
  /** The payload of WANTS; undefined when nothing is said of any log, or nothing is lacked. */
  readonly wants: Buffer | undefined;
  /** The logs that are named. */
  readonly logs: ReadonlySet<LogId>;
}

/** The marks of what is remembered of what the other side said in its present epoch. */
export function marksOf({ repository }: Session, { device, hello }: Peer, ownNonce: Buffer): Buffer[] {
  const statement = readStatement(repository, device);
  const frontier: Frontier = statement?.epoch === hello.epoch ? statement.frontier : new Map();
  return frontierMarks(frontier, [hello.nonce, ownNonce]);
}

/** Remembers over one stream what was said of which log. */
export class Speech {
  /** What was said last, as one digest for each log. */
  readonly #said = new Map<LogId, string>();
  #marks: readonly Buffer[] | undefined;
  readonly #nonces: readonly [Buffer, Buffer];

  /** `marks` are the other side's, `nonces` the own one and the other's. */
  constructor(marks: readonly Buffer[], nonces: readonly [Buffer, Buffer]) {
    this.#marks = marks;
    this.#nonces = nonces;
  }

  /** What to say now to the device, of the logs that it may be told of. */
  next(session: Session, peer: Peer, isTold: (log: LogId) => boolean): Word {
    const wanted = toldWants(session);
    const lacks = lacksByLog(wanted);
    const owed = new Set(readPendingStatements(session.repository, peer.device));
    const all = new Map(statedInOrder(session, [...owed, ...lacks.keys()], isTold));
    this.#believeMarks(all);
    const logs = new Map<LogId, readonly FrontierRange[]>();
    let size = 0;
    for (const [log, ranges] of all) {
      const said = digestOf(log, ranges, lacks.get(log));
      if (this.#said.get(log) === said && !owed.has(log)) continue;
      size += frontierLogSize(ranges.length);
      if (size > SIZE_MAX) break;
      this.#said.set(log, said);
      logs.set(log, ranges);
    }
    const wants = logs.size > 0 ? encodeWants(ownWants(wanted)) : NOTHING;
    return { frontiers: inFrames(logs), wants: wants.length > 0 ? wants : undefined, logs: new Set(logs.keys()) };
  }

  /** Notes what TAKEN has said: nothing of attachments. */
  noteTaken(session: Session, frontier: Frontier): void {
    for (const [log, ranges] of withoutBlobs(session, frontier)) this.#said.set(log, digestOf(log, ranges, undefined));
  }

  /** What the other side remembers need not be said to it. */
  #believeMarks(all: ReadonlyMap<LogId, readonly FrontierRange[]>): void {
    const marks = this.#marks;
    if (!marks) return;
    this.#marks = undefined;
    const own = frontierMarks(all, this.#nonces);
    for (const [log, ranges] of all)
      if (own[partOf(log)]?.equals(marks[partOf(log)] ?? NOTHING))
        this.#said.set(log, digestOf(log, ranges, undefined));
  }
}

/** Of a frontier the logs that refer to no attachments, as far as is known here: only of those TAKEN says all there is to say. */
export function withoutBlobs({ repository }: Session, frontier: Frontier): Frontier {
  const others = new Set([...repository.logsWithBlobs()].map(({ log }) => log));
  return new Map([...frontier].filter(([log]) => !others.has(log)));
}

/** A frontier in pieces that each find room in a frame. */
export function inPieces(frontier: Frontier): Frontier[] {
  const pieces: Map<LogId, readonly FrontierRange[]>[] = [];
  let left = 0;
  for (const [log, ranges] of frontier) {
    left -= frontierLogSize(ranges.length);
    if (left < 0) {
      pieces.push(new Map());
      left = FRONTIER_MAX - frontierLogSize(ranges.length);
    }
    pieces.at(-1)?.set(log, ranges);
  }
  return pieces;
}

function inFrames(frontier: Frontier): Buffer[] {
  return inPieces(frontier).map(encodeFrontier).slice(0, STREAM_FRONTIERS_MAX);
}

/** What is lacked of the attachments of each log, as text. */
function lacksByLog(wanted: readonly WantedBlob[]): ReadonlyMap<LogId, string> {
  const lacks = new Map<LogId, string>();
  for (const { root, missing, references } of wanted) {
    const lack = `${root}:${missing.map(({ from, end }) => `${from}-${end}`).join()}`;
    for (const log of new Set(references.map((one) => one.log))) lacks.set(log, `${lacks.get(log) ?? ''} ${lack}`);
  }
  return lacks;
}

function digestOf(log: LogId, ranges: readonly FrontierRange[], lacks = ''): string {
  return sha256(Buffer.concat([encodeFrontier(new Map([[log, ranges]])), Buffer.from(lacks)]));
}

const NOTHING: Buffer = Buffer.alloc(0);
/** So much finds room in the frames of a round, however logs fall into them: a log has at most a fifth of one. */
const SIZE_MAX = (STREAM_FRONTIERS_MAX * FRONTIER_MAX * 4) / 5;
