// Bundles that a stranger forged to fill a disk: what is taken in of strangers stays within their quota, whatever form it has.

import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { importBundle } from '../../src/sync/import/import.js';
import type { ImportReport } from '../../src/sync/import/import-report.js';
import { spoolFile } from '../../src/sync/import/source.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bytesOf, sha256, type WireKey, wireKey } from '../testkit/wire.js';
import { bundle, carried, type WireBundle } from '../testkit/wire-bundle.js';
import { card, cardText, introduction, type WirePerson, wirePerson } from '../testkit/wire-card.js';
import { runOf, type WireEntry, type WireLog, wireLog } from '../testkit/wire-segment.js';
import { branch, frontier, proof } from '../testkit/wire-statement.js';

const QUOTAS = { stranger: 65_536, strangers: 131_072, carry: 131_072, veiled: 131_072 };
const TOPIC = Buffer.from(rendezvousTopic('t'), 'hex');
const MALLORY = wirePerson('Mallory');

let directory: string;
let bob: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  bob = (await Replica.create('bob', directory)).join('t');
});

describe('the quota of a stranger', () => {
  it('counts entries whose payloads were stripped', () => {
    const key = wireKey('log of stripped payloads');
    const gone = Array.from({ length: 1_000 }, (_, i) => ({
      payload: sha256(`${i}`),
      meta: bytesOf(200, i),
      dropped: true,
    }));
    const log = wireLog(key, [intro(key), ...gone]);
    for (let at = 1; at < 1_000; at += 100)
      give({ segments: [carried(runOf(log, 0, 1)), carried(runOf(log, at, at + 100))] });
    expect(packedBytes()).toBeLessThan(2 * QUOTAS.stranger);
  });

  it('counts all of a segment that is stored for one new entry in it', () => {
    const key = wireKey('log of overlaps');
    const log = wireLog(key, [intro(key), ...Array.from({ length: 200 }, (_, i) => ({ payload: bytesOf(200, i) }))]);
    for (let end = 160; end <= 200; end++) give({ segments: [carried(runOf(log, 0, 1)), carried(runOf(log, 1, end))] });
    expect(packedBytes()).toBeLessThan(2 * QUOTAS.stranger);
  });

  it('counts proofs that logs contradict themselves', () => {
    for (let i = 0; i < 12; i++) {
      const key = wireKey(`forked log ${i}`);
      const log = wireLog(key, [intro(key)]);
      give({ segments: [carried(runOf(log))], proofs: largeProof(key) });
    }
    const sizes = fs.readdirSync(bob.repository.layout.proofs).map((name) => sizeOf('proofs', name));
    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(QUOTAS.stranger);
  });
});

describe('what is remembered of strangers', () => {
  it('is the frontiers of some devices', () => {
    for (let i = 0; i < 340; i++) {
      const person = wirePerson(`Mallory ${i}`);
      const key = wireKey(`log of Mallory ${i}`);
      const said = frontier([{ log: key.id, ranges: [[0, 1, key.id]] }]);
      const segments = [carried(runOf(wireLog(key, [intro(key, person)])))];
      give({ segments, signer: person.device, card: cardText(card(person)), frontier: said });
    }
    const kept = fs.readdirSync(path.join(bob.repository.layout.journal, 'frontiers')).length;
    expect(kept).toBeGreaterThanOrEqual(256);
    expect(kept).toBeLessThanOrEqual(320);
  });

  it('is some of those whose logs are not taken', () => {
    const topic = sha256('a topic that nobody joined');
    const segments = Array.from({ length: 1_100 }, (_, i) => {
      const key = wireKey(`unwanted log ${i}`);
      return carried(runOf(wireLog(key, [intro(key, MALLORY, topic)])));
    });
    const report = give({ segments });
    expect(report).toMatchObject({ fresh: 0, skipped: 1_100 });
    expect(report.introductions.length).toBe(1_000);
  });
});

function give(spec: WireBundle): ImportReport {
  const file = path.join(directory, 'forged.satchel');
  fs.writeFileSync(file, bundle(spec));
  const source = spoolFile(file, bob.repository.layout.tmp);
  try {
    const session = { ...bob.session, quotas: QUOTAS };
    return importBundle(session, source, { file, digest: source.digest });
  } finally {
    source.close();
  }
}

function intro(key: WireKey, person: WirePerson = MALLORY, topic: Buffer = TOPIC): WireEntry {
  return { payload: introduction({ log: key.id, topic, label: 't', person }) };
}

/** About 20 kB that prove two pasts of the log from entry 1 on. */
function largeProof(key: WireKey): Buffer {
  const one: WireLog = wireLog(key, sides('a'));
  const other: WireLog = wireLog(key, sides('b'));
  const sideOf = (log: WireLog): Buffer => branch({ key, s: 2, id: log.ids[1] as Buffer, links: log.entries.slice(2) });
  return proof(key.id, 2, [sideOf(one), sideOf(other)]);
}

function sides(text: string): WireEntry[] {
  return Array.from({ length: 42 }, () => ({ payload: Buffer.from(text), meta: bytesOf(200) }));
}

function packedBytes(): number {
  const { packs } = bob.repository.layout;
  return fs.readdirSync(packs).reduce((sum, name) => sum + fs.statSync(path.join(packs, name)).size, 0);
}

function sizeOf(where: 'proofs', name: string): number {
  return fs.statSync(path.join(bob.repository.layout[where], name)).size;
}
