// Veiled logs when their keys come (spec/veiled.md, "Placing", "Opening").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EpochId } from '../../src/format/ids.js';
import { checkRepository } from '../../src/repository/check.js';
import { markRead } from '../../src/repository/read-marks.js';
import { openSession } from '../../src/sync/session.js';
import { rememberedAcks } from '../../src/topic/acks/ack-memory.js';
import { findConsumer } from '../../src/topic/feed/consumer.js';
import { beginFromNow, commitUpTo, handOut } from '../../src/topic/feed/feed.js';
import { handedOutTo } from '../../src/topic/feed/handed-out.js';
import { inOrder } from '../../src/topic/order/order.js';
import { countArrived, countMessages } from '../../src/topic/reading/counts.js';
import { readTopic } from '../../src/topic/reading/reading.js';
import type { Unread } from '../../src/topic/reading/unread.js';
import { openViewer } from '../../src/topic/reading/viewer.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { VeiledLog, WHOLE_HOUR, writeVeiled } from '../testkit/veiled-log.js';
import { EPOCH, GARDEN, letIn, logOf, place } from '../testkit/veiled-member.js';
import { sha256 } from '../testkit/wire.js';
import { cborBytes, cborInt, cborList, cborMap } from '../testkit/wire-cbor.js';
import { wireSecret } from '../testkit/wire-veiled.js';

let directory: string;
let ana: Replica;
let ben: Replica;
let log: VeiledLog;

beforeEach(async () => {
  directory = memoryDirectory();
  ana = await Replica.create('ana', directory);
  ben = await Replica.create('ben', directory);
  meetAll([ana, ben]);
  log = (await logOf(ana))
    .message('one', { hours: 1, minutes: 30 })
    .event({ hours: 1 })
    .message('two', { hours: 1, minutes: 45 });
});

const take = async (name: string, from = 0, end = log.length): Promise<unknown> =>
  ben.import(await writeVeiled(path.join(directory, name), log.segments(from, end), { by: ana }));

/** Another epoch of the topic. */
function epochOf(name: string): typeof EPOCH {
  return {
    id: sha256(name).toString('hex') as EpochId,
    control: wireSecret(`${name} C`),
    data: wireSecret(`${name} D`),
  };
}

/** What is new to Ben. */
function unread(): Unread {
  return openViewer(openSession(ben.repository), { topic: GARDEN, label: 'garden' }).unread;
}

/** What Ben sees. */
function seen(): { text: string | undefined; state: string; time: number | undefined; by: string }[] {
  const session = openSession(ben.repository);
  const viewer = openViewer(session, { topic: GARDEN, label: 'garden' });
  return [...inOrder(ben.repository, ben.repository.logsOfTopic(GARDEN))].map((ordered) => {
    const { text, state, time, author } = viewer.view(ordered);
    return { text, state, time, by: author.name };
  });
}

