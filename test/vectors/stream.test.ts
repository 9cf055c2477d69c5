// Every vector of `fixtures/stream.json`.
import { describe, expect, test } from 'vitest';
import { decodeFrontier } from '../../src/format/bundle/frontier.js';
import type { DeviceKey } from '../../src/format/ids.js';
import {
  decodeBye,
  decodeRefused,
  decodeTaken,
  encodeBye,
  encodeRefused,
  encodeTaken,
} from '../../src/format/stream/answers.js';
import {
  CALL_HEADER_SIZE,
  callFrameLength,
  callHint,
  callKeys,
  encodeCallFrame,
} from '../../src/format/stream/call.js';
import { encodeFrame, type Frame, FrameReader } from '../../src/format/stream/frame.js';
import { decodeHello, encodeHello } from '../../src/format/stream/hello.js';
import {
  decodeMarks,
  encodeMarks,
  frontierMarks,
  isStreamSignedBy,
  signStream,
} from '../../src/format/stream/signed.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type {
  AnswerVector,
  CallFrameVector,
  CallVector,
  FramesVector,
  HelloVector,
  MarkVector,
  SignedVector,
} from '../testkit/vectors-stream.js';
import { wireKey } from '../testkit/wire.js';

const fixture = openFixture('stream.json');

describe.each([
  ['whole', (bytes: Buffer) => [bytes]],
  ['in pieces', (bytes: Buffer) => piecesOf(bytes, 97)],
  ['byte by byte', (bytes: Buffer) => piecesOf(bytes, 1)],
])('%s', (_how, split) => {
  fixture.each<FramesVector>('frames', (vector) => {
    const bytes = expand(vector.bytes);
    const frames: Frame[] = [];
    const reader = new FrameReader();
    const read = (): void => {
      for (const piece of split(bytes)) for (const frame of reader.push(piece)) frames.push(frame);
    };
    expect(outcomeOf(read), vector.comment).toBe(vector.code);
    expect(frames.map(({ type, payload }) => [type, payload.length])).toEqual(vector.frames);
    const isPassedOver = bytes.includes(0x80);
    if (vector.code === 'ok' && !isPassedOver)
      expect(Buffer.concat(frames.map(({ type, payload }) => encodeFrame(type, payload)))).toEqual(bytes);
  });
});

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  fixture.each<HelloVector>('hellos', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeHello(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const hello = decodeHello(bytes);
    expect(hello).toMatchObject(vector.reads ?? {});
    if (vector.name === 'hello-plain') expect(encodeHello(hello)).toEqual(Buffer.from(bytes));
  });

  fixture.each<AnswerVector>('taken', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeTaken(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const { frames, frontier } = decodeTaken(bytes);
    expect({ frames, logs: frontier.size }).toEqual(vector.reads);
    expect(encodeTaken({ frames, frontier })).toEqual(Buffer.from(bytes));
  });

  fixture.each<AnswerVector>('refused', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeRefused(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    expect(decodeRefused(bytes)).toEqual(vector.reads);
    expect(encodeRefused(decodeRefused(bytes))).toEqual(Buffer.from(bytes));
  });

  fixture.each<AnswerVector>('byes', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeBye(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const code = decodeBye(bytes);
    expect(code === undefined ? null : { code }).toEqual(vector.reads);
    expect(encodeBye(code)).toEqual(Buffer.from(bytes));
  });
});

fixture.each<SignedVector>('signed', ({ device, own, other, binding, signature, valid, comment }) => {
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
  const greetings = { own: bytes(own), other: bytes(other), binding: bytes(binding) };
  expect(isStreamSignedBy(device as DeviceKey, bytes(signature), greetings), comment).toBe(valid);
  if (valid) expect(signStream(greetings, wireKey('stream device').seed)).toEqual(bytes(signature));
});

fixture.each<CallVector>('calls', ({ secret, caller, answerer, nonce, salt, channel, hint }) => {
  const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
  const keys = callKeys(bytes(secret), { caller: bytes(caller), answerer: bytes(answerer) });
  expect(keys.channel.toString('hex')).toBe(channel);
  expect(callHint(keys, { nonce: bytes(nonce), salt: bytes(salt) }).toString('hex')).toBe(hint);
});

fixture.each<CallFrameVector>('callFrames', ({ type, bytes: compacted, code, comment }) => {
  const bytes = expand(compacted);
  expect(
    outcomeOf(() => callFrameLength(type, bytes)),
    comment,
  ).toBe(code);
  if (code === 'ok' && bytes.length > CALL_HEADER_SIZE)
    expect(encodeCallFrame(type, bytes.subarray(CALL_HEADER_SIZE))).toEqual(bytes);
});

fixture.each<MarkVector>('marks', ({ frontier, nonces, marks }) => {
  const [first, second] = nonces.map((hex) => Buffer.from(hex, 'hex'));
  const made = frontierMarks(decodeFrontier(Buffer.from(frontier, 'hex')), [first as Buffer, second as Buffer]);
  expect(Buffer.concat(made).toString('hex')).toBe(marks);
});

fixture.expectAllRun();

test('marks are read as they were written', () => {
  const marks = Array.from({ length: 16 }, (_, i) => Buffer.alloc(4, i));
  expect(decodeMarks(encodeMarks(marks))).toEqual(marks);
});

function piecesOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}
