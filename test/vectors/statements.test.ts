// Every vector of `fixtures/statements.json`: what private topics begin with, and statements about them.
import { describe, expect } from 'vitest';
import { decodeCreateStatement, encodeCreateStatement } from '../../src/format/private/create-statement.js';
import { decodeStatement, encodeStatement, signStatement } from '../../src/format/private/statement.js';
import type { KnownBody } from '../../src/format/private/statement-body.js';
import { readStatement, writeStatement } from '../../src/topic/members/signed-statement.js';
import type { Says } from '../../src/topic/members/statement.js';
import { ADA_2 } from '../testkit/cast.js';
import { expand } from '../testkit/compact.js';
import { amidOthers, openFixture } from '../testkit/fixture.js';
import { outcomeOf } from '../testkit/outcome.js';
import type { CreateVector, StatementVector } from '../testkit/vectors-statement.js';
import { LAPTOP, PHONE } from '../testkit/wire-device.js';

const fixture = openFixture('statements.json');
const [one] = fixture.list<CreateVector>('creates');
const { topic } = decodeCreateStatement(expand(one?.bytes ?? ''));
const SEEDS = new Map([ADA_2.device, LAPTOP, PHONE].map(({ id, seed }) => [id.toString('hex'), seed]));

/** What the encoder never writes: what a later version knows. */
const NOT_WRITTEN = ['statement-later-key'];

describe.each([
  ['whole', (bytes: Buffer) => bytes],
  ['amid other bytes', amidOthers],
])('%s', (_how, place) => {
  fixture.each<CreateVector>('creates', (vector) => {
    const bytes = place(expand(vector.bytes));
    expect(
      outcomeOf(() => decodeCreateStatement(bytes)),
      vector.comment,
    ).toBe(vector.code);
    if (vector.code !== 'ok') return;
    const { policy, ...read } = decodeCreateStatement(bytes);
    expect({ topic: read.topic, rules: read.rules, owners: policy?.owners, label: policy?.label }).toEqual({
      topic: vector.topic,
      rules: vector.rules,
      owners: vector.owners,
      label: vector.label,
    });
    if (policy)
      expect(encodeCreateStatement({ ...policy, owners: [...policy.owners].reverse() }).equals(bytes)).toBe(true);
  });

  fixture.each<StatementVector>('statements', ({ name, comment, bytes: told, signature, reads }) => {
    const bytes = place(expand(told));
    const read = readStatement(topic, bytes, place(Buffer.from(signature, 'hex')));
    if (!reads) {
      expect(read, comment).toBeUndefined();
      return;
    }
    if (!read) throw new Error(comment);
    const { id, author, prev, says } = read;
    const cited = prev.length > 2 ? [] : prev;
    expect({ id, ...author, prev: cited, ...toldOf(says) }, comment).toEqual(reads);
    const content = decodeStatement(bytes);
    if (!content || content.body.kind === 'other' || NOT_WRITTEN.includes(name)) return;
    const known = { ...content, body: content.body as KnownBody, prev: [...prev].reverse() };
    expect(encodeStatement(known).equals(bytes)).toBe(true);
    const seed = SEEDS.get(author.device) ?? Buffer.alloc(0);
    expect(signStatement(bytes, seed).toString('hex')).toBe(signature);
    expect(writeStatement(known, seed).id).toBe(id);
  });
});

fixture.expectAllRun();

function toldOf(says: Says): object {
  if (says.kind === 'epoch') {
    const { kind, to, lists, controlLinks, dataLinks } = says;
    return { kind, counts: [to.length, lists.length, controlLinks.length, dataLinks.length] };
  }
  if (says.kind === 'set') return { kind: says.kind, role: says.role, ...cutOf(says.cut) };
  if (says.kind === 'devices') return { kind: says.kind, listed: says.list !== undefined, ...cutOf(says.cut) };
  return { kind: says.kind };
}

function cutOf(cut: readonly { readonly log: string; readonly length: number }[]): object {
  return cut.length > 0 ? { cut: cut.map(({ log, length }) => [log, length]) } : {};
}
