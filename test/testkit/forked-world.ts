// Random logs with several pasts, cut into segments at random, some of them stripped, with retractions, expiry and
// acknowledgements in them: what meets replicas in any order (spec/log.md, "Forks").
import { ADA, BOB, TOPIC } from './cast.js';
import type { NaiveEntry, NaiveSegment } from './naive-log.js';
import { join, sha256, WIRE_TIME, wireKey } from './wire.js';
import { introduction } from './wire-card.js';
import { cborInt, cborList, cborMap } from './wire-cbor.js';
import { ackBody, HOUSEKEEPING, message } from './wire-message.js';
import { runOf, segment, type WireEntry, type WireLog, wireLog } from './wire-segment.js';
import { branch, proof } from './wire-statement.js';

/** The day it is for all replicas. */
export const TODAY = 20_000;

/** Numbers in [0, 1). */
export type Chance = () => number;

/** An entry of a past as it is written, and what a naive reader must know of it. */
export interface Written {
  readonly wire: WireEntry;
  readonly naive: Omit<NaiveEntry, 'id' | 'hasPayload'>;
}

/** One past of a log. */
export interface Past {
  readonly wire: WireLog;
  readonly written: readonly Written[];
}

/** A log with all its pasts; each branches off one of those before it. */
export interface ForkedLog {
  readonly id: string;
  readonly pasts: readonly Past[];
}

/** What arrives. */
export type Item =
  | { readonly kind: 'segment'; readonly log: number; readonly bytes: Buffer; readonly naive: NaiveSegment }
  | { readonly kind: 'proof'; readonly log: number; readonly bytes: Buffer; readonly length: number };

/** One or two logs with two or three pasts each. */
export function forkedLogs(label: string, chance: Chance): ForkedLog[] {
  const people = [ADA, BOB];
  const keys = people.map((_, i) => wireKey(`${label} log ${i}`));
  const count = chance() < 0.5 ? 1 : 2;
  return people.slice(0, count).map((person, i) => {
    const key = keys[i] as (typeof keys)[number];
    const other = keys[1 - i] as (typeof keys)[number];
    const intro = { payload: introduction({ log: key.id, topic: TOPIC, person }) };
    const pasts: Written[][] = [[{ wire: intro, naive: {} }]];
    extend(pasts[0] as Written[], { chance, name: 'a', other: other.id, count: 4 + below(chance, 10) });
    for (let n = 0; n < 1 + below(chance, 2); n++) {
      const from = pasts[below(chance, pasts.length)] as Written[];
      const past = from.slice(0, 1 + below(chance, from.length));
      extend(past, { chance, name: 'bc'[n] ?? 'x', other: other.id, count: 1 + below(chance, 8) });
      pasts.push(past);
    }
    return { id: key.id.toString('hex'), pasts: pasts.map((written) => pastOf(key, written)) };
  });
}

/** Segments of the pasts, and some proofs: enough that most of it is there, some of it twice. */
export function itemsOf(logs: readonly ForkedLog[], chance: Chance): Item[] {
  return logs.flatMap(({ pasts }, log) => {
    const items: Item[] = [pieceOf(pasts[0] as Past, { log, first: 0, end: 1, isGone: () => false })];
    for (let i = 0; i < 4 + below(chance, 9); i++) items.push(somePiece(pasts, log, chance));
    if (chance() < 0.3) items.push(...someProof(pasts, log, chance));
    return items;
  });
}

/** A number from 0 to one below `count`. */
export function below(chance: Chance, count: number): number {
  return Math.floor(chance() * count);
}

