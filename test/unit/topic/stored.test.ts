import { beforeEach, describe, expect, it } from 'vitest';
import { type LogId, readId, type TopicId } from '../../../src/format/ids.js';
import { decodeSegment } from '../../../src/format/log/segment.js';
import { createRepository, sealRepository } from '../../../src/repository/create.js';
import { Repository } from '../../../src/repository/repository.js';
import { planAck } from '../../../src/topic/acks/ack-plan.js';
import { ackStateOf } from '../../../src/topic/acks/acks.js';
import { createInterpreter } from '../../../src/topic/message/interpret.js';
import { inOrder, type OrderedEntry } from '../../../src/topic/order/order.js';
import { fromEnd, tailOf } from '../../../src/topic/order/tail.js';
import { ADA, BOB, TOPIC } from '../../testkit/cast.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { wireKey } from '../../testkit/wire.js';
import { introduction, type WirePerson } from '../../testkit/wire-card.js';
import { ackBody, HOUSEKEEPING, message } from '../../testkit/wire-message.js';
import { runOf, segment, type WireEntry, type WireLog, wireLog } from '../../testkit/wire-segment.js';

const IN_TOPIC = TOPIC.toString('hex') as TopicId;

let repository: Repository;
beforeEach(() => {
  const directory = scratchDirectory();
  sealRepository(createRepository(directory));
  const world = { now: () => 0, random: (size: number) => Buffer.alloc(size) };
  repository = Repository.open(directory, { interpreter: createInterpreter(), world, lockTimeoutMs: 100 });
});

function logOf(person: WirePerson, entries: readonly WireEntry[]): WireLog {
  const key = wireKey(`log of ${person.name}`);
  return wireLog(key, [{ payload: introduction({ log: key.id, topic: TOPIC, person }) }, ...entries]);
}

function said(time: number): WireEntry {
  return { payload: message({ time, body: `at ${time}` }) };
}

function take(log: WireLog, ...bounds: number[]): void {
  const runs = bounds.slice(1).map((end, i) => runOf(log, bounds[i], end));
  repository.locked(() => repository.commit((commit) => runs.map((run) => commit.take(decodeSegment(segment(run))))));
}

function idOf(log: WireLog): LogId {
  return readId<LogId>(log.key.id);
}

function texts(ordered: Iterable<OrderedEntry>): string[] {
  return [...ordered].map(({ entry, clock, afterGap }) => `${entry.seq}@${clock}${afterGap ? ' after a gap' : ''}`);
}

describe('what is stored', () => {
  it('is read in the same order from both ends, in whatever pieces it came', () => {
    const ack = { payload: message({ time: 900, type: 'ack', body: ackBody([], { full: true }) }), meta: HOUSEKEEPING };
    take(logOf(ADA, [said(10), said(30), ack, said(20), said(40)]), 0, 1, 3, 4, 6);
    take(logOf(BOB, [said(15), said(1), said(50), said(60)]), 0, 1, 2);
    take(logOf(BOB, [said(15), said(1), said(50), said(60)]), 3, 4);
    const logs = repository.logsOfTopic(IN_TOPIC);
    const order = ['1@10', '1@15', '2@30', '4@30', '5@40', '3@50 after a gap'];
    expect(texts(inOrder(repository, logs))).toEqual(order);
    expect(texts(fromEnd(repository, logs))).toEqual([...order].reverse());
    expect(texts(tailOf(repository, logs, 2))).toEqual(order.slice(-2));
  });

  it('is read from the end without decoding the rest', () => {
    const decoded = [40, 400].map((length, n) => {
      const log = logOf(
        n === 0 ? ADA : BOB,
        Array.from({ length }, (_, i) => said(1_000 + i)),
      );
      take(log, ...Array.from({ length: length / 4 + 1 }, (_, i) => 4 * i));
      const before = repository.segmentsDecoded;
      const logs = repository.logsOfTopic(IN_TOPIC).filter((summary) => summary.log === idOf(log));
      expect(tailOf(repository, logs, 8)).toHaveLength(8);
      return repository.segmentsDecoded - before;
    });
    expect(decoded).toEqual([2, 2]);
  });

  it('is acknowledged once, and understood by whoever holds the ack', () => {
    const bob = logOf(BOB, [said(1), said(2)]);
    take(bob, 0, 1, 3);
    const nothing = { held: new Map(), acks: [] };
    const plan = planAck(repository, [idOf(bob)], nothing);
    const id = repository.log(idOf(bob))?.id;
    expect(plan?.acks).toEqual([{ statements: [{ log: idOf(bob), ranges: [{ from: 0, end: 3, id }] }], full: true }]);
    const body = ackBody([[bob.key.id, [[0, 3, Buffer.from(id ?? '', 'hex')]]]], { full: true });
    const ada = logOf(ADA, [{ payload: message({ type: 'ack', body }), meta: HOUSEKEEPING }]);
    take(ada, 0, 1, 2);
    const state = ackStateOf(repository, idOf(ada));
    expect(state).toEqual({ held: new Map([[idOf(bob), repository.held(idOf(bob))]]), acks: [1], since: 1 });
    expect(planAck(repository, [idOf(bob), idOf(ada)], state)).toBeUndefined();
  });
});
