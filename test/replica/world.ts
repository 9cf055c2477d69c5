// Worlds at random: logs of several people, most of them with several pasts signed by one key, that cite, acknowledge, take
// back and repeat one another's entries (spec/log.md, "Forks"; spec/message.md). All bytes are made without src/.
import { ADA, BOB, TOPIC } from '../testkit/cast.js';
import { chance } from '../testkit/effort.js';
import { sha256, WIRE_TIME, type WireKey, wireKey, ZERO_ID } from '../testkit/wire.js';
import { introduction, type WirePerson, wirePerson } from '../testkit/wire-card.js';
import { cborBytes, cborInt, cborList, cborMap, type Pairs } from '../testkit/wire-cbor.js';
import { ackBody, message, type WireAckLine, type WireDep, type WireMessage } from '../testkit/wire-message.js';
import { type WireEntry, type WireLog, wireEntryId } from '../testkit/wire-segment.js';

/** The day it is for all replicas, counted from 1970-01-01. */
export const TODAY = Math.floor(WIRE_TIME / 86_400_000);

/** Numbers in [0, 1). */
export type Random = () => number;

/** One past of a log. */
export type Past = { -readonly [K in keyof WireLog]: WireLog[K] extends readonly (infer T)[] ? T[] : WireLog[K] };

/** A log with all its pasts. */
export interface Log {
  readonly key: WireKey;
  readonly person: WirePerson;
  /** The log that its introduction continues, if any. */
  readonly after?: Place;
  readonly pasts: Past[];
}

/** Logs that know of one another. */
export interface World {
  readonly label: string;
  readonly logs: readonly Log[];
}

/** An entry of one of the pasts. */
interface Place {
  readonly log: Log;
  readonly seq: number;
  readonly id: Buffer;
}

/** Whoever writes the next entry, and where. */
interface Pen {
  readonly random: Random;
  readonly logs: readonly Log[];
  readonly log: Log;
  readonly past: Past;
}

const PEOPLE: readonly WirePerson[] = [ADA, BOB, wirePerson('Cora')];
const OTHER_TOPIC = sha256('another topic');
const TRUE = Buffer.of(0xf5);

/** The world of that label and the seed. */
export function makeWorld(label: string): World {
  const random = chance(label);
  const logs: Log[] = [];
  for (let i = 0; i < 2 + below(random, 3); i++) logs.push(newLog(`${label} log ${i}`, logs, random));
  for (let n = 0; n < 20 + below(random, 24); n++) write(logs, random);
  return { label, logs };
}

/** A number from 0 to one below `count`. */
export function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** One of them. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[below(random, list.length)] as T;
}

/** A log that may go on from an older one, of its own person or, wrongly, of another. */
function newLog(label: string, logs: readonly Log[], random: Random): Log {
  const key = wireKey(label);
  const older = logs.length > 0 && random() < 0.5 ? somePlace(logs, random) : undefined;
  const person = older && random() < 0.8 ? older.log.person : pick(random, PEOPLE);
  const topic = random() < 0.05 ? OTHER_TOPIC : TOPIC;
  const after = older && ([older.log.key.id, older.seq + 1, older.id] as const);
  const genuine = random() < 0.95;
  const payload = introduction({
    log: genuine ? key.id : ZERO_ID,
    topic,
    person,
    ...(after && { after }),
  });
  const past: Past = { key, entries: [], ids: [] };
  // metadata of entry 0 says nothing
  const meta = cborMap([[3, cborList([range(1, 9)])]]);
  append(past, { payload, ...(random() < 0.1 && { meta }) });
  return { key, person, ...(older && { after: older }), pasts: [past] };
}

/** Adds an entry to some past, or begins another past. */
function write(logs: readonly Log[], random: Random): void {
  const log = pick(random, logs);
  let past = pick(random, log.pasts);
  if (log.pasts.length < 3 && random() < 0.12) {
    const length = random() < 0.06 ? 0 : 1 + below(random, past.entries.length);
    past = { key: past.key, entries: past.entries.slice(0, length), ids: past.ids.slice(0, length) };
    log.pasts.push(past);
  }
  append(past, past.entries.length === 0 ? otherIntroduction(log) : someEntry({ random, logs, log, past }));
}