/** Any order of the items. */
export function inAnyOrder<T>(items: readonly T[], chance: Chance): T[] {
  return items
    .map((item) => ({ item, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Put together in any way; the proofs of a bundle come first in it. */
export function inBundles(items: readonly Item[], chance: Chance): Item[][] {
  const bundles: Item[][] = [];
  for (let at = 0; at < items.length; ) {
    const bundle = items.slice(at, at + 1 + below(chance, 4));
    at += bundle.length;
    bundles.push(asOneBundle(bundle));
  }
  return bundles;
}

/** One bundle of them all. */
export function asOneBundle(items: readonly Item[]): Item[] {
  return [...items.filter(({ kind }) => kind === 'proof'), ...items.filter(({ kind }) => kind === 'segment')];
}

/** The segment of a part of a past; of some entries the payload is gone. */
export function pieceOf(
  { wire, written }: Past,
  { log, first, end, isGone }: { log: number; first: number; end: number; isGone: (seq: number) => boolean },
): Item {
  const run = runOf(wire, first, end);
  const entries = run.entries.map((entry, i) => ({ ...entry, dropped: isGone(first + i) }));
  const naive = {
    first,
    previous: Buffer.from(run.previous ?? Buffer.alloc(32)).toString('hex'),
    entries: entries.map(({ dropped }, i) => ({
      ...written[first + i]?.naive,
      id: (wire.ids[first + i] as Buffer).toString('hex'),
      hasPayload: !dropped,
    })),
  };
  return { kind: 'segment', log, bytes: segment({ ...run, entries }), naive };
}

/** The proof that two pasts differ at a length. */
export function proofOf(a: Past, b: Past, log: number, length: number): Item {
  const [id, other] = [a, b].map(({ wire }) => wire.ids[length - 1]);
  if (!id || !other || id.equals(other)) throw new Error(`no two ids at length ${length}`);
  const sides = [a, b].map(({ wire }) => {
    const links = wire.entries.slice(length);
    return branch({ key: wire.key, s: length, id: wire.ids[length - 1] as Buffer, links });
  });
  return { kind: 'proof', log, bytes: proof(a.wire.key.id, length, sides), length };
}

/** What an entry says besides. */
export function textEntry(clock: number, body: string, expires?: number): Written {
  const meta = expires === undefined ? undefined : cborMap([[1, cborInt(expires)]]);
  return { wire: { payload: message({ time: clock, body }), ...(meta && { meta }) }, naive: { expires } };
}

/** An entry that takes back others of its log. */
export function retractEntry(clock: number, name: string, from: number, end: number): Written {
  const meta = cborMap([
    [3, cborList([cborList([cborInt(from), cborInt(end)])])],
    [4, Buffer.of(0xf5)],
  ]);
  return {
    wire: { payload: message({ time: clock, type: 'retract', body: name }), meta },
    naive: { retracts: [[from, end]], kind: 'retraction' },
  };
}

/** An entry that acknowledges one of another log. */
export function ackEntry(clock: number, name: string, log: Uint8Array, end: number): Written {
  const body = ackBody([[log, [[0, end, sha256(Buffer.from(name))]]]], { full: end % 2 === 0 });
  return { wire: { payload: message({ time: clock, type: 'ack', body }), meta: HOUSEKEEPING }, naive: { kind: 'ack' } };
}

/** The past that these entries make. */
export function pastOf(key: WireLog['key'], written: readonly Written[]): Past {
  return {
    wire: wireLog(
      key,
      written.map(({ wire }) => wire),
    ),
    written,
  };
}

interface Writing {
  readonly chance: Chance;
  readonly name: string;
  readonly other: Uint8Array;
  readonly count: number;
}

function extend(past: Written[], { chance, name, other, count }: Writing): void {
  for (let i = 0; i < count; i++) {
    const seq = past.length;
    const clock = WIRE_TIME + seq * 10;
    const called = `${name}${seq}`;
    const kind = chance();
    if (kind < 0.6) past.push(textEntry(clock, called));
    else if (kind < 0.7) past.push(textEntry(clock, called, TODAY + below(chance, 3) - 1));
    else if (kind < 0.85) past.push(someRetraction(chance, clock, called, seq));
    else past.push(ackEntry(clock, called, other, 1 + below(chance, 9)));
  }
}

function someRetraction(chance: Chance, clock: number, name: string, seq: number): Written {
  const from = 1 + below(chance, seq + 3);
  return retractEntry(clock, name, from, from + 1 + below(chance, 3));
}

function somePiece(pasts: readonly Past[], log: number, chance: Chance): Item {
  const past = pasts[below(chance, pasts.length)] as Past;
  const length = past.written.length;
  const first = below(chance, length);
  const end = first === 0 ? 1 : Math.min(length, first + 1 + below(chance, chance() < 0.5 ? 4 : 16));
  const share = chance() < 0.6 ? 0 : chance();
  const gone = new Set(past.written.flatMap((_, seq) => (seq > 0 && chance() < share ? seq : [])));
  return pieceOf(past, { log, first, end, isGone: (seq) => gone.has(seq) });
}

function someProof(pasts: readonly Past[], log: number, chance: Chance): Item[] {
  const a = pasts[0] as Past;
  const b = pasts[1 + below(chance, pasts.length - 1)] as Past;
  const most = Math.min(a.wire.ids.length, b.wire.ids.length);
  const length = (i: number) => i + 1;
  const differing = Array.from({ length: most }, (_, i) => length(i)).filter(
    (n) => !join(a.wire.ids[n - 1] as Buffer).equals(b.wire.ids[n - 1] as Buffer),
  );
  const chosen = differing[below(chance, differing.length)];
  return chosen === undefined ? [] : [proofOf(a, b, log, chosen)];
}
