// Vectors of streams (spec/stream.md).
import { compact } from './compact.js';
import type { BytesVector, Outcome, Vector } from './vector.js';
import { bytesOf, flip, join, sha256, wireKey, ZERO_ID } from './wire.js';
import { CBOR_TRUE, cborInt } from './wire-cbor.js';
import { anyId, frontier } from './wire-statement.js';
import {
  agreed,
  frame,
  hello,
  mark,
  streamSignature,
  taken,
  WIRE_CALL,
  WIRE_FRAME,
  wireCallKeys,
  wireHint,
} from './wire-stream.js';

/** What one side sends, and the frames that are read before the refusal, if there is one. */
export interface FramesVector extends BytesVector {
  readonly frames: readonly (readonly [type: string, length: number])[];
}

/** The payload of a HELLO. */
export interface HelloVector extends BytesVector {
  readonly reads?: { readonly epoch: string; readonly serial: number; readonly created: number };
}

/** A signature under both HELLOs. */
export interface SignedVector extends Vector {
  readonly device: string;
  readonly own: string;
  readonly other: string;
  readonly binding: string;
  readonly signature: string;
  readonly valid: boolean;
}

/** A frontier and its marks. */
export interface MarkVector extends Vector {
  readonly frontier: string;
  readonly nonces: readonly [string, string];
  readonly marks: string;
}

/** The keys and the hint of one call. */
export interface CallVector extends Vector {
  /** The secret scalars of X25519 of who calls and who answers, and what they agree on. */
  readonly scalars: readonly [string, string];
  readonly secret: string;
  readonly caller: string;
  readonly answerer: string;
  readonly nonce: string;
  readonly salt: string;
  readonly channel: string;
  readonly hint: string;
}

/** A frame of a call where one of this type has to come. */
export interface CallFrameVector extends BytesVector {
  readonly type: keyof typeof WIRE_CALL;
}

/** A payload, and what it says. */
export interface AnswerVector extends BytesVector {
  readonly reads?: object | null;
}

const SIGNED = bytesOf(64, 1);
const MARKS = bytesOf(64, 2);
const A = anyId('log a');
const B = anyId('log b');
const PROVED = [frame('hello', hello()), frame('signed', SIGNED)];
const START = [...PROVED, frame('marks', MARKS)];
const ROUND = [frame('said'), frame('sent')];
const FRONTIER = frontier([{ log: A, ranges: [[0, 3, anyId('entry')]] }]);

/** All that one side may send, and what it may not. */
export function frameVectors(): FramesVector[] {
  return [...orderedVectors(), ...disorderedVectors(), ...lengthVectors()];
}

function orderedVectors(): FramesVector[] {
  return [
    good('idle', 'nothing to say and nothing to send', ...START, ...ROUND, frame('bye')),
    good('cut', 'it may end anywhere: whoever reads knows that nobody said goodbye', ...START),
    good('refusal', 'goodbye at once', frame('bye', Buffer.from('bad-stream'))),
    good(
      'stranger',
      'goodbye to who is not known',
      frame('hello', hello()),
      frame('bye', Buffer.from('untrusted-peer')),
    ),
    good(
      'full-round',
      'all that a round can hold',
      ...START,
      frame('frontier', FRONTIER),
      frame('frontier', FRONTIER),
      frame('wants', bytesOf(36)),
      frame('said'),
      frame('proof', bytesOf(9)),
      frame('segment', bytesOf(10)),
      frame('chunk', bytesOf(11)),
      frame('segment', bytesOf(12)),
      frame('sent'),
    ),
    good(
      'two-rounds',
      'a round behind the other',
      ...START,
      ...ROUND,
      frame('frontier', FRONTIER),
      ...ROUND,
      frame('bye'),
    ),
    good(
      'answers-anywhere',
      'answers come between all else',
      ...START,
      frame('taken', taken(1, FRONTIER)),
      frame('said'),
      frame('refused', join(A, 'unwanted')),
      frame('segment', bytesOf(10)),
      frame('taken', taken(2, FRONTIER)),
      frame('sent'),
      frame('refused', join(A, 'bad-chain')),
      frame('taken', taken(3, new Uint8Array())),
    ),
    good('later-type', 'a type from 0x80 on is passed over', ...START, frame(0x80, bytesOf(5)), frame(0xff), ...ROUND),
  ];
}

