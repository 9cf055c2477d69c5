// The sorted part of the index: logs, their runs, topics and persons by binary search in a file that is never loaded whole
// (spec/repository.md, "Index"). It covers the first records of the index; later ones are kept in memory by index.ts.
import { crc32 } from 'node:zlib';
import {
  type AnyId,
  type DeviceKey,
  type EntryId,
  idBytes,
  type LogId,
  type PersonId,
  readId,
  type TopicId,
} from '../../format/ids.js';
import { writeAtomic } from '../files.js';
import { FileView } from './file-view.js';
import { continuationCode, continuationOf, decodeIntroductionRecord, isIntroduction } from './introduction-record.js';
import { logOf, RECORD_SIZE } from './record-frame.js';
import { decodeRun, isRun } from './run-record.js';
import { emptySummary, isUnplaced, type LogSummary, withIntroduction, withRun } from './summary.js';

const MAGIC = 'satchidx';
const VERSION = 6;
const HEADER_SIZE = 56;
const COUNTS_AT = 12;
/** Over all records that it covers. */
const RECORDS_CHECKSUM_AT = 40;
const BLOB_LOGS_AT = 44;
const UNPLACED_LOGS_AT = 48;
/** Over all else in the file. */
const CHECKSUM_AT = 52;
const LOG_SIZE = 216;
const GROUP_SIZE = 48;
const ID_SIZE = 32;
/** In the last bytes of a log's row. */
const FLAG = { introduced: 1, blobs: 2, copies: 4, retractsIn: 8, links: 16, veiled: 32, waits: 64, sealed: 128 };
const CONTINUATION_AT = 205;
const EVENTS_AT = 206;
/** Decoded rows that are kept, at most. */
const ROWS_MAX = 4_096;

/** A log's summary and where the ordinals of its runs stand in the lookup. */
interface LogRow {
  readonly summary: LogSummary;
  readonly start: number;
  readonly count: number;
}

/** An open lookup file. */
export class Lookup {
  /** Records of the index that it covers. */
  readonly covered: number;
  readonly #logs: number;
  readonly #topics: number;
  readonly #persons: number;
  readonly #orderAt: number;
  readonly #topicsAt: number;
  readonly #topicLogsAt: number;
  readonly #personsAt: number;
  readonly #personLogsAt: number;
  readonly #blobLogs: number;
  readonly #blobLogsAt: number;
  readonly #unplacedLogs: number;
  readonly #unplacedLogsAt: number;
  /** Rows decoded lately: the file does not change while it is open, and the same logs are asked for again and again. */
  readonly #rows = new Map<number, LogRow>();
  /** Where those stand, by their log. */
  readonly #places = new Map<LogId, number>();

  private constructor(readonly view: FileView) {
    const header = view.read(0, HEADER_SIZE);
    const count = (i: number): number => header.readUInt32BE(COUNTS_AT + 4 * i);
    this.covered = count(0);
    this.#logs = count(1);
    this.#topics = count(3);
    this.#persons = count(5);
    this.#orderAt = HEADER_SIZE + this.#logs * LOG_SIZE;
    this.#topicsAt = this.#orderAt + count(2) * 4;
    this.#topicLogsAt = this.#topicsAt + this.#topics * GROUP_SIZE;
    this.#personsAt = this.#topicLogsAt + count(4) * 4;
    this.#personLogsAt = this.#personsAt + this.#persons * GROUP_SIZE;
    this.#blobLogs = header.readUInt32BE(BLOB_LOGS_AT);
    this.#blobLogsAt = this.#personLogsAt + count(6) * 4;
    this.#unplacedLogs = header.readUInt32BE(UNPLACED_LOGS_AT);
    this.#unplacedLogsAt = this.#blobLogsAt + this.#blobLogs * 4;
  }

  /**
   * Opens the file; undefined when there is none, when it was not made from these `records`, or when anything in it or them
   * has rotten: then it is built anew.
   */
  static open(file: string, records: FileView): Lookup | undefined {
    const view = FileView.open(file);
    if (!view) return undefined;
    if (isMadeFrom(view, records)) return new Lookup(view);
    view.close();
    return undefined;
  }

  /** The log's summary over the covered records. */
  log(log: LogId): LogSummary | undefined {
    return this.#row(log)?.summary;
  }

