// What the index knows of veiled logs without any key (spec/veiled.md, "Introduction", "Payloads"; spec/repository.md, "Index").
import fs from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import type { LogId } from '../../../../src/format/ids.js';
import { checkRepository } from '../../../../src/repository/check.js';
import { countArrived } from '../../../../src/topic/reading/counts.js';
import { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';
import { VeiledLog } from '../../../testkit/veiled-log.js';

let ana: Replica;
let veiled: VeiledLog;
let open: LogId;

beforeEach(async () => {
  ana = await Replica.create('Ana', memoryDirectory());
  const [posted] = await ana.post('walk', 'hello');
  open = posted?.log as LogId;
  veiled = new VeiledLog();
  veiled.message('one').event().ack().message('two').retract(1).event();
  veiled.give(ana, 0, 3).give(ana, 3);
});

/** What is asked of the index. */
function known() {
  const { repository } = ana;
  const of = (log: LogId) => {
    const { topic, entries, messages, events, veiled, end, maxClock } = repository.log(log) ?? {};
    return { topic, entries, messages, events, veiled, end, maxClock };
  };
  return { veiled: of(veiled.id), open: of(open), unplaced: [...repository.unplacedLogs()].map(({ log }) => log) };
}

test('it tells messages, events and housekeeping apart, and that the log has no place', () => {
  const found = known();
  expect(found.veiled).toMatchObject({ topic: undefined, entries: 7, messages: 4, events: 2, veiled: true, end: 7 });
  expect(found.open).toMatchObject({ messages: 1, events: 0, veiled: false });
  expect(found.open.topic).toBeDefined();
  expect(found.unplaced).toEqual([veiled.id]);
});

test('sorted, opened anew, rebuilt and merged it says the same', () => {
  const before = known();
  for (let i = 0; i < 80; i++) new VeiledLog().give(ana);
  const more = [...ana.repository.unplacedLogs()].length;
  expect(more).toBe(81);
  const others = known().unplaced.slice().sort();
  ana.reopen();
  expect(known().unplaced.slice().sort()).toEqual(others);
  expect(known().veiled).toEqual(before.veiled);
  ana.repository.close();
  fs.rmSync(ana.repository.layout.index, { recursive: true });
  ana.repository = ana.open();
  expect(known().unplaced.slice().sort()).toEqual(others);
  expect(known().veiled).toEqual(before.veiled);
  ana.collect();
  const { messages, events, veiled: isVeiled } = known().veiled;
  // of what was retracted nobody can tell any more what it was; it was a message
  expect({ messages, events, isVeiled }).toEqual({ messages: 4, events: 2, isVeiled: true });
  expect([...checkRepository(ana.repository, { all: true })].filter(({ severity }) => severity === 'error')).toEqual(
    [],
  );
});

test('what nobody can read counts as no new message', () => {
  const arrived = ana.repository.lastArrival;
  new VeiledLog().message('secret').give(ana);
  expect(countArrived(ana.repository, { commit: arrived, unplaced: new Set() })).toBe(0);
});