function disorderedVectors(): FramesVector[] {
  const bad = (name: string, comment: string, ...frames: Buffer[]) => refused(name, comment, 'bad-stream', frames);
  return [
    bad('first-signed', 'it does not begin with HELLO', frame('signed', SIGNED)),
    bad('first-segment', 'room is made for nothing before HELLO', frame('segment', new Uint8Array(), 3_000_000)),
    bad('first-later', 'nor is anything passed over', frame(0x80)),
    bad('hello-twice', 'HELLO comes once', frame('hello', hello()), frame('hello', hello())),
    bad('unsigned', 'a frontier before SIGNED', frame('hello', hello()), frame('frontier', FRONTIER)),
    bad('signed-twice', 'SIGNED comes once', ...START, frame('signed', SIGNED)),
    bad('marks-first', 'marks before SIGNED', frame('hello', hello()), frame('marks', MARKS)),
    bad('unmarked', 'a frontier before MARKS', ...PROVED, frame('frontier', FRONTIER)),
    bad('marks-twice', 'MARKS come once', ...START, frame('marks', MARKS)),
    bad('segment-before-said', 'a segment before SAID', ...START, frame('segment', bytesOf(1))),
    bad('sent-before-said', 'SENT before SAID', ...START, frame('sent')),
    bad('said-twice', 'SAID comes once a round', ...START, frame('said'), frame('said')),
    bad(
      'frontier-behind-wants',
      'a frontier behind WANTS',
      ...START,
      frame('wants', bytesOf(36)),
      frame('frontier', FRONTIER),
    ),
    bad('wants-twice', 'WANTS comes once a round', ...START, frame('wants', bytesOf(36)), frame('wants', bytesOf(36))),
    bad('frontier-behind-said', 'a frontier behind SAID', ...START, frame('said'), frame('frontier', FRONTIER)),
    bad('behind-bye', 'nothing comes behind BYE', ...START, frame('bye'), frame('said')),
    bad('later-behind-bye', 'of no type', ...START, frame('bye'), frame(0x90)),
    bad(
      'taken-before-signed',
      'nothing was sent to be taken',
      frame('hello', hello()),
      frame('taken', taken(0, new Uint8Array())),
    ),
    refused('unknown-type', 'a type below 0x80 has to be understood', 'newer-version', [
      ...START,
      frame(0x30, bytesOf(3)),
    ]),
    refused('unknown-first', 'but at the beginning, where another program answers', 'bad-stream', [frame(0x00)]),
    refused('other-program', 'as here', 'bad-stream', [Buffer.from('SSH-2.0-OpenSSH_9.2')]),
    refused('frontiers-17', 'a frontier in too many frames', 'over-limit', [
      ...START,
      ...Array.from({ length: 17 }, () => frame('frontier', FRONTIER)),
    ]),
  ];
}