  /** Ordinals of the log's run records, ascending by first seq. */
  runs(log: LogId): number[] {
    const row = this.#row(log);
    return row ? this.#numbers(this.#orderAt, row.start, row.count) : [];
  }

  /** Every log, ascending by id. */
  *logs(): Generator<LogSummary> {
    for (let i = 0; i < this.#logs; i++) yield this.#rowAt(i).summary;
  }

  /** The logs that refer to blobs, ascending by id. */
  logsWithBlobs(): LogSummary[] {
    return this.#numbers(this.#blobLogsAt, 0, this.#blobLogs).map((n) => this.#rowAt(n).summary);
  }

  /** The veiled logs that are not placed, ascending by id. */
  unplacedLogs(): LogSummary[] {
    return this.#numbers(this.#unplacedLogsAt, 0, this.#unplacedLogs).map((n) => this.#rowAt(n).summary);
  }

  /** Every topic that an introduction names. */
  topics(): TopicId[] {
    return Array.from({ length: this.#topics }, (_, i) => this.#idAt<TopicId>(this.#topicsAt, i, GROUP_SIZE));
  }

  /** The logs of a topic. */
  logsOfTopic(topic: TopicId): LogSummary[] {
    return this.#group(topic, this.#topicsAt, this.#topics, this.#topicLogsAt);
  }

  /** What is stored of a topic's logs, counted as towards quotas. */
  bytesOfTopic(topic: TopicId): number {
    const i = this.#search(topic, this.#topicsAt, this.#topics, GROUP_SIZE);
    if (i < 0) return 0;
    const { bytes, at } = this.view.at(this.#topicsAt + i * GROUP_SIZE, GROUP_SIZE);
    return bytes.readUIntBE(at + ID_SIZE + 8, 6);
  }

  /** The logs of a person. */
  logsOfPerson(person: PersonId): LogSummary[] {
    return this.#group(person, this.#personsAt, this.#persons, this.#personLogsAt);
  }

  #group(id: AnyId, at: number, count: number, listAt: number): LogSummary[] {
    const i = this.#search(id, at, count, GROUP_SIZE);
    if (i < 0) return [];
    const { bytes, at: inside } = this.view.at(at + i * GROUP_SIZE, GROUP_SIZE);
    const members = this.#numbers(
      listAt,
      bytes.readUInt32BE(inside + ID_SIZE),
      bytes.readUInt32BE(inside + ID_SIZE + 4),
    );
    return members.map((n) => this.#rowAt(n).summary);
  }

  #row(log: LogId): LogRow | undefined {
    const i = this.#places.get(log) ?? this.#search(log, HEADER_SIZE, this.#logs, LOG_SIZE);
    return i < 0 ? undefined : this.#rowAt(i);
  }

  #rowAt(i: number): LogRow {
    const known = this.#rows.get(i);
    if (known) return known;
    if (this.#rows.size >= ROWS_MAX) {
      this.#rows.clear();
      this.#places.clear();
    }
    const { bytes, at } = this.view.at(HEADER_SIZE + i * LOG_SIZE, LOG_SIZE);
    const row = decodeRow(bytes, at);
    this.#rows.set(i, row);
    this.#places.set(row.summary.log, i);
    return row;
  }

  #numbers(sectionAt: number, start: number, count: number): number[] {
    const bytes = this.view.read(sectionAt + start * 4, count * 4);
    return Array.from({ length: count }, (_, i) => bytes.readUInt32BE(i * 4));
  }

  #idAt<T extends AnyId>(sectionAt: number, i: number, size: number): T {
    const { bytes, at } = this.view.at(sectionAt + i * size, ID_SIZE);
    return readId<T>(bytes, at);
  }

  #search(id: AnyId, sectionAt: number, count: number, size: number): number {
    const wanted = idBytes(id);
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { bytes, at } = this.view.at(sectionAt + middle * size, ID_SIZE);
      const order = bytes.compare(wanted, 0, ID_SIZE, at, at + ID_SIZE);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

/** Writes the lookup over all `records`, in order of arrival; durable and atomic. */
export function writeLookup(file: string, records: Buffer): void {
  writeAtomic(file, encodeLookup(records));
}

