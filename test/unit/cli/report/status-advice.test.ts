// What "status" says is to be done, over every way things can be: "nothing to do" never stands beside something that waits.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createContext } from '../../../../src/cli/command/context.js';
import { type Advised, adviceFor } from '../../../../src/cli/report/status-advice.js';
import type { PersonId, TopicId } from '../../../../src/format/ids.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const NOTHING = 'nothing to do';
const PERSON = 'c'.repeat(64) as PersonId;
/** Mostly nothing, so that often one thing alone waits. */
const few = fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(3) });
const listOf = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 2 });
const rarely = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: listOf(one) });
const mostly = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 9, arbitrary: listOf(one) }, { weight: 1, arbitrary: fc.constant<T[]>([]) });

const topic = fc.constant({
  topic: 'a'.repeat(64) as TopicId,
  label: 'garden',
  joined: true,
  muted: false,
  carry: false,
});
const states = fc.record({
  topics: mostly(fc.record({ topic, unread: few })),
  contacts: mostly(fc.record({ pending: few, onDrives: few })),
  drives: mostly(
    fc.record({
      id: fc.constant('d'.repeat(32)),
      label: fc.constant('blue'),
      directory: fc.constant('/media/blue'),
      last: few,
      left: few,
      locked: few,
      waiting: rarely(fc.record({ person: fc.constant(PERSON), messages: fc.integer({ min: 1, max: 3 }) })),
    }),
  ),
  attachments: fc.record({ missing: few }),
  seen: rarely(topic.map((one) => ({ ...one, seenFrom: [PERSON] }))),
  newcomers: rarely(fc.constant({ person: PERSON, name: 'Dora', drives: [] })),
});
const reminders = rarely(fc.constant('write down your recovery words'));

/** All that waits for somebody, counted. */
function waitingIn({ topics, contacts, drives, attachments, seen, newcomers }: Advised): number {
  const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);
  return sum([
    ...topics.map(({ unread }) => unread),
    ...contacts.map(({ pending }) => pending),
    ...drives.map(({ left, locked, waiting }) => left + locked + waiting.length),
    ...[attachments.missing, seen.length, newcomers.length],
    // nobody to write to, or nothing to write in, is to be mended too
    ...[contacts.length === 0 ? 1 : 0, topics.length === 0 ? 1 : 0],
  ]);
}

it('"nothing to do" is said exactly when nothing waits, and alone', async () => {
  const ana = await Replica.create('ana', scratchDirectory());
  const output = { isTerminal: false, columns: 80, write: () => {}, flush: () => {} };
  const world = { now: () => ana.now, random: (size: number) => Buffer.alloc(size) };
  const global = { directory: ana.directory, json: false, quiet: false, lockTimeout: undefined, noColor: true };
  const context = createContext(global, { stdout: output, stderr: output, canAsk: () => false, env: {}, world });
  fc.assert(
    fc.property(states, reminders, (status, reminded) => {
      const lines = adviceFor(context, ana.session, status as unknown as Advised, reminded);
      const isIdle = waitingIn(status as unknown as Advised) + reminded.length === 0;
      expect(lines.includes(NOTHING)).toBe(isIdle);
      if (isIdle) expect(lines).toEqual([NOTHING]);
      else expect(lines.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});
