// Coming to rest where a private topic is read (spec/bundle.md, "Coming to rest"; spec/veiled.md, "Carrying"): an open bundle is
// silent on it, so it is no reason for one, and takes nothing from what a sealed one has to say.
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { encodeFrontier } from '../../src/format/bundle/frontier.js';
import { openBundle, readContents, readFrontier } from '../../src/format/bundle/reader.js';
import type { LogId, TopicId } from '../../src/format/ids.js';
import type { ExportReport } from '../../src/sync/export/export.js';
import { sealsFor } from '../../src/sync/export/seal.js';
import { knownKey, openAny } from '../testkit/open-sealed.js';
import { Replica } from '../testkit/replica.js';
import { meetAll, round } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { type VeiledLog, writeVeiled } from '../testkit/veiled-log.js';
import { GARDEN, letIn, logOf } from '../testkit/veiled-member.js';
import { join, sha256, u8, u64 } from '../testkit/wire.js';
import { cborBytes, cborInt, cborList } from '../testkit/wire-cbor.js';

let directory: string;
let ana: Replica;
let ben: Replica;
let log: VeiledLog;
let count = 0;

beforeEach(async () => {
  directory = memoryDirectory();
  ana = await Replica.create('ana', directory);
  ben = await Replica.create('ben', directory);
  meetAll([ana, ben]);
  for (const one of [ana, ben]) knownKey(one.directory);
  await ana.post('shed', 'hello');
  ben.join('shed');
  letIn(ben);
  for (let written = 1; written > 0; ) written = await round([ana, ben], directory);
  log = await logOf(ana);
});

/** Ben gets what Ana wrote, from her: she holds it. */
async function arrives(blobs: readonly Buffer[] = []): Promise<void> {
  const held = { from: 0, end: log.length, id: log.idAt(log.length - 1) };
  const frontier = encodeFrontier(new Map([[log.id, [held]]]));
  ben.now += 60_000;
  ben.import(await writeVeiled(at(), log.segments(), { by: ana, frontier, blobs }));
  expect(ben.repository.log(log.id)).toMatchObject({ topic: GARDEN, end: log.length });
}

const at = (): string => path.join(directory, `file-${count++}.satchel`);

const open = (): Promise<ExportReport> => ben.export(at());

function sealed(topics?: readonly TopicId[]): Promise<ExportReport> {
  const { person } = ana.session.self;
  return ben.export(at(), { topics, seal: sealsFor(ben.session, [person]).seals[0] });
}

/** Whether a file was written, and names the log. */
function says({ file }: ExportReport): boolean | undefined {
  return file === null ? undefined : readFrontier(openBundle(openAny(file)))?.has(log.id) === true;
}

it('what came of it is said in a sealed bundle, whatever open ones were made before', async () => {
  log.message('one');
  await arrives();
  expect(says(await open())).toBeUndefined();
  await ben.post('shed', 'in the open');
  expect(says(await open())).toBe(false);
  expect(says(await sealed())).toBe(true);
});

it('and once: what was said sealed is not said again, and growth of either is not hidden by the other', async () => {
  for (const text of ['one', 'two']) {
    log.message(text);
    await arrives();
    expect(says(await sealed())).toBe(true);
    expect([says(await sealed()), says(await open())]).toEqual([undefined, undefined]);
  }
});

it('housekeeping that went sealed goes once, whatever open bundle is made after it', async () => {
  const own = (await logOf(ben)).ack().give(ben);
  letIn(ben);
  await arrives();
  const garden = (): Promise<ExportReport> => sealed([GARDEN]);
  const logsIn = ({ file }: ExportReport): LogId[] =>
    file === null ? [] : [...readContents(openBundle(openAny(file)))].map((record) => record.log);
  expect(logsIn(await garden())).toContain(own.id);
  expect(logsIn(await garden())).toEqual([]);
  await ben.post('shed', 'in the open');
  expect(logsIn(await open())).not.toContain(own.id);
  expect(logsIn(await garden())).toEqual([]);
  own.ack().give(ben);
  expect(logsIn(await garden())).toContain(own.id);
});

it('nor is what is lacked of its attachments a reason for an open one, or said twice', async () => {
  const chunk = Buffer.from('some bytes');
  const list = join(u8(3), u64(chunk.length), sha256(chunk));
  const blobs = cborList([cborList([cborBytes(sha256(list)), cborInt(chunk.length)])]);
  log.message('with a file', { meta: [[2, blobs]] });
  await arrives([list]);
  expect(says(await open())).toBeUndefined();
  expect(says(await sealed())).toBe(true);
  expect([says(await open()), says(await sealed())]).toEqual([undefined, undefined]);
  await arrives([chunk]);
  expect([says(await open()), says(await sealed()), says(await sealed())]).toEqual([undefined, true, undefined]);
});