function lengthVectors(): FramesVector[] {
  const over = (name: string, comment: string, ...frames: Buffer[]) => refused(name, comment, 'over-limit', frames);
  const short = (name: string, comment: string, ...frames: Buffer[]) => refused(name, comment, 'bad-stream', frames);
  return [
    over('hello-1025', 'a HELLO that is too long', frame('hello', bytesOf(0), 1_025)),
    over(
      'segment-too-long',
      'no segment is that long',
      ...START,
      frame('said'),
      frame('segment', bytesOf(0), 3_145_729),
    ),
    over('longest', 'as long as the field can say', ...START, frame(0x80, bytesOf(0), 2 ** 24 - 1)),
    over('chunk-too-long', 'no chunk is that long', ...START, frame('said'), frame('chunk', bytesOf(0), 1_048_577)),
    over('said-with-byte', 'SAID has no payload', ...START, frame('said', bytesOf(1))),
    over('frontier-65537', 'a frontier that is too long', ...START, frame('frontier', bytesOf(0), 65_537)),
    over('signed-65', 'a SIGNED that is too long', frame('hello', hello()), frame('signed', bytesOf(0), 65)),
    over('marks-65', 'MARKS that are too long', ...PROVED, frame('marks', bytesOf(0), 65)),
    over('bye-33', 'a code that is too long', frame('bye', bytesOf(33, 0x61))),
    short('hello-0', 'an empty HELLO', frame('hello')),
    short('signed-63', 'a SIGNED that is too short', frame('hello', hello()), frame('signed', bytesOf(63))),
    short('marks-63', 'MARKS that are too short', ...PROVED, frame('marks', bytesOf(63))),
    short('segment-0', 'an empty segment', ...START, frame('said'), frame('segment')),
    short('taken-3', 'a TAKEN without its count', ...START, frame('taken', bytesOf(3))),
    short('refused-32', 'a REFUSED without a code', ...START, frame('refused', bytesOf(32))),
  ];
}

