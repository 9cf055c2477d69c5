// The way of a message between three people, a stick and files.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { nextStep } from '../../../../src/cli/report/trace-next.js';
import { viewEntry } from '../../../../src/cli/report/view-entry.js';
import type { Manifest } from '../../../../src/format/bundle/manifest.js';
import { type LogId, NO_ENTRY } from '../../../../src/format/ids.js';
import { eventRanges, isAbout } from '../../../../src/sync/event-fields.js';
import { keepStatement } from '../../../../src/sync/known/statements.js';
import { type Trace, traceEntry } from '../../../../src/sync/known/trace.js';
import { readTopics, type Topic, withTopic, writeTopics } from '../../../../src/topic/topics.js';
import type { Posted } from '../../../../src/topic/writing/post.js';
import { Replica } from '../../../testkit/replica.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { bundlesOn, makeStick } from '../../../testkit/stick.js';

let directory: string;
let stick: string;
let ana: Replica;
let ben: Replica;
let eve: Replica;
beforeEach(async () => {
  directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 1);
  const people = [];
  for (const name of ['ana', 'ben', 'eve']) people.push(await Replica.create(name, directory));
  [ana, ben, eve] = people as [Replica, Replica, Replica];
  for (const one of people) for (const other of people) if (one !== other) one.meet(other).join('t');
});

async function say(who: Replica, text: string): Promise<Posted> {
  const [posted] = await who.post('t', text);
  if (!posted) throw new Error('nothing was posted');
  return posted;
}

function person(one: Replica): string {
  return one.session.self.person;
}

/** What Ana is told to do next. */
function wordsOf({ id }: Posted): string {
  const { session } = ana;
  const { place, view, viewer } = viewEntry(session, id);
  const traced = { session, view, people: viewer.people, trace: traceEntry(session, place) };
  return nextStep({ directory: ana.directory, env: {} }, traced).words.join();
}

function unknownIn(trace: Trace): string[] {
  return trace.unknown.map((one) => one.person);
}

