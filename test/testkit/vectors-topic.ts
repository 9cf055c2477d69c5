// Vectors of what a replica makes of several logs of one person, whatever comes first: what is retracted in older logs, what is
// said again, and what needs a newer version (spec/log.md, "Metadata"; spec/message.md, "Written again", "Critical keys").
import { ADA, TOPIC } from './cast.js';
import type { Vector } from './vector.js';
import { sha256, WIRE_TIME, type WireKey, wireKey } from './wire.js';
import { introduction } from './wire-card.js';
import { CBOR_TRUE, cborBytes, cborInt, cborList, cborMap, type Pairs } from './wire-cbor.js';
import { ackBody, message, type WireMessage } from './wire-message.js';
import { runOf, segment, type WireEntry, type WireLog, wireLog } from './wire-segment.js';
import { branch, proof } from './wire-statement.js';

/** Things that arrive, and what becomes of them in every order. */
export interface TopicStateVector extends Vector {
  /** The day, counted from 1970-01-01, on the own clock. */
  readonly today: number;
  readonly topic: string;
  readonly logs: readonly string[];
  readonly items: readonly TopicItem[];
  /** Each a list of bundles, each a list of items by number: one commit. */
  readonly orders: readonly (readonly (readonly number[])[])[];
  /** In the end: what is held of each log. */
  readonly held: readonly (readonly number[])[];
  /** Index of the log, seq and state of the messages that lie before freezes, in order. */
  readonly order: readonly (readonly [log: number, seq: number, state: string])[];
}

type TopicItem = { readonly segment: string } | { readonly proof: string };

/** The day of the fixtures' clock. */
const TODAY = Math.floor(WIRE_TIME / 86_400_000);

/** What an entry is to be. */
type Make = (seq: number) => WireEntry;

const KEYS = ['first', 'second', 'third'].map((name) => wireKey(`${name} log of Ada`)) as [WireKey, WireKey, WireKey];
const PAST: Pairs[number] = [1, cborInt(TODAY - 1)];

/** All of them. */
export function topicStateVectors(): TopicStateVector[] {
  return [...metadataVectors(), ...laterVectors(), ...copyVectors(), ...newerVectors()];
}

function metadataVectors(): TopicStateVector[] {
  const takes: Pairs[number] = [3, cborList([range(1, 2)])];
  const housekeeping: Pairs[number] = [4, CBOR_TRUE];
  const two = (last: Make): WireLog => logOf(0, text, text, last);
  const retraction = two(told({ type: 'retract' }, [takes, housekeeping]));
  const gone = two(told({ type: 'retract' }, [PAST, takes, housekeeping]));
  const acking = two(told({ type: 'ack', body: ackBody([]) }, [takes, housekeeping]));
  const expired = logOf(0, told({ body: 'old' }, [PAST]), text, told({ type: 'retract' }, [takes, housekeeping]));
  const first = logOf(0, text, text);
  const marked = wireLog(KEYS[0], [{ ...first.entries[0], meta: cborMap([takes]) }, text(1), text(2)]);
  const taken = [at(0, 1, 'retracted'), at(0, 2, 'shown')];
  return [
    vector('retraction', 'the usual', [whole(retraction)], [[0, 1, 2, 3]], taken),
    vector(
      'retraction-gone',
      'its payload is gone for a cause: metadata alone decides',
      [parts(gone, [3])],
      [[0, 1, 2, 3]],
      taken,
    ),
    vector(
      'retraction-stripped',
      'it is not held: its metadata counts all the same',
      [parts(retraction, [3])],
      [[0, 1, 2]],
      taken,
    ),
    vector('retraction-by-ack', 'an acknowledgement that names a message', [whole(acking)], [[0, 1, 2, 3]], taken),
    vector('retracted-and-expired', 'the first that is true is told', [whole(expired)], [[0, 1, 2, 3]], taken),
    vector(
      'retraction-in-introduction',
      'the metadata of entry 0 says nothing',
      [whole(marked)],
      [[0, 1, 2]],
      [at(0, 1, 'shown'), at(0, 2, 'shown')],
    ),
  ];
}