describe('a log whose key comes', () => {
  it('is placed, and read as if it had never been sealed', async () => {
    await take('a');
    expect(ben.repository.logsOfTopic(GARDEN)).toEqual([]);
    expect(letIn(ben)).toEqual({ logs: [log.id], messages: 2 });
    expect(ben.repository.log(log.id)).toMatchObject({ topic: GARDEN, person: ana.session.self.person, waits: false });
    expect([...ben.repository.unplacedLogs()]).toEqual([]);
    const minute = (count: number): number => WHOLE_HOUR + 3_600_000 + count * 60_000;
    expect(seen()).toEqual([
      { text: 'one', state: 'shown', time: minute(30), by: 'ana' },
      { text: undefined, state: 'event', time: minute(0), by: 'ana' },
      { text: 'two', state: 'shown', time: minute(45), by: 'ana' },
    ]);
    expect(countMessages(ben.repository, GARDEN)).toBe(2);
    const session = openSession(ben.repository);
    const viewer = openViewer(session, { topic: GARDEN, label: 'garden' });
    expect(viewer.unread.count).toBe(2);
    expect([...readTopic(ben.repository, viewer, { number: 10 })]).toHaveLength(2);
  });

  it('leaves the same index as a key that was there before it, and doing it again changes nothing', async () => {
    await take('a', 0, 2);
    await take('b', 2);
    letIn(ben);
    const records = (): Buffer => fs.readFileSync(path.join(ben.repository.layout.index, 'runs'));
    const late = records();
    expect(place(ben)).toEqual({ logs: [], messages: 0 });
    expect(records().equals(late)).toBe(true);
    ben.repository.close();
    fs.rmSync(ben.repository.layout.index, { recursive: true });
    ben.repository = ben.open();
    expect(ben.repository.log(log.id)).toMatchObject({ topic: GARDEN, events: 1, waits: false });
    expect([...checkRepository(ben.repository, { all: true })]).toEqual([]);
    expect(records().equals(late)).toBe(true);
  });

  it('comes at once where the key is there, and counts as new messages', async () => {
    letIn(ben);
    const before = ben.repository.lastArrival;
    expect(await take('a')).toMatchObject({ fresh: 4, messages: 2, passedBy: 0 });
    expect(countArrived(ben.repository, { commit: before, unplaced: new Set() })).toBe(2);
    expect(seen().map(({ text }) => text)).toEqual(['one', undefined, 'two']);
  });

  it('is not placed by the key of another topic, nor by a forged introduction', async () => {
    await take('a');
    const other = new Map([['f'.repeat(64) as typeof GARDEN, [EPOCH]]]);
    ben.topicKeys = { secrets: other, isLocked: false };
    ben.reopen();
    expect(place(ben)).toEqual({ logs: [], messages: 0 });
    // who has the key can seal, and is not Ana for that
    const forged = new VeiledLog({ introduction: () => Buffer.from('a0', 'hex') }).message('I am Ana');
    ben.import(await writeVeiled(path.join(directory, 'forged'), forged.segments(), { by: ana }));
    expect(letIn(ben).logs).toEqual([log.id]);
    expect([...ben.repository.unplacedLogs()].map((one) => one.log)).toEqual([forged.id]);
  });
});

it('no log is left for ever behind others that no key opens', async () => {
  const passUntil = (isDone: () => boolean): void => {
    for (let pass = 0; pass < 1_000 && !isDone(); pass++) place(ben, { most: 2 });
    expect(isDone()).toBe(true);
  };
  for (let i = 0; i < 7; i++) new VeiledLog().message('of strangers').give(ben);
  for (const [i, key] of ['never', 'never', 'never', 'never', 'late'].entries())
    (await logOf(ben, `log ${i}`)).under(epochOf(key)).message(key).give(ben);
  await take('a');
  ben.topicKeys = { secrets: new Map([[GARDEN, [EPOCH]]]), isLocked: false };
  ben.reopen();
  passUntil(() => ben.repository.log(log.id)?.topic === GARDEN);
  passUntil(() => ben.repository.logsOfTopic(GARDEN).length === 6);
  ben.topicKeys = { secrets: new Map([[GARDEN, [epochOf('late'), EPOCH]]]), isLocked: false };
  ben.reopen();
  passUntil(() => ben.repository.logsOfTopic(GARDEN).filter(({ waits }) => waits).length === 4);
});

it('what came before its introduction is read when that comes, and after the index was made anew', async () => {
  letIn(ben);
  log.give(ben, 1);
  expect(place(ben)).toEqual({ logs: [], messages: 0 });
  log.give(ben, 0, 1);
  place(ben);
  expect(seen().map(({ text }) => text)).toEqual(['one', undefined, 'two']);
  expect(ben.repository.log(log.id)?.waits).toBe(false);
  ben.repository.close();
  fs.rmSync(ben.repository.layout.index, { recursive: true });
  ben.repository = ben.open();
  expect(seen().map(({ text }) => text)).toEqual(['one', undefined, 'two']);
  expect([...checkRepository(ben.repository, { all: true })]).toEqual([]);
});

