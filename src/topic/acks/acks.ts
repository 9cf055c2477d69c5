// Acknowledgements: what the author of a log says is held at its side (spec/message.md, "Acknowledgements").
import { asBytes, asInteger, asList, asMap, type Cbor, hasCriticalKey } from '../../format/cbor/cbor.js';
import { type EntryId, idBytes, type LogId, readId } from '../../format/ids.js';
import { LENGTH_LIMIT } from '../../format/limits.js';
import { decodeMeta, type Range } from '../../format/log/meta.js';
import { type HeldRange, isInRanges, subtractRanges } from '../../repository/index/held.js';
import type { StoredEntry } from '../../repository/store/open-segment.js';
import { ACK, type Dep, hasId } from '../message/message.js';
import { messageIn } from '../payload.js';
import { type EntrySource, entriesBeforeFreeze, type RunView, runsBeforeFreeze } from '../source.js';

const STATEMENTS = 1;
const FULL = 2;

/** Everything that is held of one log; absolute, so it may say less than the one before. */
export interface Statement {
  readonly log: LogId;
  /** Ascending and disjoint; none means that nothing is held. */
  readonly ranges: readonly HeldRange[];
}

/** The body of an ack. */
export interface Ack {
  readonly statements: readonly Statement[];
  /** Whether every earlier statement is void. */
  readonly full: boolean;
}

/** What one entry of a log acknowledges. */
export interface Acknowledging {
  readonly seq: number;
  /** Each entry cited by its id is acknowledged, exactly that one. */
  readonly deps: readonly Dep[];
  /** Absent when the entry is no ack. */
  readonly ack?: Ack;
}

/** What a log's author has acknowledged. */
export interface AckState {
  readonly held: ReadonlyMap<LogId, readonly HeldRange[]>;
  /** Seqs of the acks it follows from: the latest full one and those behind it. */
  readonly acks: readonly number[];
  /** Nothing before this seq has a part in it: that of the latest full ack, or 0. */
  readonly since: number;
}

/** What a log acknowledges by its entries before one of them. */
export interface AcksBefore {
  /** Seq of that entry. */
  readonly end: number;
  readonly state: AckState;
}

/** Before anything was said. */
export const NOTHING_SAID: AckState = { held: new Map(), acks: [], since: 0 };

/** The body as a message carries it. */
export function encodeAckBody(ack: Ack): Cbor {
  const statements = ack.statements.map(({ log, ranges }) => [
    idBytes(log),
    ranges.map(({ from, end, id }) => [from, end, idBytes(id)]),
  ]);
  return new Map<number, Cbor>([[STATEMENTS, statements], ...(ack.full ? [[FULL, true] as const] : [])]);
}

/** The ack, or undefined when any part of it can't be understood. */
export function decodeAckBody(body: Cbor | undefined): Ack | undefined {
  const map = asMap(body);
  const statements = asList(map?.get(STATEMENTS))?.map(statementOf);
  if (!map || hasCriticalKey(map) || !statements?.every((statement) => statement !== undefined)) return undefined;
  return { statements: statements as Statement[], full: map.get(FULL) === true };
}

/** The state that a log's entries, in ascending order, lead to from one before: the latest word on each log counts. */
export function foldAcks(entries: Iterable<Acknowledging>, before = NOTHING_SAID): AckState {
  const said = new Map([...before.held].map(([log, ranges]): [LogId, Said] => [log, { ranges, cited: new Map() }]));
  let acks = [...before.acks];
  let since = before.since;
  for (const { seq, deps, ack } of entries) {
    if (ack?.full) {
      said.clear();
      acks = [];
      since = seq;
    }
    if (ack) acks.push(seq);
    for (const { log, ranges } of ack?.statements ?? []) said.set(log, { ranges, cited: new Map() });
    for (const dep of deps) cite(said, dep);
  }
  return { held: new Map([...said].map(([log, one]) => [log, rangesOf(one)])), acks, since };
}

/** The latest word on one log, and what was cited of it since: by seq, the first citation counts. */
interface Said {
  readonly ranges: readonly HeldRange[];
  readonly cited: Map<number, HeldRange>;
}

function cite(said: Map<LogId, Said>, { log, seq, id }: Dep): void {
  const { cited } = said.get(log) ?? { cited: new Map() };
  if (!cited.has(seq)) cited.set(seq, { from: seq, end: seq + 1, id });
  if (!said.has(log)) said.set(log, { ranges: [], cited });
}

/** Put together once: whoever cites very many entries of a log must not make each of them cost all others. */
function rangesOf({ ranges, cited }: Said): readonly HeldRange[] {
  const more = [...cited.values()].filter(({ from }) => !isInRanges(ranges, from));
  return more.length === 0 ? ranges : [...ranges, ...more].sort((a, b) => a.from - b.from);
}