function append(past: Past, entry: WireEntry): void {
  past.ids.push(wireEntryId(past.key.id, past.ids.length, past.ids.at(-1) ?? ZERO_ID, entry));
  past.entries.push(entry);
}

function otherIntroduction({ key, person }: Log): WireEntry {
  return { payload: introduction({ log: key.id, topic: TOPIC, person, label: 'another' }) };
}

function someEntry(pen: Pen): WireEntry {
  const { random } = pen;
  const kinds: readonly (readonly [number, (pen: Pen) => WireEntry])[] = [
    [0.3, text],
    [0.12, expiring],
    [0.14, retraction],
    [0.12, acknowledgement],
    [0.14, answer],
    [0.1, copy],
    [0.08, retractionElsewhere],
    [0.04, odd],
  ];
  let at = random() * kinds.reduce((sum, [share]) => sum + share, 0);
  for (const [share, make] of kinds) {
    at -= share;
    if (at < 0) return make(pen);
  }
  return text(pen);
}

function text(pen: Pen): WireEntry {
  return { payload: said(pen, {}) };
}

function expiring(pen: Pen): WireEntry {
  const expires: Pairs = [[1, cborInt(TODAY - 1 + below(pen.random, 3))]];
  const isHousekeeping = pen.random() < 0.2;
  return { payload: said(pen, {}), meta: cborMap([...expires, ...(isHousekeeping ? ([[4, TRUE]] as const) : [])]) };
}

/** Takes back entries of its log, also some that are not written yet, or are on no past. */
function retraction(pen: Pen): WireEntry {
  const { random, past } = pen;
  const ranges = Array.from({ length: 1 + below(random, 2) }, () => {
    const from = 1 + below(random, past.entries.length + 2);
    return cborList([cborInt(from), cborInt(from + 1 + below(random, 3))]);
  });
  const meta: Pairs = [[3, cborList(ranges)]];
  const isMessage = random() < 0.15;
  return {
    payload: said(pen, { type: 'retract' }),
    meta: cborMap(isMessage ? meta : [...meta, [4, TRUE]]),
  };
}

function acknowledgement(pen: Pen): WireEntry {
  const { random } = pen;
  const lines = Array.from({ length: below(random, 3) }, (): WireAckLine => someLine(pen));
  const body = ackBody(lines, { full: random() < 0.3 });
  const deps = random() < 0.2 ? someDeps(pen) : [];
  // without the mark it is a message of an unknown kind
  const meta = random() < 0.9 ? { meta: cborMap([[4, TRUE]]) } : {};
  return { payload: said(pen, { type: 'ack', body, ...(deps.length > 0 && { deps }) }), ...meta };
}

function someLine({ random, logs }: Pen): WireAckLine {
  const { log } = somePlace(logs, random);
  const past = pick(random, log.pasts);
  const end = 1 + below(random, past.ids.length);
  const from = random() < 0.7 ? 0 : below(random, end);
  return [log.key.id, random() < 0.1 ? [] : [[from, end, past.ids[end - 1] as Buffer]]];
}

function answer(pen: Pen): WireEntry {
  const deps = someDeps(pen);
  return { payload: said(pen, { deps, ...(pen.random() < 0.8 && { reply: below(pen.random, deps.length) }) }) };
}

/** One to three entries of any log, some by an entry of this log that covers them, or does not. */
function someDeps(pen: Pen): WireDep[] {
  const { random, logs, past } = pen;
  return Array.from({ length: 1 + below(random, 3) }, (): WireDep => {
    const { log, seq, id } = somePlace(logs, random);
    const ownSeq = past.entries.length;
    if (random() < 0.6) return [log.key.id, seq, id];
    const covered = log.key === past.key ? below(random, ownSeq) : Math.max(0, seq - below(random, 3));
    return [log.key.id, covered, log.key === past.key && random() < 0.8 ? covered : below(random, ownSeq)];
  });
}