/** The bytes of the lookup over all `records`. */
export function encodeLookup(records: Buffer): Buffer {
  const rows = collectRows(records);
  const ids = [...rows.keys()].sort();
  const logs = ids.map((id) => rows.get(id) as BuildingRow);
  const topics = groupBy(logs, (row) => row.summary.topic);
  const persons = groupBy(logs, (row) => row.summary.person);
  const order = logs.flatMap((row) => row.runs.map((run) => run.ordinal));
  const counts = [
    records.length / RECORD_SIZE,
    logs.length,
    order.length,
    topics.length,
    total(topics),
    persons.length,
    total(persons),
  ];
  const blobLogs = [...logs.keys()].filter((n) => logs[n]?.summary.blobs);
  const unplaced = [...logs.keys()].filter((n) => isUnplaced(logs[n]?.summary));
  const grouped = [...groups(topics), ...groups(persons)];
  const body = Buffer.concat([encodeRows(logs), numbers(order), ...grouped, numbers(blobLogs), numbers(unplaced)]);
  const lists = { blobLogs: blobLogs.length, unplacedLogs: unplaced.length };
  const first = header({ counts, records: crc32(records), ...lists });
  first.writeUInt32BE(crc32(body, crc32(first.subarray(0, CHECKSUM_AT))), CHECKSUM_AT);
  return Buffer.concat([first, body]);
}

interface BuildingRow {
  summary: LogSummary;
  readonly runs: { readonly ordinal: number; readonly first: number }[];
}

interface Group {
  readonly id: AnyId;
  readonly members: number[];
  /** What is stored of all of them. */
  bytes: number;
}

function collectRows(records: Buffer): Map<LogId, BuildingRow> {
  const rows = new Map<LogId, BuildingRow>();
  for (let at = 0; at < records.length; at += RECORD_SIZE) {
    const log = logOf(records, at);
    const row = rows.get(log) ?? { summary: emptySummary(log), runs: [] };
    rows.set(log, row);
    if (isRun(records, at)) {
      const run = decodeRun(records, at);
      row.summary = withRun(row.summary, run);
      row.runs.push({ ordinal: at / RECORD_SIZE, first: run.first });
    } else if (isIntroduction(records, at))
      row.summary = withIntroduction(row.summary, decodeIntroductionRecord(records, at));
  }
  for (const row of rows.values()) row.runs.sort((a, b) => a.first - b.first || a.ordinal - b.ordinal);
  return rows;
}

function groupBy(logs: readonly BuildingRow[], key: (row: BuildingRow) => AnyId | undefined): Group[] {
  const found = new Map<AnyId, Group>();
  for (const [i, row] of logs.entries()) {
    const id = key(row);
    if (id === undefined) continue;
    const group = found.get(id) ?? { id, members: [], bytes: 0 };
    found.set(id, group);
    group.members.push(i);
    group.bytes += row.summary.bytes;
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function total(list: readonly Group[]): number {
  return list.reduce((sum, group) => sum + group.members.length, 0);
}

/** Looks at every byte of both once: what is answered from them later was compared with its checksum. */
function isMadeFrom(view: FileView, records: FileView): boolean {
  const header = view.read(0, HEADER_SIZE);
  if (header.length < HEADER_SIZE || header.toString('latin1', 0, 8) !== MAGIC || header.readUInt32BE(8) !== VERSION)
    return false;
  const checksum = view.checksum(HEADER_SIZE, view.size, crc32(header.subarray(0, CHECKSUM_AT)));
  if (checksum !== header.readUInt32BE(CHECKSUM_AT)) return false;
  const covered = header.readUInt32BE(COUNTS_AT) * RECORD_SIZE;
  return covered <= records.size && records.checksum(0, covered) === header.readUInt32BE(RECORDS_CHECKSUM_AT);
}

interface Header {
  readonly counts: readonly number[];
  /** The checksum of the records. */
  readonly records: number;
  readonly blobLogs: number;
  readonly unplacedLogs: number;
}

function header({ counts, records, blobLogs, unplacedLogs }: Header): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.write(MAGIC, 0);
  bytes.writeUInt32BE(VERSION, 8);
  for (const [i, count] of counts.entries()) bytes.writeUInt32BE(count, COUNTS_AT + 4 * i);
  bytes.writeUInt32BE(records, RECORDS_CHECKSUM_AT);
  bytes.writeUInt32BE(blobLogs, BLOB_LOGS_AT);
  bytes.writeUInt32BE(unplacedLogs, UNPLACED_LOGS_AT);
  return bytes;
}

function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value, i * 4);
  return bytes;
}

