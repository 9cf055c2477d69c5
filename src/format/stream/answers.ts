// What is said of what came: taken, refused, goodbye (spec/stream.md, "Taking").
import { decodeFrontier, encodeFrontier, type Frontier } from '../bundle/frontier.js';
import { SatchelError } from '../error.js';
import { idBytes, type LogId, readId } from '../ids.js';

/** Frames that are durable, or were left for good. */
export interface Taken {
  /** How many more of the frames SEGMENT, PROOF and CHUNK, in their order. */
  readonly frames: number;
  /** What is held of the logs that they were about. */
  readonly frontier: Frontier;
}

/** A log of which nothing more is to come in this stream, and why. */
export interface Refused {
  readonly log: LogId;
  readonly code: string;
}

const COUNT_SIZE = 4;
const ID_SIZE = 32;
const CODE = /^[a-z-]+$/;
const ODD_HYPHEN = /^-|--|-$/;

/** The payload of TAKEN. @throws SatchelError `over-limit` */
export function encodeTaken({ frames, frontier }: Taken): Buffer {
  const count = Buffer.alloc(COUNT_SIZE);
  count.writeUInt32BE(frames);
  return Buffer.concat([count, encodeFrontier(frontier)]);
}

/** What was taken. @throws SatchelError `bad-member`, `over-limit` */
export function decodeTaken(payload: Buffer): Taken {
  return { frames: payload.readUInt32BE(), frontier: decodeFrontier(payload.subarray(COUNT_SIZE)) };
}

/** The payload of REFUSED. */
export function encodeRefused({ log, code }: Refused): Buffer {
  return Buffer.concat([idBytes(log), Buffer.from(code, 'latin1')]);
}

/** What was refused. @throws SatchelError `bad-stream` */
export function decodeRefused(payload: Buffer): Refused {
  return { log: readId<LogId>(payload, 0), code: codeIn(payload.subarray(ID_SIZE)) };
}

/** The payload of BYE: why the stream ends, or nothing. */
export function encodeBye(code: string | undefined): Buffer {
  return Buffer.from(code ?? '', 'latin1');
}

/** Why the other side ends the stream; undefined when all is done. @throws SatchelError `bad-stream` */
export function decodeBye(payload: Buffer): string | undefined {
  return payload.length === 0 ? undefined : codeIn(payload);
}

function codeIn(bytes: Buffer): string {
  const code = bytes.toString('latin1');
  if (CODE.test(code) && !ODD_HYPHEN.test(code)) return code;
  throw new SatchelError('bad-stream', 'a frame names no code');
}
