import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_ENTRY } from '../../../../src/format/ids.js';
import { decodeProof, encodeProof, type Proof, peekProof, verifyProof } from '../../../../src/format/log/proof.js';
import { type MadeLog, makeHead, makeLog } from '../../../testkit/make.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { PROOF } from '../../../testkit/samples.js';

describe('a proof', () => {
  test('of any two pasts verifies, before and after it was written', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
    fc.assert(
      fc.property(payloads, payloads, payloads, (common, left, right) => {
        const proof = proofAt(common, [Buffer.from('left'), ...left], [Buffer.from('right'), ...right]);
        expect(verifyProof(proof)).toBe(true);
        expect(decodeProof(encodeProof(proof))).toEqual(proof);
        expect(peekProof(encodeProof(proof))).toBe(encodeProof(proof).length);
      }),
      { numRuns: 50 },
    );
  });

  test('with any bit flipped proves nothing', () => {
    for (let at = 0; at < PROOF.length * 8; at++) {
      const bytes = Buffer.from(PROOF);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      expect(proves(bytes), `bit ${at}`).toBe(false);
    }
    expect(proves(PROOF)).toBe(true);
  });

  test('cut off anywhere, or with a byte more, is refused', () => {
    for (let end = 0; end < PROOF.length; end++) {
      expect(outcomeOf(() => decodeProof(PROOF.subarray(0, end)))).toBe('bad-member');
    }
    expect(outcomeOf(() => decodeProof(Buffer.concat([PROOF, Buffer.alloc(1)])))).toBe('bad-member');
  });

  test('whose length agrees but whose parts do not is refused', () => {
    const bytes = Buffer.concat([PROOF, Buffer.alloc(1)]);
    bytes.writeUInt32BE(bytes.length - 4);
    expect(outcomeOf(() => decodeProof(bytes))).toBe('bad-member');
  });
});

describe('nothing is proved by', () => {
  test('one past told twice', () => {
    const { log, length, branches } = decodeProof(PROOF);
    const [one] = branches;
    expect(verifyProof({ log, length, branches: [one, one] })).toBe(false);
  });

  test('two heads of one past', () => {
    const made = makeLog('honest', ['a', 'b', 'c']);
    expect(verifyProof({ log: made.log, length: 2, branches: [branchAt(made, 2, 2), branchAt(made, 2, 3)] })).toBe(
      false,
    );
  });

  test('the heads of two logs', () => {
    const one = makeLog('one', ['a']);
    const other = makeLog('other', ['b']);
    expect(verifyProof({ log: one.log, length: 1, branches: [branchAt(one, 1, 1), branchAt(other, 1, 1)] })).toBe(
      false,
    );
  });
});

test.each([
  ['a length of zero', 0],
  ['a length that its links lead beyond 2^48', 2 ** 48 - 1],
  ['a length of 2^60', 2 ** 60],
])('%s is refused', (_, length) => {
  expect(outcomeOf(() => decodeProof(encodeProof({ ...decodeProof(PROOF), length })))).toBe('bad-member');
});

test('what is over a limit is refused', () => {
  const { branches, ...rest } = decodeProof(PROOF);
  const link = { payloadLength: 65_537, payloadHash: 'x'.repeat(32), meta: Buffer.alloc(0) };
  const payload = { ...branches[0], links: [link] };
  const meta = { ...branches[0], links: [{ ...link, payloadLength: 1, meta: Buffer.alloc(513) }] };
  for (const branch of [payload, meta]) {
    const bytes = encodeProof({ ...rest, branches: [branch, branches[1]] });
    expect(outcomeOf(() => decodeProof(bytes))).toBe('over-limit');
  }
  expect(outcomeOf(() => peekProof(Buffer.from([0, 0x30, 0, 0])))).toBe('over-limit');
});

test('a count of links that no proof can hold is refused at once', () => {
  const bytes = Buffer.from(PROOF);
  bytes.writeUInt32BE(0xffff_ffff, 44 + 32);
  expect(outcomeOf(() => decodeProof(bytes))).toBe('bad-member');
});

function proves(bytes: Buffer): boolean {
  let proof: Proof | undefined;
  outcomeOf(() => {
    proof = decodeProof(bytes);
  });
  return proof !== undefined && verifyProof(proof);
}

function proofAt(common: readonly Uint8Array[], left: readonly Uint8Array[], right: readonly Uint8Array[]): Proof {
  const sides = [left, right].map((side) =>
    makeLog(
      'forked',
      [...common, ...side].map((bytes) => Buffer.from(bytes)),
    ),
  );
  const [one, other] = sides as [MadeLog, MadeLog];
  const length = common.length + 1;
  const branches = [branchAt(one, length, one.entries.length), branchAt(other, length, other.entries.length)] as const;
  return { log: one.log, length, branches };
}

function branchAt(made: MadeLog, length: number, head: number) {
  const links = made.entries.slice(length, head).map(({ payloadLength, payloadHash, meta }) => ({
    payloadLength,
    payloadHash,
    meta,
  }));
  return { id: made.ids[length] ?? NO_ENTRY, links, signature: makeHead(made, head).signature };
}