/**
 * What the log's author acknowledged, reading only runs with acks, from the end back to the latest full one, or to where it
 * is known.
 */
export function ackStateOf(source: EntrySource, log: LogId, known: AcksBefore = NOTHING_KNOWN): AckState {
  const latest: Acknowledging[] = [];
  for (const entry of fromEndOf(source, log, known.end)) {
    const acknowledging = acknowledgingOf(entry);
    if (acknowledging) latest.push(acknowledging);
    if (acknowledging?.ack?.full) break;
  }
  return foldAcks(latest.reverse(), known.state);
}

const NOTHING_KNOWN: AcksBefore = { end: 0, state: NOTHING_SAID };

/** The runs that are read for it. */
export function runsWithAcks(source: EntrySource, log: LogId, from = 0): RunView[] {
  return runsBeforeFreeze(source, log).filter((run) => run.acks && run.end > from);
}

/** All that the author of a log acknowledged in it, and when on its own clock, ascending. */
export function* acknowledgingIn(
  source: EntrySource,
  log: LogId,
): Generator<Acknowledging & { readonly time: number }> {
  for (const run of runsWithAcks(source, log)) {
    for (const entry of entriesBeforeFreeze(source, run)) {
      const acknowledging = acknowledgingOf(entry);
      if (acknowledging) yield acknowledging;
    }
  }
}

/** An entry that acknowledges another one. */
export interface Acknowledgement {
  readonly seq: number;
  readonly id: EntryId;
  /** On its author's clock, ms. */
  readonly time: number;
  /** It is a message that cites the entry; else an ack. */
  readonly isCitation: boolean;
}

/**
 * The earliest entry of a log, among all that can still be read, that acknowledges another one; `sameHere` gives the part of
 * a stated range that is the same past as the one asked about.
 */
export function firstAckOf(
  source: EntrySource,
  log: LogId,
  wanted: Dep,
  sameHere: (range: HeldRange) => readonly Range[],
): Acknowledgement | undefined {
  for (const run of runsBeforeFreeze(source, log)) {
    for (const entry of entriesBeforeFreeze(source, run)) {
      const { seq, deps, ack, time } = acknowledgingOf(entry) ?? {};
      if (seq === undefined || time === undefined) continue;
      const isCited = deps?.some(({ id }) => id === wanted.id) === true;
      const ranges = ack?.statements.find((statement) => statement.log === wanted.log)?.ranges ?? [];
      const isAcked = ranges.some((range) => range.from <= wanted.seq && isInRanges(sameHere(range), wanted.seq));
      if (isCited || isAcked) return { seq, id: entry.id, time, isCitation: !ack };
    }
  }
  return undefined;
}

function* fromEndOf(source: EntrySource, log: LogId, from: number): Generator<StoredEntry> {
  for (const run of runsWithAcks(source, log, from).reverse()) {
    for (const entry of entriesBeforeFreeze(source, run).toReversed()) if (entry.seq >= from) yield entry;
  }
}

/** Whether the ranges cover all of [from, end). */
export function covers(ranges: readonly HeldRange[], from: number, end: number): boolean {
  return subtractRanges([{ from, end }], ranges).length === 0;
}

function acknowledgingOf(entry: StoredEntry): (Acknowledging & { readonly time: number }) | undefined {
  const { seq, meta } = entry;
  const message = messageIn(entry);
  if (!message) return undefined;
  const ack = message.type === ACK && decodeMeta(meta).housekeeping ? decodeAckBody(message.body) : undefined;
  return { seq, time: message.time, deps: message.deps.filter(hasId), ...(ack && { ack }) };
}

function statementOf(item: Cbor): Statement | undefined {
  const fields = asList(item) ?? [];
  const log = asBytes(fields[0], 32);
  const ranges = asList(fields[1])?.map(rangeOf);
  if (fields.length !== 2 || !log || !ranges || !isAscending(ranges)) return undefined;
  return { log: readId<LogId>(log), ranges };
}

function rangeOf(item: Cbor): HeldRange | undefined {
  const fields = asList(item) ?? [];
  const from = asInteger(fields[0]);
  const end = asInteger(fields[1]);
  const id = asBytes(fields[2], 32);
  if (fields.length !== 3 || from === undefined || end === undefined || !id) return undefined;
  return from < end && end < LENGTH_LIMIT ? { from, end, id: readId<EntryId>(id) } : undefined;
}

function isAscending(ranges: readonly (HeldRange | undefined)[]): ranges is readonly HeldRange[] {
  let last = 0;
  for (const range of ranges) {
    if (!range || range.from < last) return false;
    last = range.end;
  }
  return true;
}
