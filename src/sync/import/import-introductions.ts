// Whose logs a bundle brings: that has to be known before anything of them is judged (spec/bundle.md, "Import").

import type { ContentsPlace, ContentsRecord } from '../../format/bundle/contents.js';
import { type Bundle, readContents, readSegmentAt } from '../../format/bundle/reader.js';
import { SatchelError } from '../../format/error.js';
import type { LogId } from '../../format/ids.js';
import { BodyReader } from '../../format/log/body.js';
import { isIntroductionAlone } from '../../format/log/introduction.js';
import {
  decodeSegment,
  decodeSegmentHeader,
  SEGMENT_SIZE_MIN,
  type Segment,
  verifySegment,
} from '../../format/log/segment.js';
import type { Introduced } from '../../repository/index/introduction-record.js';
import { isVeiledLog } from '../../repository/index/summary.js';
import { isVeiledIntroduction, type VerifiedIntroduction, verifyIntroduction } from '../../topic/message/interpret.js';
import type { Session } from '../session.js';
import { type Admission, placementOf } from './standing.js';

/** Introductions remembered while a bundle is taken, at most; logs beyond stay in the file, for another time. */
const INTRODUCTIONS_MAX = 100_000;
/** Of these, of logs that are not taken. */
const UNWANTED_MAX = 1_000;

/** The introductions in one bundle, of logs that are not known here. */
export class Introductions {
  readonly #session: Session;
  readonly #admission: Admission;
  readonly #found = new Map<LogId, VerifiedIntroduction>();
  /** Logs of which it brings one that is veiled. */
  readonly #veiled = new Set<LogId>();
  /** Where the bundle says that there are some, of logs nobody has asked about. */
  readonly #places = new Map<LogId, ContentsRecord[]>();
  #bundle: Bundle | undefined;
  #unwanted = 0;

  constructor(session: Session, admission: Admission) {
    this.#session = session;
    this.#admission = admission;
  }

  /** By log, of those that were asked about. */
  get found(): ReadonlyMap<LogId, VerifiedIntroduction> {
    return this.#found;
  }

  /** Notes where the contents tell of one. It is read when its log comes up, right before that judges it once more. */
  open(bundle: Bundle): void {
    this.#bundle = bundle;
    for (const record of readContents(bundle, mayIntroduce)) {
      const places = this.#places.get(record.log);
      if (places) places.push(record);
      else this.#places.set(record.log, [record]);
    }
  }

  /** Reads a segment that may be one. */
  read(bytes: Buffer, { log, first }: { readonly log: LogId; readonly first: number }): void {
    if (first === 0) this.#note(log, () => readIntroduction(bytes, log));
  }

  /** A segment that was verified just now: if its log's introduction is to be read from it, that need not be done again. */
  meet(bytes: Buffer, { log, offset }: ContentsRecord): void {
    const places = this.#places.get(log);
    if (places?.[0]?.offset !== offset) return;
    places.shift();
    this.#note(log, () => introductionIn(decodeSegment(bytes)));
  }

  #note(log: LogId, read: () => BroughtIntroduction): void {
    if (this.#found.has(log) || placementOf(this.#session, log)) return;
    if (this.#found.size + this.#veiled.size >= INTRODUCTIONS_MAX) return;
    const introduction = read();
    if (introduction === 'veiled') this.#veiled.add(log);
    else if (introduction && this.#isRemembered(introduction)) this.#found.set(log, introduction);
  }

  /** Whether the log is veiled and was not placed here, by what is held or by the bundle. */
  isVeiled(log: LogId): boolean {
    if (this.placement(log)) return false;
    return this.#veiled.has(log) || isVeiledLog(this.#session.repository.log(log));
  }

  /** A segment with something sealed in it was met, of a log of which that was not known yet. */
  noteSealed(log: LogId): void {
    if (this.#found.size + this.#veiled.size < INTRODUCTIONS_MAX && !this.placement(log)) this.#veiled.add(log);
  }

  /** Whose log it is, by what is held or by the bundle. */
  placement(log: LogId): Introduced | undefined {
    const known = placementOf(this.#session, log);
    if (known) return known;
    this.#readPlaces(log);
    const introduction = this.#found.get(log);
    return introduction && introducedBy(introduction);
  }

  #readPlaces(log: LogId): void {
    const places = this.#places.get(log);
    if (!places || !this.#bundle) return;
    this.#places.delete(log);
    for (const record of places) this.read(readSegmentAt(this.#bundle, record), record);
  }

  /** Of people whose logs are not taken so many are shown: anybody can make as many as they like. */
  #isRemembered(introduction: VerifiedIntroduction): boolean {
    if (this.#admission.standing(introducedBy(introduction)) !== 'unwanted') return true;
    return ++this.#unwanted <= UNWANTED_MAX;
  }
}

/** What has no room for a signature introduces nothing, however much of it there is. */
function mayIntroduce({ first, end, length }: ContentsPlace): boolean {
  return first === 0 && end === 1 && length >= SEGMENT_SIZE_MIN;
}

function introducedBy({ topic, author }: VerifiedIntroduction): Introduced {
  return { topic, person: author.person, device: author.device };
}

/** One in the clear, that there is one which is not, or none. */
type BroughtIntroduction = VerifiedIntroduction | 'veiled' | undefined;

/** The introduction in a segment; a segment that is not valid is refused later, where it is judged. */
function readIntroduction(bytes: Buffer, log: LogId): BroughtIntroduction {
  try {
    const header = decodeSegmentHeader(bytes);
    if (header.log !== log || !isIntroductionAlone(header)) return undefined;
    const segment = decodeSegment(bytes);
    verifySegment(segment);
    return introductionIn(segment);
  } catch (error) {
    if (error instanceof SatchelError) return undefined;
    throw error;
  }
}

/** The introduction in a valid segment that holds nothing else. */
function introductionIn({ log, raw }: Segment): BroughtIntroduction {
  const reader = new BodyReader(raw);
  reader.next();
  const { payload } = reader;
  if (!payload) return undefined;
  return isVeiledIntroduction(reader) ? 'veiled' : verifyIntroduction(log, payload);
}
