// Proofs of a contradiction: one log key signed two different pasts (spec/bundle.md, "Proofs").

import { SatchelError } from '../error.js';
import { type EntryId, idBytes, type LogId, readId } from '../ids.js';
import { LENGTH_LIMIT, META_MAX, PAYLOAD_MAX, PROOF_MAX } from '../limits.js';
import { Chain } from './chain.js';
import { verifyHead } from './head.js';

/** One entry on the way from the contradiction to a head, without its payload. */
export interface Link {
  readonly payloadLength: number;
  /** SHA-256 of the payload as a latin1 string. */
  readonly payloadHash: string;
  readonly meta: Buffer;
}

/** One of the two pasts. */
export interface Branch {
  /** Id of the last entry at the proof's length. */
  readonly id: EntryId;
  /** The entries from there to the head; empty when a head stands there. */
  readonly links: readonly Link[];
  /** The log key's 64-byte signature of the head behind the last link. */
  readonly signature: Buffer;
}

/** The log at `length` has two different ids; it is frozen from entry `length - 1` on. */
export interface Proof {
  readonly log: LogId;
  readonly length: number;
  readonly branches: readonly [Branch, Branch];
}

const PREFIX_SIZE = 4;
const HEADER_SIZE = PREFIX_SIZE + 32 + 8;
const BRANCH_SIZE = 32 + 4 + 64;
const LINK_SIZE = 4 + 32 + 2;

/** The proof's bytes, its own length first. */
export function encodeProof(proof: Proof): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  idBytes(proof.log).copy(header, PREFIX_SIZE);
  header.writeBigUInt64BE(BigInt(proof.length), PREFIX_SIZE + 32);
  const bytes = Buffer.concat([header, ...proof.branches.flatMap(branchParts)]);
  bytes.writeUInt32BE(bytes.length - PREFIX_SIZE);
  return bytes;
}

/**
 * Bytes of the proof that begins with `prefix`, its length field included.
 * @throws SatchelError `bad-member`, or `over-limit` for more than 1 MiB
 */
export function peekProof(prefix: Buffer): number {
  if (prefix.length < PREFIX_SIZE) throw bad('is cut off');
  const size = prefix.readUInt32BE() + PREFIX_SIZE;
  if (size > PROOF_MAX) throw new SatchelError('over-limit', `proof has ${size} bytes, allowed are ${PROOF_MAX}`);
  if (size < HEADER_SIZE + 2 * BRANCH_SIZE) throw bad('is too short');
  return size;
}

/** Of which log a whole proof is. */
export function logOfProof(bytes: Buffer): LogId {
  return readId<LogId>(bytes, PREFIX_SIZE);
}

/**
 * The proof that fills `bytes`; whether it proves anything is for `verifyProof` to say.
 * @throws SatchelError `bad-member`, or `over-limit` for more than 1 MiB
 */
export function decodeProof(bytes: Buffer): Proof {
  if (peekProof(bytes) !== bytes.length) throw bad('is not as long as it says');
  const length = Number(bytes.readBigUInt64BE(PREFIX_SIZE + 32));
  const [one, behind] = readBranch(bytes, HEADER_SIZE);
  const [other, end] = readBranch(bytes, behind);
  if (end !== bytes.length) throw bad('has bytes behind its second branch');
  const links = Math.max(one.links.length, other.links.length);
  if (length < 1 || length + links >= LENGTH_LIMIT) throw bad('has an impossible length of the log');
  return { log: readId<LogId>(bytes, PREFIX_SIZE), length, branches: [one, other] };
}

/** Whether the log key signed both pasts and they differ: the only thing that may freeze a log. */
export function verifyProof(proof: Proof): boolean {
  const [one, other] = proof.branches;
  return one.id !== other.id && proof.branches.every((branch) => verifyBranch(proof, branch));
}

function verifyBranch({ log, length }: Proof, { id, links, signature }: Branch): boolean {
  const chain = new Chain(log, id);
  for (const [index, link] of links.entries()) {
    chain.add(length + index, link.payloadLength, link.payloadHash, link.meta);
  }
  return verifyHead(log, { length: length + links.length, signature }, chain.id);
}

function branchParts({ id, links, signature }: Branch): Buffer[] {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(links.length);
  return [idBytes(id), count, ...links.flatMap(linkParts), signature];
}

function linkParts({ payloadLength, payloadHash, meta }: Link): Buffer[] {
  const link = Buffer.alloc(LINK_SIZE);
  link.writeUInt32BE(payloadLength);
  link.write(payloadHash, 4, 32, 'latin1');
  link.writeUInt16BE(meta.length, 36);
  return [link, meta];
}

function readBranch(bytes: Buffer, offset: number): [Branch, number] {
  if (bytes.length - offset < BRANCH_SIZE) throw bad('is cut off');
  const count = bytes.readUInt32BE(offset + 32);
  if (BRANCH_SIZE + count * LINK_SIZE > bytes.length - offset) throw bad('is cut off');
  const links: Link[] = [];
  let at = offset + 36;
  for (let i = 0; i < count; i++) {
    const link = readLink(bytes, at);
    links.push(link);
    at += LINK_SIZE + link.meta.length;
  }
  const end = at + 64;
  if (end > bytes.length) throw bad('is cut off');
  return [{ id: readId<EntryId>(bytes, offset), links, signature: bytes.subarray(at, end) }, end];
}

function readLink(bytes: Buffer, at: number): Link {
  if (bytes.length - at < LINK_SIZE) throw bad('is cut off');
  const payloadLength = bytes.readUInt32BE(at);
  const metaLength = bytes.readUInt16BE(at + 36);
  if (payloadLength > PAYLOAD_MAX || metaLength > META_MAX) {
    throw new SatchelError('over-limit', `proof has an entry of ${payloadLength} bytes with ${metaLength} of metadata`);
  }
  const meta = bytes.subarray(at + LINK_SIZE, at + LINK_SIZE + metaLength);
  if (meta.length < metaLength) throw bad('is cut off');
  return { payloadLength, payloadHash: bytes.toString('latin1', at + 4, at + 36), meta };
}

function bad(what: string): SatchelError {
  return new SatchelError('bad-member', `proof of a contradiction ${what}`);
}