describe('trace', () => {
  it('tells a message that nobody carried yet', async () => {
    const hello = await say(ana, 'hello');
    const trace = traceEntry(ana.session, hello);
    expect(trace).toMatchObject({ arrival: undefined, exports: [], uncertain: 0, drives: [], holders: [] });
    expect(trace).toMatchObject({ since: undefined, isPassedOn: true });
    expect(unknownIn(trace)).toEqual([person(ben), person(eve)]);
    expect(trace.unknown).toMatchObject([
      { lastHeard: undefined, waitsOn: [] },
      { lastHeard: undefined, waitsOn: [] },
    ]);
  });

  it('follows it over a stick, and learns from a third person who has it', async () => {
    const hello = await say(ana, 'hello');
    ana.now += 1_000;
    await ana.visit(stick);
    const written = ana.now;
    const [bundle] = bundlesOn(stick);
    const onStick = { label: 'stick 1', isHere: true, bundles: [bundle] };
    expect(traceEntry(ana.session, hello)).toMatchObject({
      exports: [{ at: written, file: path.join(stick, 'satchel', bundle ?? ''), for: [person(ben), person(eve)] }],
      drives: [onStick],
      unknown: [{ waitsOn: ['stick 1'] }, { waitsOn: ['stick 1'] }],
    });
    ben.now += 5_000;
    await ben.visit(stick, { importOnly: true });
    expect(traceEntry(ben.session, hello)).toMatchObject({
      arrival: { at: ben.now, by: ana.session.self.device, file: path.join(stick, 'satchel', bundle ?? '') },
      exports: [],
      drives: [onStick],
    });
    // a drive is no witness: Ben has it, and nothing has said so yet
    expect(unknownIn(traceEntry(ana.session, hello))).toContain(person(ben));
    const acked = ben.now;
    await ben.export(path.join(directory, 'for-eve.satchel'));
    eve.import(path.join(directory, 'for-eve.satchel'));
    eve.now += 9_000;
    await eve.export(path.join(directory, 'for-ana.satchel'));
    ana.now += 20_000;
    ana.import(path.join(directory, 'for-ana.satchel'));
    const trace = traceEntry(ana.session, hello);
    expect(trace.unknown).toEqual([]);
    expect(trace.holders).toMatchObject([
      { person: person(ben), kind: 'ack', at: acked, arrival: { at: ana.now, by: eve.session.self.device } },
      { person: person(eve), kind: 'ack', at: eve.now, arrival: { by: eve.session.self.device } },
    ]);
    // it is Ana's, and Ben brought it, whose acknowledgement came along
    expect(traceEntry(eve.session, hello).holders.map((one) => [one.person, one.kind])).toEqual([
      [person(ana), 'author'],
      [person(ben), 'ack'],
    ]);
  });

  it('names an answer as what tells, and the frontier where nobody acknowledges', async () => {
    const hello = await say(ana, 'hello');
    await ana.export(path.join(directory, 'a.satchel'));
    ben.import(path.join(directory, 'a.satchel'));
    eve.import(path.join(directory, 'a.satchel'));
    await say(ben, 'hi');
    const topics = readTopics(eve.directory);
    const silent = { ...(topics.topics[0] as Topic), receipts: 'off' as const };
    writeTopics(eve.directory, withTopic(topics, silent));
    for (const one of [ben, eve]) {
      await one.export(path.join(directory, `${one.name}.satchel`));
      ana.import(path.join(directory, `${one.name}.satchel`));
    }
    const trace = traceEntry(ana.session, hello);
    expect(trace.holders).toMatchObject([
      { person: person(ben), kind: 'citation', arrival: { by: ben.session.self.device } },
      { person: person(eve), kind: 'frontier', at: eve.now, entry: undefined, arrival: undefined },
    ]);
  });

  it('takes what is not wanted for no word about having it', async () => {
    const hello = await say(ana, 'hello');
    ana.repository.locked(() => {
      const made = { key: eve.session.self.device, epoch: 'e', serial: 1, created: 7 } as Manifest;
      const ranges = [{ from: 0, end: Number.POSITIVE_INFINITY, id: NO_ENTRY }];
      keepStatement(ana.repository, made, { frontier: new Map([[hello.log, ranges]]), wants: undefined });
    });
    const declined = [{ person: person(eve), at: 7 }];
    expect(traceEntry(ana.session, hello)).toMatchObject({ holders: [], declined });
    expect(wordsOf(hello)).toContain('export --to ben');
    await ana.export(path.join(directory, 'a.satchel'));
    ben.import(path.join(directory, 'a.satchel'));
    await ben.export(path.join(directory, 'b.satchel'));
    ana.import(path.join(directory, 'b.satchel'));
    const trace = traceEntry(ana.session, hello);
    expect(trace).toMatchObject({ holders: [{ person: person(ben), kind: 'ack' }], declined, unknown: [] });
    expect(wordsOf(hello)).toBe('everybody who wants it has it, as far as is known: nothing to do');
  });

  it('knows a drive that is away as it was, and one that is here as it is', async () => {
    const hello = await say(ana, 'hello');
    await ana.visit(stick);
    const seen = ana.now;
    ana.now += 1_000;
    fs.renameSync(stick, `${stick}-away`);
    expect(traceEntry(ana.session, hello).drives).toMatchObject([{ isHere: false, last: seen }]);
    fs.renameSync(`${stick}-away`, stick);
    for (const name of bundlesOn(stick)) fs.rmSync(path.join(stick, 'satchel', name));
    expect(traceEntry(ana.session, hello).drives).toEqual([]);
  });

  it('calls unknown what a lost journal would tell, and still knows who has it', async () => {
    const hello = await say(ana, 'hello');
    await ana.export(path.join(directory, 'a.satchel'));
    ben.import(path.join(directory, 'a.satchel'));
    await ben.export(path.join(directory, 'b.satchel'));
    ana.import(path.join(directory, 'b.satchel'));
    for (const one of [ana, ben]) fs.rmSync(one.repository.layout.journal, { recursive: true });
    fs.mkdirSync(path.join(ana.repository.layout.journal, 'frontiers'), { recursive: true });
    expect(traceEntry(ana.session, hello)).toMatchObject({
      exports: [],
      since: undefined,
      holders: [{ person: person(ben), kind: 'ack', arrival: undefined }],
    });
    expect(traceEntry(ben.session, hello)).toMatchObject({ arrival: undefined, since: undefined });
  });

  it('says so when its topic is not passed on', async () => {
    const hello = await say(ana, 'hello');
    const { repository, self, contacts } = ana.session;
    const session = { repository, self, contacts, topics: { current: undefined, topics: [], carryAll: false } };
    expect(traceEntry(session, hello).isPassedOn).toBe(false);
  });

  it('tells the first bundle that brought a message, although others bring it again', async () => {
    const hello = await say(ana, 'hello');
    for (const name of ['one', 'two']) await ana.export(path.join(directory, `${name}.satchel`));
    ben.now += 1;
    ben.import(path.join(directory, 'two.satchel'));
    ben.now += 1;
    ben.import(path.join(directory, 'one.satchel'));
    expect(traceEntry(ben.session, hello).arrival?.file).toBe(path.join(directory, 'two.satchel'));
    expect(traceEntry(ana.session, hello).exports).toHaveLength(2);
  });
});

describe('the journal of a bundle', () => {
  const log = 'a'.repeat(64) as LogId;

  it('joins ranges, and says when it left some out', () => {
    const touching = [0, 5, 10].map((first) => ({ log, first, end: first + 5 }));
    expect(eventRanges([...touching, { log, first: 20, end: 21 }])).toEqual({
      ranges: {
        [log]: [
          [0, 15],
          [20, 21],
        ],
      },
    });
    const many = Array.from({ length: 5_000 }, (_, i) => ({ log, first: i * 2, end: i * 2 + 1 }));
    const event = { at: 0, type: 'export', ...eventRanges(many) };
    expect(isAbout(event, log, 8)).toBe(true);
    expect(isAbout(event, log, 9_998)).toBeUndefined();
    expect(isAbout({ at: 0, type: 'export', ranges: { [log]: [[0, 15]] } }, log, 15)).toBe(false);
  });

  it('is not taken for granted', () => {
    for (const ranges of [undefined, null, 7, { [log]: 7 }, { [log]: [7] }])
      expect(isAbout({ at: 0, type: 'export', ranges }, log, 1)).toBe(false);
  });
});