/** What streams begin with. */
export function helloVectors(): HelloVector[] {
  const reads = { epoch: 'e0'.repeat(16), serial: 7, created: 1_700_000_000_000 };
  const good = (name: string, comment: string, bytes: Buffer): HelloVector => ({
    ...bytesVector(`hello-${name}`, comment, bytes, 'ok'),
    reads,
  });
  const bad = (name: string, comment: string, bytes: Buffer): HelloVector =>
    bytesVector(`hello-${name}`, comment, bytes, 'bad-stream');
  const later = (name: string, comment: string, bytes: Buffer): HelloVector =>
    bytesVector(`hello-${name}`, comment, bytes, 'newer-version');
  return [
    good('plain', 'all of it', hello()),
    good('further-key', 'a key of later that may be passed over', hello({ extra: [[7, cborInt(1)]] })),
    bad('no-map', 'no map', cborInt(1)),
    bad('not-cbor', 'another program answers', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')),
    bad('byte-more', 'a byte behind the map', join(hello(), '\0')),
    bad('other-format', 'another format', hello({ format: 'satchel-bundle/1' })),
    bad('no-format', 'no format', hello({ omit: [1] })),
    bad('no-card', 'no card', hello({ omit: [2] })),
    bad('no-epoch', 'no epoch', hello({ omit: [3] })),
    bad('epoch-15', 'an epoch of 15 bytes', hello({ epoch: bytesOf(15) })),
    bad('no-serial', 'no serial', hello({ omit: [4] })),
    bad('serial-0', 'serials count from 1', hello({ serial: 0 })),
    bad('serial-too-large', 'a serial of 2^53', hello({ serial: 2n ** 53n })),
    bad('no-created', 'no time', hello({ omit: [5] })),
    bad('no-nonce', 'no nonce', hello({ omit: [6] })),
    bad('nonce-17', 'a nonce of 17 bytes', hello({ nonce: bytesOf(17) })),
    later('version-2', 'a later version of the format', hello({ format: 'satchel-stream/2' })),
    later('critical', 'a key that has to be understood', hello({ extra: [[-1 as unknown as number, CBOR_TRUE]] })),
  ];
}

/** Who speaks. */
export function signedVectors(): SignedVector[] {
  const key = wireKey('stream device');
  const own = hello({ nonce: bytesOf(16, 0x0a) });
  const other = hello({ nonce: bytesOf(16, 0x0b) });
  const bound = sha256('an exporter');
  const signed = (
    name: string,
    comment: string,
    change: Partial<SignedVector>,
    binding: Buffer = ZERO_ID,
  ): SignedVector => ({
    name: `signed-${name}`,
    comment,
    device: key.id.toString('hex'),
    own: own.toString('hex'),
    other: other.toString('hex'),
    binding: binding.toString('hex'),
    signature: streamSignature(key, own, other, binding).toString('hex'),
    valid: true,
    ...change,
  });
  const bad = (name: string, comment: string, change: Partial<SignedVector>, binding?: Buffer): SignedVector =>
    signed(name, comment, { valid: false, ...change }, binding);
  return [
    signed('unbound', 'over a pipe that has nothing to bind to', {}),
    signed('bound', 'bound to the channel', {}, bound),
    bad('other-channel', 'made for another channel', { binding: ZERO_ID.toString('hex') }, bound),
    bad('sent-back', 'sent back to who made it', { own: other.toString('hex'), other: own.toString('hex') }),
    bad('other-hello', 'made for another stream', { other: flip(other, other.length - 1).toString('hex') }),
    bad('own-hello', 'under another HELLO', { own: flip(own, own.length - 1).toString('hex') }),
    bad('other-device', 'by another device', { device: wireKey('other device').id.toString('hex') }),
  ];
}

/** What is remembered. */
export function markVectors(): MarkVector[] {
  const nonces = [bytesOf(16, 0x0a), bytesOf(16, 0x0b)] as const;
  const logs = [A, B, sha256('log c'), sha256('log d')].sort(Buffer.compare);
  const one = (log: Buffer): Buffer => frontier([{ log, ranges: [[0, 3, sha256(log)]] }]);
  const marked = (name: string, comment: string, list: readonly Buffer[]): MarkVector => ({
    name: `marks-${name}`,
    comment,
    frontier: join(...[...list].reverse().map(one)).toString('hex'),
    nonces: [nonces[0].toString('hex'), nonces[1].toString('hex')],
    marks: join(
      ...Array.from({ length: 16 }, (_, part) =>
        mark(nonces, part, join(...list.filter((log) => (log[0] ?? 0) >> 4 === part).map(one))),
      ),
    ).toString('hex'),
  });
  return [marked('nothing', 'of nothing', []), marked('logs', 'of some logs, in another order', logs)];
}

/** Keys that two devices have in common. */
export function callVectors(): CallVector[] {
  const one = (name: string, comment: string, [first, second]: readonly [string, string]): CallVector => {
    const scalars = [sha256(`scalar of ${first}`), sha256(`scalar of ${second}`)] as const;
    const { secret, caller, answerer } = agreed(...scalars);
    const { channel, hint } = wireCallKeys(secret, caller, answerer);
    const salts = { nonce: bytesOf(16, 0x0a), salt: bytesOf(16, 0x0b) };
    return {
      name: `call-${name}`,
      comment,
      scalars: [scalars[0].toString('hex'), scalars[1].toString('hex')],
      secret: secret.toString('hex'),
      caller: caller.toString('hex'),
      answerer: answerer.toString('hex'),
      nonce: salts.nonce.toString('hex'),
      salt: salts.salt.toString('hex'),
      channel: channel.toString('hex'),
      hint: wireHint(hint, salts.nonce, salts.salt).toString('hex'),
    };
  };
  return [
    one('there', 'one calls the other', ['ada', 'ben']),
    one('back', 'and the other one back, with other keys', ['ben', 'ada']),
  ];
}

/** Frames of calls. */
export function callFrameVectors(): CallFrameVector[] {
  const one = (type: keyof typeof WIRE_CALL, name: string, comment: string, bytes: Buffer, code: Outcome) => ({
    ...bytesVector(`call-frame-${name}`, comment, bytes, code),
    type,
  });
  const of = (type: keyof typeof WIRE_CALL, size: number): Buffer => frame(WIRE_CALL[type], bytesOf(size, 1));
  const long = 16 + 8 * 1_024;
  return [
    one('call', 'call', 'somebody calls', of('call', 0), 'ok'),
    one('call', 'call-1', 'with a byte too many', of('call', 1), 'over-limit'),
    one('call', 'other', 'another program answers', Buffer.from('SSH-'), 'bad-stream'),
    one('nonce', 'nonce', 'somebody answers', of('nonce', 16), 'ok'),
    one('nonce', 'nonce-15', 'with a byte too few', of('nonce', 15), 'bad-stream'),
    one('nonce', 'hints-first', 'another frame than has to come', of('hints', 16), 'bad-stream'),
    one('hints', 'hints-0', 'no hints', of('hints', 16), 'ok'),
    one('hints', 'hints-2', 'two hints', of('hints', 32), 'ok'),
    one('hints', 'hints-half', 'half a hint', of('hints', 20), 'bad-stream'),
    one('hints', 'hints-most', 'as many as may be', frame(WIRE_CALL.hints, new Uint8Array(), long), 'ok'),
    one('hints', 'hints-more', 'more', frame(WIRE_CALL.hints, new Uint8Array(), long + 8), 'over-limit'),
    one('choice', 'choice', 'one of them', of('choice', 2), 'ok'),
    one('choice', 'choice-1', 'a byte too few', of('choice', 1), 'bad-stream'),
  ];
}

/** What was taken. */
export function takenVectors(): AnswerVector[] {
  return [
    {
      ...bytesVector('taken-none', 'frames that changed nothing', taken(3, new Uint8Array()), 'ok'),
      reads: { frames: 3, logs: 0 },
    },
    {
      ...bytesVector('taken-log', 'and what is held of a log now', taken(1, FRONTIER), 'ok'),
      reads: { frames: 1, logs: 1 },
    },
    bytesVector('taken-cut', 'a frontier that is cut off', taken(1, FRONTIER.subarray(0, -1)), 'bad-member'),
  ];
}

/** What was not. */
export function refusedVectors(): AnswerVector[] {
  const log = A.toString('hex');
  return [
    {
      ...bytesVector('refused-unwanted', 'a log that nobody takes', join(A, 'unwanted'), 'ok'),
      reads: { log, code: 'unwanted' },
    },
    {
      ...bytesVector('refused-code', 'one that is not in order', join(A, 'bad-chain'), 'ok'),
      reads: { log, code: 'bad-chain' },
    },
    bytesVector('refused-escape', 'nothing that is written to a terminal', join(A, '\u001b[2J'), 'bad-stream'),
    bytesVector('refused-hyphens', 'two hyphens in a row', join(A, 'bad--chain'), 'bad-stream'),
    bytesVector('refused-hyphen-last', 'a hyphen at its end', join(A, 'bad-'), 'bad-stream'),
    bytesVector('refused-capital', 'no code word', join(A, 'Bad'), 'bad-stream'),
  ];
}

/** Why it ends. */
export function byeVectors(): AnswerVector[] {
  return [
    { ...bytesVector('bye-done', 'all is done', new Uint8Array(), 'ok'), reads: null },
    { ...bytesVector('bye-code', 'it failed', Buffer.from('untrusted-peer'), 'ok'), reads: { code: 'untrusted-peer' } },
    bytesVector('bye-space', 'no code word', Buffer.from('no space'), 'bad-stream'),
  ];
}

function bytesVector(name: string, comment: string, bytes: Uint8Array, code: Outcome): BytesVector {
  return { name, comment, bytes: compact(bytes), code };
}

function good(name: string, comment: string, ...frames: readonly Buffer[]): FramesVector {
  return { ...bytesVector(`frames-${name}`, comment, join(...frames), 'ok'), frames: frames.flatMap(told) };
}

/** The last of them is not read. */
function refused(name: string, comment: string, code: Outcome, frames: readonly Buffer[]): FramesVector {
  return {
    ...bytesVector(`frames-${name}`, comment, join(...frames), code),
    frames: frames.slice(0, -1).flatMap(told),
  };
}

function told(bytes: Buffer): (readonly [string, number])[] {
  const type = Object.entries(WIRE_FRAME).find(([, number]) => number === bytes[0])?.[0];
  return type === undefined ? [] : [[type, bytes.length - 4]];
}