function laterVectors(): TopicStateVector[] {
  const older = logOf(0, text, text, text, text);
  const one = takingBack(older, 1, 2);
  const many = takingBack(older, 1, 5);
  const newer = logAfter(1, older, one);
  const fork = logAfter(1, older, text);
  const last = logAfter(2, logAfter(1, older, text), one);
  const middle = logAfter(1, older, text);
  const other = logAfter(1, older, text, 'another');
  const all = [0, 1, 2, 3, 4];
  const shown = all.slice(1).map((seq) => at(0, seq, 'shown'));
  const taken = [at(0, 1, 'retracted'), ...shown.slice(1)];
  const rest = shown.slice(1);
  return [
    vector(
      'later',
      'what a later log took back may be missing, whichever comes first',
      [parts(older, [1]), whole(newer)],
      [all, [0, 1]],
      taken,
    ),
    vector(
      'later-stripped',
      'also when the entry that says so is stripped',
      [parts(older, [1]), parts(newer, [1])],
      [all, [0]],
      taken,
    ),
    vector(
      'later-frozen',
      'the later log is frozen at the entry that says so: it is undone',
      [parts(older, [1]), [...whole(newer), proofOf(newer, fork, 2)]],
      [[0, 2, 3, 4], [0]],
      rest,
    ),
    vector(
      'later-through-another',
      'by a log that continues one that continues it',
      [parts(older, [1]), whole(middle), whole(last)],
      [all, [0, 1], [0, 1]],
      [...taken, at(1, 1, 'shown')],
    ),
    vector(
      'later-through-a-frozen-one',
      'the one between is frozen at 0, and continues nothing',
      [parts(older, [1]), [...whole(middle), proofOf(middle, other, 1)], whole(last)],
      [[0, 2, 3, 4], [], [0, 1]],
      rest,
    ),
    vector(
      'later-range',
      'and all before it, down to where its chain is known',
      [parts(older, [1, 2]), whole(logAfter(1, older, many))],
      [all, [0, 1]],
      all.slice(1).map((seq) => at(0, seq, 'retracted')),
    ),
    vector(
      'later-range-behind',
      'what is named behind the freeze of the older log takes along nothing before it',
      [
        [...whole(older), proofOf(older, logOf(0, text, text, text, told({ body: 'other' })), 5)],
        whole(logAfter(1, older, many)),
      ],
      [
        [0, 1, 2, 3],
        [0, 1],
      ],
      shown.slice(0, 3),
    ),
  ];
}

function copyVectors(): TopicStateVector[] {
  const original = logOf(0, text);
  const copy = logAfter(1, original, again(original, 1));
  const copyOfCopy = logAfter(2, copy, again(copy, 1));
  const lasting = logOf(0, told({ body: 'old' }, [PAST]));
  const short = logAfter(1, original, again(original, 1, [PAST]));
  const retraction = logAfter(2, copy, takingBack(copy, 1, 2));
  return [
    vector(
      'copy',
      'shown where it was written',
      [whole(original), whole(copy)],
      [
        [0, 1],
        [0, 1],
      ],
      [at(0, 1, 'shown'), at(1, 1, 'copy')],
    ),
    vector(
      'copy-of-a-copy',
      'of one that is a copy itself',
      [whole(original), whole(copy), whole(copyOfCopy)],
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      [at(0, 1, 'shown'), at(1, 1, 'copy'), at(2, 1, 'copy')],
    ),
    vector(
      'copy-expires',
      'the place that is shown decides: its copy has expired, and that is none',
      [whole(original), whole(short)],
      [
        [0, 1],
        [0, 1],
      ],
      [at(0, 1, 'shown'), at(1, 1, 'copy')],
    ),
    vector(
      'copy-of-expired',
      'the original has expired, and so have its copies',
      [whole(lasting), whole(logAfter(1, lasting, again(lasting, 1)))],
      [
        [0, 1],
        [0, 1],
      ],
      [at(0, 1, 'expired'), at(1, 1, 'expired')],
    ),
    vector(
      'copy-retracted',
      'in one place, and so in all',
      [whole(original), whole(copy), whole(retraction)],
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      [at(0, 1, 'retracted'), at(1, 1, 'retracted')],
    ),
  ];
}

function newerVectors(): TopicStateVector[] {
  const critical: Pairs = [[-1, CBOR_TRUE]];
  const log = logOf(
    0,
    text,
    told({ body: 'more', extra: critical }),
    told({}, [PAST, [3, cborList([range(1, 2)])], [4, CBOR_TRUE], ...critical]),
  );
  const dropped = [at(0, 1, 'shown'), at(0, 2, 'newer-version'), at(0, 3, 'newer-version')];
  return [
    vector('critical-keys', 'nothing else of them is read, metadata included', [whole(log)], [[0, 1, 2, 3]], dropped),
  ];
}

