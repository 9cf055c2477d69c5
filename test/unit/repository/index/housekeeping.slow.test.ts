// The index tells housekeeping from messages: what is counted by it must be what the entries say.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkRepository } from '../../../../src/repository/check.js';
import { messagesWithin } from '../../../../src/repository/index/housekeeping.js';
import { RECORD_SIZE, seal } from '../../../../src/repository/index/record-frame.js';
import type { RunRecord } from '../../../../src/repository/index/run-record.js';
import { isMessage } from '../../../../src/topic/order/order.js';
import { rendezvousTopic } from '../../../../src/topic/rendezvous.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const HOUSEKEEPING_RECORD = 4;

let ana: Replica;
beforeEach(async () => {
  ana = await Replica.create('ana', scratchDirectory());
});

/** Messages with housekeeping among them, `every` so many, all in one segment. */
async function write(count: number, every: number): Promise<void> {
  for (let i = 1; i <= count; i++) {
    ana.now += 1_000;
    await ana.post('t', i % every ? `message ${i}` : { type: 'hum', meta: { housekeeping: true } });
  }
  ana.collect();
}

function runs(): readonly RunRecord[] {
  const [log] = ana.reopen().repository.logsOfTopic(rendezvousTopic('t'));
  return log ? ana.repository.runs(log.log) : [];
}

function messagesSeen({ log }: RunRecord, from: number, end: number): number {
  return [...ana.repository.entries(log, from, end)].filter(isMessage).length;
}

describe('housekeeping among messages', () => {
  it('is told apart in every part of a run, without opening it', async () => {
    await write(20, 3);
    const [, run] = runs() as [RunRecord, RunRecord];
    expect(run).toMatchObject({ first: 1, end: 21, messages: 14 });
    for (let from = 0; from <= 22; from++)
      for (let end = from; end <= 22; end++) {
        const { segmentsDecoded } = ana.repository;
        const counted = messagesWithin(run, { from, end });
        expect(ana.repository.segmentsDecoded).toBe(segmentsDecoded);
        expect(counted).toBe(messagesSeen(run, Math.max(from, 1), Math.min(end, 21)));
      }
  });

  it('is known however much there is of it, and when the last of it was written', async () => {
    await write(120, 2);
    const expected = { seqs: Array.from({ length: 60 }, (_, i) => 2 * i + 2), clock: ana.now };
    expect(runs()[1]?.housekeeping).toEqual(expected);
    fs.rmSync(ana.repository.layout.index, { recursive: true });
    expect(runs()[1]?.housekeeping).toEqual(expected);
  });

  it('is known of a run that is nothing else, and of one in which there is none', async () => {
    await ana.post('t', 'message');
    await ana.post('t', { type: 'hum', meta: { housekeeping: true } });
    expect(runs().map(({ housekeeping }) => housekeeping)).toEqual([
      { seqs: [], clock: undefined },
      { seqs: [], clock: undefined },
      { seqs: [2], clock: ana.now + 1 },
    ]);
  });

  it('is stored whatever its clock, alone and among messages', async () => {
    await ana.post('t', 'message');
    ana.now = 2 ** 48 - 1;
    await ana.post('t', { type: 'hum', meta: { housekeeping: true } });
    expect(runs().at(-1)).toMatchObject({ messages: 0, housekeeping: { seqs: [2], clock: undefined } });
    ana.collect();
    expect(runs().at(-1)).toMatchObject({ messages: 1, housekeeping: { seqs: [2], clock: undefined } });
  });

  it('is compared with the entries by a full check', async () => {
    await write(20, 3);
    const check = (): string[] => [...checkRepository(ana.reopen().repository, { all: true })].map(({ code }) => code);
    expect(check()).toEqual([]);
    lie();
    expect(check()).toEqual(['index']);
  });
});

/** Says of a message that it is housekeeping, with a check word that matches. */
function lie(): void {
  fs.rmSync(path.join(ana.repository.layout.index, 'lookup'), { force: true });
  const file = path.join(ana.repository.layout.index, 'runs');
  const bytes = fs.readFileSync(file);
  for (let at = 0; at < bytes.length; at += RECORD_SIZE) {
    if (bytes[at] !== HOUSEKEEPING_RECORD) continue;
    bytes.writeUInt16BE(bytes.readUInt16BE(at + 48) - 1, at + 48);
    seal(bytes.subarray(at, at + RECORD_SIZE));
  }
  fs.writeFileSync(file, bytes);
}