/** Says again what some other log says; mostly of its own person. */
function copy(pen: Pen): WireEntry {
  const { log, seq, id } = elsewhere(pen);
  if (log === pen.log) return text(pen);
  const again = cborList([cborBytes(log.key.id), cborInt(seq), cborBytes(id)]);
  const meta = pen.random() < 0.2 ? { meta: cborMap([[1, cborInt(TODAY - 1 + below(pen.random, 3))]]) } : {};
  return { payload: said(pen, { extra: [[14, again]] }), ...meta };
}

/** Takes back entries of an older log; also of logs that it does not continue. */
function retractionElsewhere(pen: Pen): WireEntry {
  const { random } = pen;
  const place = elsewhere(pen);
  const from = Math.max(1, place.seq - below(random, 3));
  const item = cborList([cborInt(from), cborInt(Math.max(from, place.seq) + 1), cborBytes(place.id)]);
  const meta = cborMap([
    [4, TRUE],
    [5, cborList([cborBytes(place.log.key.id), cborList([item])])],
  ]);
  return { payload: said(pen, { type: 'retract' }), meta };
}

function elsewhere({ random, logs, log }: Pen): Place {
  if (log.after && random() < 0.6) return somePlace([log.after.log], random);
  const own = logs.filter(({ person }) => person === log.person);
  return somePlace(random() < 0.5 ? own : logs, random);
}

/** Payloads and metadata that mean nothing, or not what they seem to. */
function odd(pen: Pen): WireEntry {
  const { random } = pen;
  return pick<() => WireEntry>(random, [
    () => ({ payload: Buffer.from(`noise ${random()}`) }),
    () => ({ payload: said(pen, {}), meta: Buffer.from('ff', 'hex') }),
    () => ({ payload: said(pen, {}), meta: cborMap([[4, Buffer.of(0xf4)]]) }),
    () => ({ payload: said(pen, { extra: [[-1, TRUE]] }) }),
    () => ({ payload: said(pen, { deps: someDeps(pen) }), meta: critical([3, cborList([range(1, 9)])]) }),
    () => ({ payload: said(pen, {}), meta: critical([1, cborInt(TODAY - 1)]) }),
    () => ({ payload: said(pen, { type: 'ack', body: ackBody([someLine(pen)]) }), meta: critical([4, TRUE]) }),
    () => ({ payload: message({ time: -5, body: `before time ${random()}` }) }),
    () => ({ payload: message({ time: WIRE_TIME, lead: 2 ** 48 - 1, body: `far ahead ${random()}` }) }),
    () => ({ payload: said(pen, {}), meta: cborMap([[3, cborList([cborList([cborInt(0), cborInt(9)])])]]) }),
  ])();
}

/** Metadata that also has a key which only a later version knows. */
function critical(pair: Pairs[number]): Buffer {
  return cborMap([pair, [-1, TRUE]]);
}

function range(from: number, end: number): Buffer {
  return cborList([cborInt(from), cborInt(end)]);
}

/** A message whose clock mostly lies above the one before it. */
function said({ random, past }: Pen, fields: WireMessage): Buffer {
  // few moments, so that many are the same
  const time = WIRE_TIME + (past.entries.length + below(random, 4) - 2) * 10;
  const body = fields.body ?? (fields.type ? undefined : `${past.entries.length} ${random().toString(36).slice(2, 8)}`);
  return message({ time, lead: below(random, 2) * 10, ...fields, ...(body !== undefined && { body }) });
}

function somePlace(logs: readonly Log[], random: Random): Place {
  const log = pick(random, logs);
  const past = pick(random, log.pasts);
  const seq = below(random, past.ids.length);
  return { log, seq, id: past.ids[seq] as Buffer };
}