describe('an entry that does not open', () => {
  it('waits while its key is missing, is locked while no key can be had, and is shown when it comes', async () => {
    await take('a');
    letIn(ben, [{ ...EPOCH, data: undefined }]);
    expect(seen().map(({ state }) => state)).toEqual(['waiting', 'event', 'waiting']);
    expect(ben.repository.log(log.id)?.waits).toBe(true);
    letIn(ben, [{ ...EPOCH, data: undefined }], true);
    expect(seen().map(({ state }) => state)).toEqual(['locked', 'event', 'locked']);
    expect(letIn(ben)).toEqual({ logs: [log.id], messages: 2 });
    expect(seen().map(({ text }) => text)).toEqual(['one', undefined, 'two']);
    expect(ben.repository.log(log.id)?.waits).toBe(false);
  });

  it('is unreadable when the key is there and it is another one that sealed it', async () => {
    const mixed = (await logOf(ana, 'mixed')).message('fine', { hours: 1 });
    mixed.foreign({ data: wireSecret('of nobody') }).message('fine again', { hours: 3 });
    ben.import(await writeVeiled(path.join(directory, 'odd'), mixed.segments(), { by: ana }));
    letIn(ben);
    expect(seen().map(({ state }) => state)).toEqual(['shown', 'unreadable', 'shown']);
  });

  it('waits for no key if none could open it, and what stands beside it is new', async () => {
    log
      .nonsense({ hours: 2 })
      .foreign({ data: wireSecret('of nobody') }, { hours: 3 })
      .message('three', { hours: 4 });
    await take('a');
    letIn(ben, [{ ...EPOCH, data: undefined }]);
    expect(seen().map(({ state }) => state)).toEqual([
      ...['waiting', 'event', 'waiting'],
      ...['unreadable', 'waiting', 'waiting'],
    ]);
    const mark = ben.repository.lastArrival;
    new VeiledLog().give(ben);
    expect(letIn(ben)).toEqual({ logs: [log.id], messages: 4 });
    expect(ben.repository.log(log.id)?.waits).toBe(false);
    expect(place(ben)).toEqual({ logs: [], messages: 0 });
    markRead(ben.repository.layout, GARDEN, mark);
    expect(unread().count).toBe(4);
  });

  it('does not wait in a log that is not veiled', async () => {
    const open = (await logOf(ana, 'open', true)).message('one').event().ack();
    open.give(ben);
    expect(ben.repository.log(open.id)).toMatchObject({ topic: GARDEN, sealed: true, waits: false });
  });

  it('waits alone: what opens before it, or behind it, is new once, and then no more', async () => {
    const first = epochOf('first');
    const second = epochOf('second');
    log.under(first).message('three').ack().under(second).event().message('four');
    await take('a');
    const mark = (): void => markRead(ben.repository.layout, GARDEN, ben.repository.lastArrival);
    expect(letIn(ben)).toEqual({ logs: [log.id], messages: 2 });
    expect(place(ben)).toEqual({ logs: [], messages: 0 });
    expect(unread().count).toBe(4);
    mark();
    for (const [epochs, messages, unreadNow] of [
      [[second, EPOCH], 1, 1],
      [[second, first, EPOCH], 1, 1],
    ] as const) {
      new VeiledLog().give(ben);
      expect(letIn(ben, epochs)).toEqual({ logs: [log.id], messages });
      expect(unread().count).toBe(unreadNow);
      expect(place(ben)).toEqual({ logs: [], messages: 0 });
      mark();
      expect(unread().count).toBe(0);
    }
    expect(ben.repository.log(log.id)?.waits).toBe(false);
  });
});

it('what becomes readable late is unread, also in a topic that was read since it came', async () => {
  await take('a');
  letIn(ben, [{ ...EPOCH, data: undefined }]);
  const mark = (): void => markRead(ben.repository.layout, GARDEN, ben.repository.lastArrival);
  mark();
  expect(unread().count).toBe(0);
  // the key comes with something else
  new VeiledLog().give(ben);
  expect(letIn(ben).messages).toBe(2);
  expect(unread().count).toBe(2);
  const entries = [...ben.repository.entries(log.id, 1)];
  expect(entries.map((entry) => unread().has(entry))).toEqual([true, false, true]);
  mark();
  expect(unread().count).toBe(0);
});

