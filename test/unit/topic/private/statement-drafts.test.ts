// What a device may state about a private topic, and that it is told where that ends (spec/private.md, "Intake").
import { expect, it } from 'vitest';
import type { PersonId, TopicId } from '../../../../src/format/ids.js';
import { HeldStatements } from '../../../../src/topic/members/held.js';
import { newStatement } from '../../../../src/topic/private/statement-drafts.js';
import { outcomeOf } from '../../../testkit/outcome.js';
import { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

it('one statement too many is over the limit', async () => {
  const ana = await Replica.create('ana', memoryDirectory());
  const author = await ana.author();
  const { person, device } = author.self;
  const most = { statements: 3, heads: 64 };
  const view = {
    topic: 'a'.repeat(64) as TopicId,
    held: new HeldStatements({ owners: [person], own: device, most }),
    signed: new Map(),
  };
  const state = (i: number): unknown => {
    const other = i.toString(16).padStart(64, '0') as PersonId;
    return newStatement(view, author, { kind: 'set', person: other, role: 3, cut: [] }, ana.now);
  };
  expect([0, 1, 2, 3].map((i) => outcomeOf(() => state(i)))).toEqual(['ok', 'ok', 'ok', 'over-limit']);
});
