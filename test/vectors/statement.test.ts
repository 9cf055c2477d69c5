// Every vector of `fixtures/frontier.json`, `fixtures/wants.json` and `fixtures/proof.json`.
import { describe, expect } from 'vitest';
import { decodeFrontier, encodeFrontier } from '../../src/format/bundle/frontier.js';
import { decodeWants, encodeWants } from '../../src/format/bundle/wants.js';
import { decodeProof, encodeProof, verifyProof } from '../../src/format/log/proof.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { FrontierVector } from '../testkit/vectors-frontier.js';
import type { ProofVector } from '../testkit/vectors-proof.js';
import type { WantsVector } from '../testkit/vectors-wants.js';

const frontiers = openFixture('frontier.json');
const wanted = openFixture('wants.json');
const proofs = openFixture('proof.json');

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  frontiers.each<FrontierVector>('frontiers', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeFrontier(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const frontier = decodeFrontier(bytes);
    expect(encodeFrontier(frontier).equals(bytes)).toBe(true);
    if (vector.logs) expect(told(frontier)).toEqual(vector.logs);
  });

  wanted.each<WantsVector>('wants', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeWants(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const wants = decodeWants(bytes);
    expect(encodeWants(wants).equals(bytes)).toBe(true);
    if (!vector.blobs) return;
    const blobs = [...wants.blobs].map(([root, ranges]) => ({
      root,
      chunks: ranges.map(({ from, end }) => [from, end]),
    }));
    expect({ blobs, more: wants.isCut }).toEqual({ blobs: vector.blobs, more: vector.more });
  });

  proofs.each<ProofVector>('proofs', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeProof(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const proof = decodeProof(bytes);
    expect({ log: proof.log, length: proof.length }).toEqual({ log: vector.log, length: vector.length });
    expect(verifyProof(proof), vector.comment).toBe(vector.valid);
    expect(encodeProof(proof).equals(bytes)).toBe(true);
    if (vector.ids) expect(proof.branches.map(({ id }) => id)).toEqual(vector.ids);
    if (vector.links) expect(proof.branches.map(({ links }) => links.length)).toEqual(vector.links);
  });
});

frontiers.expectAllRun();
wanted.expectAllRun();
proofs.expectAllRun();

function told(frontier: ReturnType<typeof decodeFrontier>) {
  return [...frontier].map(([log, ranges]) => ({
    log,
    ranges: ranges.map(({ from, end, id }) => ({ from, end: Number.isFinite(end) ? end : null, id })),
  }));
}
