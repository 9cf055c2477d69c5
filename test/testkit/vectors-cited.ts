// Vectors of cited entries: what can be told of a dep that another entry covers, by who holds what (spec/message.md,
// "Covered deps").
import { forkedLogs } from './cast.js';
import type { Vector } from './vector.js';
import { wireKey } from './wire.js';
import { message, type WireDep } from './wire-message.js';
import { type WireEntry, type WireLog, wireLog } from './wire-segment.js';

/** Logs as somebody holds them, and which entry the last of the first log cites. */
export interface CitedVector extends Vector {
  /** The first one is the citing log. */
  readonly logs: readonly CitedLog[];
  /** Null when it can't be told. */
  readonly id: string | null;
}

/** One log of such a vector. */
export interface CitedLog {
  readonly log: string;
  /** The runs of entries that are held, each from a seq up to another. */
  readonly runs: readonly (readonly [from: number, end: number])[];
  /** From this seq on they are left over behind a freeze. */
  readonly frozen?: number;
  /** All entries from seq 0 on, held or not; the payload is null when it was dropped. */
  readonly entries: readonly { readonly id: string; readonly payload: string | null }[];
}

/** All of them. */
export function citedVectors(): CitedVector[] {
  return [...coveredVectors(), ...notCoveringVectors(), ...holdingVectors(), ...ownVectors()];
}

const OWN = wireKey('citing log');
/** Two versions of one log, the same up to entry 1. */
const [TOLD, OTHER] = forkedLogs(wireKey('cited log'), 2, { left: 3, right: 3 });
const CITED = TOLD.key.id;
/** Entry 3 of the version that the author knows. */
const HEAD: WireDep = [CITED, 3, idOf(TOLD, 3)];

function coveredVectors(): CitedVector[] {
  return [
    told('whole', 'an id needs nothing', [CITED, 1, idOf(TOLD, 1)], idOf(TOLD, 1), { cited: heldLog(TOLD, []) }),
    told('covered', 'entry 1 cites a later one', [CITED, 1, 1], idOf(TOLD, 1)),
    told('covered-same', 'entry 1 cites the same', [CITED, 3, 1], idOf(TOLD, 3)),
    told('second-citation', 'of two citations one is right', [CITED, 1, 1], idOf(TOLD, 1), {
      covers: [[CITED, 4, idOf(OTHER, 4)], HEAD],
    }),
    told('target-dropped', 'the chain names what was dropped, too', [CITED, 1, 1], idOf(TOLD, 1), {
      cited: heldLog(TOLD, [[0, 5]], 1),
    }),
    told('in-runs', 'how logs are cut into runs does not matter', [CITED, 1, 1], idOf(TOLD, 1), {
      cited: heldLog(TOLD, [
        [0, 1],
        [1, 2],
        [2, 5],
      ]),
      ownRuns: [
        [0, 1],
        [1, 3],
        [3, 4],
      ],
    }),
  ];
}

function notCoveringVectors(): CitedVector[] {
  return [
    told('beyond', 'entry 1 cites an earlier one', [CITED, 4, 1]),
    told('by-uncited', 'entry 2 cites nothing', [CITED, 1, 2]),
    told('by-other-log', 'entry 1 cites another log', [wireKey('elsewhere').id, 1, 1]),
    told('by-introduction', 'the introduction cites nothing', [CITED, 1, 0]),
    told('by-itself', 'not an earlier entry', [CITED, 1, 3]),
    told('by-later', 'an entry still to be written', [CITED, 1, 9]),
    told('by-covered', 'entry 2 cites it without an id itself', [CITED, 1, 2], undefined, { between: [[CITED, 3, 1]] }),
    told('by-other-version', 'entry 1 cites a version that is not held', [CITED, 3, 1], undefined, {
      cited: heldLog(OTHER, [[0, 5]]),
    }),
    told('before-the-fork', 'nor is what both versions share', [CITED, 1, 1], undefined, {
      cited: heldLog(OTHER, [[0, 5]]),
    }),
  ];
}