function text(seq: number): WireEntry {
  return told({ body: `entry ${seq}` })(seq);
}

function told(fields: WireMessage, meta: Pairs = []): Make {
  return (seq) => ({
    payload: message({ time: WIRE_TIME + seq * 10, ...fields }),
    ...(meta.length > 0 && { meta: cborMap(meta) }),
  });
}

/** Retracts [from, end) of an older log. */
function takingBack({ key, ids }: WireLog, from: number, end: number): Make {
  const item = cborList([cborInt(from), cborInt(end), cborBytes(ids[end - 1] ?? sha256('none'))]);
  return told({ type: 'retract' }, [
    [4, CBOR_TRUE],
    [5, cborList([cborBytes(key.id), cborList([item])])],
  ]);
}

function again({ key, ids }: WireLog, seq: number, meta: Pairs = []): Make {
  const item = cborList([cborBytes(key.id), cborInt(seq), cborBytes(ids[seq] ?? sha256('none'))]);
  return told({ body: 'again', extra: [[14, item]] }, meta);
}

function range(from: number, end: number): Buffer {
  return cborList([cborInt(from), cborInt(end)]);
}

function logOf(index: number, ...makes: readonly Make[]): WireLog {
  const key = KEYS[index] as WireKey;
  const payload = introduction({ log: key.id, topic: TOPIC, person: ADA });
  return wireLog(key, [{ payload }, ...makes.map((make, i) => make(i + 1))]);
}

/** A log that goes on from the end of another. */
function logAfter(index: number, older: WireLog, make: Make, label?: string): WireLog {
  const key = KEYS[index] as WireKey;
  const after = [older.key.id, older.ids.length, older.ids.at(-1) ?? sha256('none')] as const;
  const payload = introduction({
    log: key.id,
    topic: TOPIC,
    person: ADA,
    after,
    ...(label !== undefined && { label }),
  });
  return wireLog(key, [{ payload }, make(1)]);
}

function at(log: number, seq: number, state: string): readonly [number, number, string] {
  return [log, seq, state];
}

/** The introduction, and the rest. */
function whole(log: WireLog): TopicItem[] {
  return parts(log, []);
}

/** The same without the payloads of some entries. */
function parts(log: WireLog, gone: readonly number[]): TopicItem[] {
  const rest = runOf(log, 1);
  const entries = rest.entries.map((entry, i) => ({ ...entry, dropped: gone.includes(i + 1) }));
  return [runOf(log, 0, 1), { ...rest, entries }].map((run) => ({ segment: segment(run).toString('hex') }));
}

function proofOf(a: WireLog, b: WireLog, s: number): TopicItem {
  const sides = [a, b].map(({ key, ids, entries }) =>
    branch({ key, s, id: ids[s - 1] as Buffer, links: entries.slice(s) }),
  );
  return { proof: proof(a.key.id, s, sides).toString('hex') };
}

function vector(
  name: string,
  comment: string,
  logs: readonly (readonly TopicItem[])[],
  held: TopicStateVector['held'],
  order: TopicStateVector['order'],
): TopicStateVector {
  const items = logs.flat();
  // of two with one clock; what is gone with its payload has none
  const isGone = (state: string): number => (state === 'retracted' ? 0 : 1);
  const sorted = [...order].sort(
    ([log, seq, state], [other, otherSeq, otherState]) =>
      seq - otherSeq || isGone(state) - isGone(otherState) || Buffer.compare(idOf(log), idOf(other)),
  );
  return {
    name: `topic-${name}`,
    comment,
    today: TODAY,
    topic: TOPIC.toString('hex'),
    logs: logs.map((_, i) => idOf(i).toString('hex')),
    items,
    orders: ordersOf(items.length),
    held,
    order: sorted,
  };
}

function idOf(index: number): Buffer {
  return (KEYS[index] as WireKey).id;
}

/** One after the other, forwards, backwards and turned; and all at once. */
function ordersOf(count: number): number[][][] {
  const forwards = Array.from({ length: count }, (_, i) => i);
  const turned = forwards.map((by) => [...forwards.slice(by), ...forwards.slice(0, by)]);
  const orders = [...turned, forwards.toReversed(), ...turned.slice(1, 3).map((one) => one.toReversed())];
  return [...orders.map((order) => order.map((i) => [i])), [forwards], [forwards.toReversed()]];
}
