// The numbers of epochs in an own log follow from the log, whatever is remembered (spec/veiled.md, "Writing").
import { beforeEach, expect, it } from 'vitest';
import type { LogId, TopicId } from '../../../../src/format/ids.js';
import { decodeVeiled } from '../../../../src/format/private/veiled-payload.js';
import { Repository } from '../../../../src/repository/repository.js';
import { createInterpreter } from '../../../../src/topic/message/interpret.js';
import { LiveKeyring } from '../../../../src/topic/message/keyring.js';
import { epochsOfLog } from '../../../../src/topic/private/log-epochs.js';
import { viewTopic } from '../../../../src/topic/private/topic-view.js';
import { renewKeys } from '../../../../src/topic/writing/private-topic.js';
import { friendsWithStick, postPrivate, textsIn, writeTo } from '../../../testkit/private-member.js';
import type { Replica } from '../../../testkit/replica.js';
import { memoryDirectory } from '../../../testkit/scratch.js';

let ana: Replica;
let topic: TopicId;

/** Ana has written under three epochs, and Ben has answered. */
beforeEach(async () => {
  const { people, stick } = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  const [, ben] = people as [Replica, Replica];
  [ana] = people as [Replica];
  topic = await writeTo(ana, [ben], 'first');
  for (const person of [ana, ben]) await person.visit(stick);
  await postPrivate(ben, topic, 'answer');
  for (const person of [ben, ana]) await person.visit(stick);
  for (const text of ['second', 'third']) {
    await renew();
    await postPrivate(ana, topic, text);
  }
});

async function renew(): Promise<void> {
  const author = await ana.author();
  await ana.repository.lockedAsync(() => renewKeys(ana.repository, author, topic));
}

function logOf(isOwn: boolean): LogId {
  const { device } = ana.session.self;
  const found = ana.repository.logsOfTopic(topic).find((log) => (log.device === device) === isOwn);
  if (!found) throw new Error('no log');
  return found.log;
}

/** The numbers in Ana's log, in order. */
function numbers(): number[] {
  return [...ana.repository.entries(logOf(true), 1)].flatMap(({ payload }) => {
    const veiled = payload && decodeVeiled(payload);
    return veiled?.kind === 'message' ? veiled.n : [];
  });
}

it('are told by it also where what was learned of the log is forgotten between two looks', async () => {
  expect(numbers()).toEqual([0, 1, 2]);
  const { world } = ana.repository;
  const interpreter = createInterpreter(ana.topicKeys, { remembered: 1 });
  ana.repository.close();
  ana.repository = Repository.open(ana.directory, { interpreter, world, lockTimeoutMs: 1_000 });
  viewTopic(ana.repository, topic);
  // what opens the one forgets what opened the other
  expect([...ana.repository.entries(logOf(false), 1)].some(({ said }) => said !== undefined)).toBe(true);
  await postPrivate(ana, topic, 'fourth');
  expect(numbers()).toEqual([0, 1, 2, 2]);
  ana.reopen();
  expect(textsIn(ana, topic).filter((text) => text !== 'answer')).toEqual(['first', 'second', 'third', 'fourth']);
  expect(new Set(epochsOfLog(ana.repository, logOf(true)).values()).size).toBe(3);
});

it('and the number of an epoch of which no key is here is given to no other one', async () => {
  const [newest] = [...ana.topicKeys.secrets.values()][0] ?? [];
  const kept = (ana.topicKeys as LiveKeyring).keysOf(topic);
  if (!newest || !kept) throw new Error('no keys');
  const keys = new LiveKeyring();
  keys.take([{ ...kept, epochs: kept.epochs.filter(({ id }) => id !== newest.id) }]);
  ana.topicKeys = keys;
  ana.reopen();
  expect([...epochsOfLog(ana.repository, logOf(true))].map(([n, epoch]) => [n, epoch !== undefined])).toEqual([
    [0, true],
    [1, true],
    [2, false],
  ]);
  await renew();
  await postPrivate(ana, topic, 'fourth');
  expect(numbers()).toEqual([0, 1, 2, 3]);
});