function groups(list: readonly Group[]): Buffer[] {
  const bytes = Buffer.alloc(list.length * GROUP_SIZE);
  let start = 0;
  for (const [i, group] of list.entries()) {
    idBytes(group.id).copy(bytes, i * GROUP_SIZE);
    bytes.writeUInt32BE(start, i * GROUP_SIZE + ID_SIZE);
    bytes.writeUInt32BE(group.members.length, i * GROUP_SIZE + ID_SIZE + 4);
    bytes.writeUIntBE(group.bytes, i * GROUP_SIZE + ID_SIZE + 8, 6);
    start += group.members.length;
  }
  return [bytes, numbers(list.flatMap((group) => group.members))];
}

function encodeRows(logs: readonly BuildingRow[]): Buffer {
  const bytes = Buffer.alloc(logs.length * LOG_SIZE);
  let start = 0;
  for (const [i, row] of logs.entries()) {
    encodeRow(bytes, i * LOG_SIZE, { summary: row.summary, start, count: row.runs.length });
    start += row.runs.length;
  }
  return bytes;
}

function encodeRow(bytes: Buffer, at: number, row: LogRow): void {
  const { summary } = row;
  idBytes(summary.log).copy(bytes, at);
  if (summary.topic && summary.person && summary.device) {
    idBytes(summary.topic).copy(bytes, at + 32);
    idBytes(summary.person).copy(bytes, at + 64);
    idBytes(summary.device).copy(bytes, at + 96);
  }
  bytes[at + 204] =
    (summary.topic ? FLAG.introduced : 0) |
    (summary.blobs ? FLAG.blobs : 0) |
    (summary.copies ? FLAG.copies : 0) |
    (summary.links ? FLAG.links : 0) |
    (summary.veiled ? FLAG.veiled : 0) |
    (summary.waits ? FLAG.waits : 0) |
    (summary.sealed ? FLAG.sealed : 0) |
    (summary.retractsIn ? FLAG.retractsIn : 0);
  bytes[at + CONTINUATION_AT] = continuationCode(summary.continues);
  idBytes(summary.id).copy(bytes, at + 128);
  const { end, maxClock, entries, messages, bytes: size, arrival } = summary;
  for (const [i, value] of [end, maxClock + 1, entries, messages, size, arrival].entries()) {
    bytes.writeUIntBE(value, at + 160 + 6 * i, 6);
  }
  bytes.writeUIntBE(summary.events, at + EVENTS_AT, 6);
  bytes.writeUInt32BE(row.start, at + 196);
  bytes.writeUInt32BE(row.count, at + 200);
}

function decodeRow(bytes: Buffer, at: number): LogRow {
  const flags = bytes[at + 204] ?? 0;
  const introduced = (flags & FLAG.introduced) !== 0;
  const number = (i: number): number => bytes.readUIntBE(at + 160 + 6 * i, 6);
  const summary: LogSummary = {
    log: readId<LogId>(bytes, at),
    topic: introduced ? readId<TopicId>(bytes, at + 32) : undefined,
    person: introduced ? readId<PersonId>(bytes, at + 64) : undefined,
    device: introduced ? readId<DeviceKey>(bytes, at + 96) : undefined,
    continues: continuationOf(bytes[at + CONTINUATION_AT] ?? 0),
    id: readId<EntryId>(bytes, at + 128),
    end: number(0),
    maxClock: number(1) - 1,
    entries: number(2),
    messages: number(3),
    events: bytes.readUIntBE(at + EVENTS_AT, 6),
    bytes: number(4),
    blobs: (flags & FLAG.blobs) !== 0,
    copies: (flags & FLAG.copies) !== 0,
    links: (flags & FLAG.links) !== 0,
    retractsIn: (flags & FLAG.retractsIn) !== 0,
    veiled: (flags & FLAG.veiled) !== 0,
    sealed: (flags & FLAG.sealed) !== 0,
    waits: (flags & FLAG.waits) !== 0,
    arrival: number(5),
  };
  return { summary, start: bytes.readUInt32BE(at + 196), count: bytes.readUInt32BE(at + 200) };
}
