// Contradictions: making the proof, keeping it, and which logs are frozen by one (spec/log.md, "Forks").
import fs from 'node:fs';
import path from 'node:path';
import type { EntryId, LogId } from '../../format/ids.js';
import { snapshot } from '../../format/log/body.js';
import { type Head, verifyHead } from '../../format/log/head.js';
import { type Branch, encodeProof, type Link, type Proof } from '../../format/log/proof.js';
import { type Segment, walkSegment } from '../../format/log/segment.js';
import { diskError, isMissing, onDisk, readIfThere, writeAtomic } from '../files.js';

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

/** Keeps a verified proof, one a log: the one that reaches back furthest. True when it says something new. */
export function keepProof(directory: string, proof: Proof): boolean {
  const older = namesIn(directory).filter((name) => name.startsWith(`${proof.log}.`));
  if (older.some((name) => Number(name.slice(65)) <= proof.length)) return false;
  writeAtomic(path.join(directory, `${proof.log}.${proof.length}`), encodeProof(proof));
  for (const name of older)
    onDisk('removing an older proof', () => fs.rmSync(path.join(directory, name), { force: true }));
  return true;
}

/** Bytes of the kept proof that freezes the log at a seq. */
export function proofSize(directory: string, log: LogId, frozen: number): number {
  return fs.statSync(path.join(directory, `${log}.${frozen + 1}`), { throwIfNoEntry: false })?.size ?? 0;
}

/** The kept proof of a log, as bytes. */
export function readProof(directory: string, log: LogId): Buffer | undefined {
  const name = namesIn(directory).find((candidate) => candidate.startsWith(`${log}.`));
  return name === undefined ? undefined : readIfThere(path.join(directory, name));
}

function namesIn(directory: string): string[] {
  try {
    return fs.readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw diskError(`reading ${directory}`, error);
  }
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