it('messages of one hour stand by their minutes', async () => {
  const other = (await logOf(ben))
    .message('between', { hours: 1, minutes: 10, lead: 30 })
    .message('last', { hours: 1, minutes: 50 });
  await take('a');
  other.give(ben);
  letIn(ben);
  const texts = (): (string | undefined)[] => seen().flatMap(({ text }) => text ?? []);
  expect(texts()).toEqual(['one', 'between', 'two', 'last']);
  const viewer = openViewer(openSession(ben.repository), { topic: GARDEN, label: 'garden' });
  const last = [...readTopic(ben.repository, viewer, { number: 3 })].map(({ entry }) => viewer.textOf(entry));
  expect(last).toEqual(['between', 'two', 'last']);
});

it('what a member acknowledged is known when the key comes, and still when it is away again', async () => {
  const other = (await logOf(ben)).message('hello', { hours: 1 });
  const range = cborList([cborInt(0), cborInt(2), cborBytes(Buffer.from(other.idAt(1), 'hex'))]);
  const lines = cborList([cborList([cborBytes(other.key.id), cborList([range])])]);
  log.ack(cborMap([[1, lines]]), { hours: 2 });
  other.give(ben);
  await take('a');
  const acked = () => rememberedAcks(ben.repository, log.id).held.get(other.id) ?? [];
  expect(acked()).toEqual([]);
  letIn(ben);
  expect(acked()).toEqual([{ from: 0, end: 2, id: other.idAt(1) }]);
  ben.topicKeys = { secrets: new Map(), isLocked: true };
  ben.reopen();
  expect(acked()).toEqual([{ from: 0, end: 2, id: other.idAt(1) }]);
});

it('whom a message mentions is known from when it was opened', async () => {
  const person = Buffer.from(ben.session.self.person, 'hex');
  log.message('@ben', { hours: 2, inner: [[17, cborList([cborBytes(person)])]] });
  await take('a');
  letIn(ben);
  expect(ben.repository.log(log.id)?.links).toBe(true);
});

describe('a consumer', () => {
  const texts = (name: string): (string | undefined)[] => {
    const { session } = ben;
    const consumer = handOut(session, { name, topics: [GARDEN] });
    const said = [...handedOutTo(session, consumer, () => 'garden')].map(({ shown }) => {
      return shown?.viewer.view(shown.ordered).text;
    });
    if (said.length > 0) commitUpTo(ben.repository, name, consumer.offset + said.length);
    return said;
  };
  const stored = (): unknown => findConsumer(ben.repository.layout, 'bot');

  it('gets what waits for a key when that comes, and all else at once', async () => {
    const late = epochOf('late');
    const later = epochOf('later');
    log.under(late).message('three').under(later).message('four');
    await take('a');
    letIn(ben);
    expect(texts('bot')).toEqual(['one', 'two']);
    const before = stored();
    expect(texts('bot')).toEqual([]);
    // what waits takes no lock and writes nothing
    expect(stored()).toEqual(before);
    beginFromNow(ben.session, { name: 'new', topics: [GARDEN] });
    letIn(ben, [late, EPOCH]);
    expect(texts('bot')).toEqual(['three']);
    letIn(ben, [later, late, EPOCH]);
    expect(texts('bot')).toEqual(['four']);
    expect(texts('bot')).toEqual([]);
    expect(texts('new')).toEqual(['three', 'four']);
  });

  it('gets what was locked when it was looked at', async () => {
    await take('a');
    letIn(ben);
    ben.topicKeys = { secrets: new Map(), isLocked: true };
    ben.reopen();
    expect(texts('bot')).toEqual([]);
    const before = stored();
    expect(texts('bot')).toEqual([]);
    expect(stored()).toEqual(before);
    letIn(ben);
    expect(texts('bot')).toEqual(['one', 'two']);
  });
});

it('nothing that was opened gets to the disk', async () => {
  log.message('a needle in the garden', { hours: 2 });
  await take('a');
  letIn(ben);
  ben.repository.useRecent();
  expect(seen().some(({ text }) => text === 'a needle in the garden')).toBe(true);
  ben.repository.keepRecent();
  const root = path.join(ben.directory, '.satchel');
  const files = fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => path.join(root, name));
  const whole = files.filter((file) => fs.statSync(file).isFile()).map((file) => fs.readFileSync(file));
  expect(whole.some((bytes) => bytes.includes('a needle in'))).toBe(false);
});
