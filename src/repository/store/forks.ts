// Contradictions: making the proof, keeping it, and which logs are frozen by one (spec/log.md, "Forks").

import path from 'node:path';
import { SatchelError } from '../../format/error.js';
import type { EntryId, LogId } from '../../format/ids.js';
import { snapshot } from '../../format/log/body.js';
import { type Head, verifyHead } from '../../format/log/head.js';
import { type Branch, decodeProof, encodeProof, type Link, type Proof, verifyProof } from '../../format/log/proof.js';
import { type Segment, walkSegment } from '../../format/log/segment.js';
import { disk } from '../disk.js';
import { namesIn, onDisk, readIfThere, writeAtomic } from '../files.js';

/** Heads looked at to make a proof shorter. */
const HEADS_TRIED = 4;

/**
 * The proof that two verified segments of one log contradict each other, at the lowest length at which they differ;
 * undefined when they agree wherever they meet.
 */
export function proveContradiction(ours: Segment, theirs: Segment): Proof | undefined {
  const [a, b] = [idsByLength(ours), idsByLength(theirs)];
  const from = Math.max(ours.first, theirs.first);
  const end = Math.min(ours.first + ours.count, theirs.first + theirs.count);
  for (let length = Math.max(from, 1); length <= end; length++) {
    if (a[length - ours.first] === b[length - theirs.first]) continue;
    return { log: ours.log, length, branches: [branchAt(ours, a, length), branchAt(theirs, b, length)] };
  }
  return undefined;
}

/** For each log with a proof: the lowest seq in doubt. */
export function frozenLogs(directory: string): ReadonlyMap<LogId, number> {
  const frozen = new Map<LogId, number>();
  for (const name of namesIn(directory)) {
    const [, log, length] = /^([0-9a-f]{64})\.(\d+)$/.exec(name) ?? [];
    if (!log || !length) continue;
    const seq = Number(length) - 1;
    frozen.set(log as LogId, Math.min(seq, frozen.get(log as LogId) ?? seq));
  }
  return frozen;
}

/**
 * Keeps a verified proof, one a log: the one that reaches back furthest. True when it says something new; one that has
 * rotten is replaced without that.
 */
export function keepProof(directory: string, proof: Proof): boolean {
  const older = namesIn(directory).filter((name) => name.startsWith(`${proof.log}.`));
  if (older.some((name) => Number(name.slice(65)) < proof.length)) return false;
  const isKnown = older.includes(nameOf(proof));
  if (isKnown && readProof(directory, proof.log)) return false;
  writeAtomic(path.join(directory, nameOf(proof)), encodeProof(proof));
  for (const name of older.filter((one) => one !== nameOf(proof)))
    onDisk('removing an older proof', () => disk.remove(path.join(directory, name)));
  return !isKnown;
}

/** Bytes of the kept proof that freezes the log at a seq. */
export function proofSize(directory: string, log: LogId, frozen: number): number {
  const file = path.join(directory, `${log}.${frozen + 1}`);
  return onDisk(`reading ${file}`, () => disk.stat(file)?.size ?? 0);
}

/**
 * The kept proof of a log, as bytes; undefined when it has rotten, for nobody could read a bundle with it. The log stays
 * frozen: by its name it was verified once.
 */
export function readProof(directory: string, log: LogId): Buffer | undefined {
  const name = namesIn(directory).find((candidate) => candidate.startsWith(`${log}.`));
  const bytes = name === undefined ? undefined : readIfThere(path.join(directory, name));
  return bytes && provesAs(bytes, name) ? bytes : undefined;
}

/** Whether what is kept under that name proves what the name says. */
function provesAs(bytes: Buffer, name: string | undefined): boolean {
  try {
    const proof = decodeProof(bytes);
    return name === nameOf(proof) && verifyProof(proof);
  } catch (error) {
    if (error instanceof SatchelError) return false;
    throw error;
  }
}

function nameOf({ log, length }: Pick<Proof, 'log' | 'length'>): string {
  return `${log}.${length}`;
}

/** The first head from there on that is right, if it is among the first few; the last one was verified in any case. */
function soundHead(segment: Segment, ids: readonly EntryId[], length: number): Head | undefined {
  const candidates = segment.heads.filter((head) => head.length >= length);
  // whoever passed the segment on may have changed every head but the last
  const isSound = (head: Head) => verifyHead(segment.log, head, ids[head.length - segment.first] as EntryId);
  return candidates.slice(0, HEADS_TRIED).find(isSound) ?? candidates.at(-1);
}

function idsByLength(segment: Segment): EntryId[] {
  const ids = [segment.previous];
  walkSegment(segment, (_seq, _entry, chain) => ids.push(chain.id));
  return ids;
}

function branchAt(segment: Segment, ids: readonly EntryId[], length: number): Branch {
  const head = soundHead(segment, ids, length);
  if (!head) throw new Error('a segment without a head at its end');
  const links: Link[] = [];
  walkSegment(segment, (seq, entry) => {
    if (seq >= length && seq < head.length) links.push(snapshot(entry));
  });
  return { id: ids[length - segment.first] as EntryId, links, signature: head.signature };
}