function holdingVectors(): CitedVector[] {
  return [
    told('cover-dropped', 'what entry 1 cited is gone', [CITED, 1, 1], undefined, { drops: 1 }),
    told('cover-not-held', 'entry 1 is not here', [CITED, 1, 1], undefined, {
      ownRuns: [
        [0, 1],
        [2, 4],
      ],
    }),
    told('gap-behind-cover', 'entry 1 may be of another version', [CITED, 1, 1], undefined, {
      ownRuns: [
        [0, 2],
        [3, 4],
      ],
    }),
    told('cited-not-held', 'entry 3 is not here', [CITED, 1, 1], undefined, { cited: heldLog(TOLD, [[0, 3]]) }),
    told('target-not-held', 'entry 1 is not here', [CITED, 1, 1], undefined, { cited: heldLog(TOLD, [[2, 5]]) }),
    told('gap-behind-target', 'entry 1 may be of another version', [CITED, 1, 1], undefined, {
      cited: heldLog(TOLD, [
        [0, 2],
        [3, 5],
      ]),
    }),
    told('head-left-over', 'the cited log is frozen at entry 3, which was here before', [CITED, 1, 1], undefined, {
      cited: { ...heldLog(TOLD, [[0, 5]]), frozen: 3 },
    }),
    told('frozen-behind', 'the cited log is frozen behind what is cited', [CITED, 1, 1], idOf(TOLD, 1), {
      cited: { ...heldLog(TOLD, [[0, 5]]), frozen: 4 },
    }),
    told('cover-left-over', 'the citing log is frozen at entry 1', [CITED, 1, 1], undefined, { ownFrozen: 1 }),
    told('message-left-over', 'it is frozen at the message itself, which is not held then', [CITED, 1, 1], undefined, {
      ownFrozen: 3,
    }),
    told('nothing-held', 'of the cited log', [CITED, 1, 1], undefined, { cited: heldLog(TOLD, []) }),
  ];
}

function ownVectors(): CitedVector[] {
  return [
    told('own', 'the own chain commits to it', [OWN.id, 2, 2], 'own 2'),
    told('own-other-seq', 'it says another seq', [OWN.id, 1, 2]),
    told('own-self', 'not an earlier entry', [OWN.id, 3, 3]),
    told('own-later', 'an entry still to be written', [OWN.id, 9, 9]),
    told('own-gap', 'entry 1 may be of another version', [OWN.id, 1, 1], undefined, {
      ownRuns: [
        [0, 2],
        [3, 4],
      ],
    }),
    told('own-not-held', 'entry 1 is not here', [OWN.id, 1, 1], undefined, { ownRuns: [[3, 4]] }),
  ];
}

interface Circumstances {
  /** What entry 1 of the citing log cites. */
  readonly covers?: readonly WireDep[];
  /** What entry 2 cites. */
  readonly between?: readonly WireDep[];
  readonly ownRuns?: CitedLog['runs'];
  /** From which seq on the citing log is frozen. */
  readonly ownFrozen?: number;
  /** Seq of an entry of the citing log whose payload was dropped. */
  readonly drops?: number;
  readonly cited?: CitedLog;
}

/** A log of an introduction, entry 1 that cites, entry 2, and entry 3 with the dep in question. */
function told(
  name: string,
  comment: string,
  dep: WireDep,
  id?: Uint8Array | 'own 2',
  { ownRuns = [[0, 4]], ownFrozen, drops, cited = heldLog(TOLD, [[0, 5]]), ...says }: Circumstances = {},
): CitedVector {
  const { covers = [HEAD], between } = says;
  const own = wireLog(OWN, [
    { payload: Buffer.from('introduction') },
    said({ deps: covers }),
    said(between ? { deps: between } : {}),
    said({ deps: [dep], reply: 0 }),
  ]);
  const expected = id === 'own 2' ? idOf(own, 2) : id;
  const citing = heldLog(own, ownRuns, drops);
  const logs = [{ ...citing, ...(ownFrozen !== undefined && { frozen: ownFrozen }) }, cited];
  return { name: `cited-${name}`, comment, logs, id: expected ? Buffer.from(expected).toString('hex') : null };
}

function said(fields: Parameters<typeof message>[0]): WireEntry {
  return { payload: message({ body: 'Hi', ...fields }) };
}

/** A log as held. */
export function heldLog({ key, entries, ids }: WireLog, runs: CitedLog['runs'], dropped?: number): CitedLog {
  const told = entries.map(({ payload }, seq) => ({
    id: (ids[seq] ?? Buffer.alloc(0)).toString('hex'),
    payload: seq === dropped || !payload ? null : Buffer.from(payload).toString('hex'),
  }));
  return { log: Buffer.from(key.id).toString('hex'), runs, entries: told };
}

function idOf({ ids }: WireLog, seq: number): Buffer {
  const id = ids[seq];
  if (!id) throw new Error(`no entry ${seq}`);
  return id;
}
