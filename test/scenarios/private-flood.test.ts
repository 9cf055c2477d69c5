// Keys of epochs that nobody stated are kept by nobody, whoever gives them away (spec/epochs.md, "What is kept").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { EpochId, TopicId } from '../../src/format/ids.js';
import { LETTER_EPOCHS_MAX, UNSTATED_EPOCHS_MAX } from '../../src/format/limits.js';
import { type EpochKeys, epochOf } from '../../src/format/private/epoch.js';
import { storedCard } from '../../src/identity/devices.js';
import { Keyring } from '../../src/identity/keyring.js';
import { writeLetter } from '../../src/identity/letter-file.js';
import { readTopicKeys } from '../../src/identity/topic-keys.js';
import { sealWraps } from '../../src/identity/wraps.js';
import { lettersHere } from '../../src/sync/import/letters.js';
import type { LiveKeyring } from '../../src/topic/message/keyring.js';
import { PERSON_LABEL, personTopic } from '../../src/topic/person-topic.js';
import { controlDraft } from '../../src/topic/private/log-sealing.js';
import { newStatement } from '../../src/topic/private/statement-drafts.js';
import { viewTopic } from '../../src/topic/private/topic-view.js';
import { LETTER } from '../../src/topic/reading/person-log.js';
import { postLocked } from '../../src/topic/writing/post.js';
import { knownKey } from '../testkit/open-sealed.js';
import {
  beginWith,
  friendsWithStick,
  joinInvited,
  openKeysOf,
  postPrivate,
  textsIn,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

let ana: Replica;
let ben: Replica;
let eve: Replica;
let stick: string;
let topic: TopicId;
let drawn: number;

/** All three are in it, and Ben has seen the others write. */
beforeEach(async () => {
  const made = await friendsWithStick(memoryDirectory(), ['ana', 'ben', 'eve']);
  [ana, ben, eve] = made.people as [Replica, Replica, Replica];
  ({ stick } = made);
  drawn = 0;
  topic = await beginWith(ana, 'garden', [ben, eve]);
  await visits(ana, ben, eve);
  for (const person of [ben, eve]) await joinInvited(person, topic);
  await postPrivate(eve, topic, 'I am here');
  await visits(eve, ana, ben);
});

async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    expect((await person.visit(stick)).failure).toBeUndefined();
  }
}

function drawEpochs(count: number): EpochKeys[] {
  const secret = (): Buffer => Buffer.alloc(32, `secret ${drawn++}`);
  return Array.from({ length: count }, () => epochOf(secret(), secret()));
}

/** Eve gives these away in a wrap for Ben. */
async function wrap(epochs: readonly EpochKeys[]): Promise<void> {
  const { recipient } = storedCard(ben.card);
  const [sealed] = await sealWraps({ topic, epochs }, [recipient], (size) => eve.repository.world.random(size));
  await postPrivate(eve, topic, controlDraft({}, { wrap: sealed }));
}

/** Eve gives these away in a letter to Ben. */
async function write(epochs: readonly EpochKeys[]): Promise<void> {
  const author = await eve.author();
  const [known] = (await lettersHere(ben.session, knownKey(ben.directory))).filter(
    ({ create }) => create.topic === topic,
  );
  if (!known) throw new Error('no letter to go by');
  const { file } = await writeLetter(
    { ...known.letter, epochs },
    {
      card: storedCard(author.self.card),
      deviceSeed: author.secrets.device,
      recipients: [storedCard(ben.card).recipient],
      random: (size) => eve.repository.world.random(size),
      isGranted: true,
    },
  );
  const place = { topic: personTopic(author.self.person), label: PERSON_LABEL };
  const draft = { type: LETTER, body: file, meta: { expires: 30_000 } };
  await eve.repository.lockedAsync(() => postLocked(eve.repository, author, place, [draft]));
}

/** What Ben keeps: the files, and the epochs in them. */
async function kept(): Promise<{ readonly files: number; readonly epochs: readonly EpochId[] }> {
  const { topics } = await readTopicKeys(new Keyring(ben.directory, undefined));
  return {
    files: fs.readdirSync(path.join(ben.directory, '.satchel', 'keys', 'topics')).length,
    epochs: topics.flatMap(({ epochs }) => epochs.map(({ id }) => id)),
  };
}

/** How many keys a program of Ben's tries that begins now, and after what it took in. */
function tried(): number {
  return ben.topicKeys.secrets.get(topic)?.length ?? 0;
}

it.each([
  ['wraps', () => wrap(drawEpochs(200))],
  ['letters', () => write(drawEpochs(LETTER_EPOCHS_MAX))],
])('a member who gives away any number of keys by %s fills nothing, and slows nobody down', async (_, give) => {
  const before = await kept();
  for (let i = 0; i < 2; i++) {
    await give();
    await visits(eve, ben);
  }
  expect(await kept()).toEqual(before);
  expect(tried()).toBeLessThanOrEqual(before.epochs.length + UNSTATED_EPOCHS_MAX);
  openKeysOf(ben);
  await postPrivate(ben, topic, 'so what');
  expect(tried()).toBe(before.epochs.length);
  await visits(ben, ana);
  expect(textsIn(ana, topic)).toEqual(['I am here', 'so what']);
});

it.each([
  ['a wrap', wrap],
  ['a letter', write],
])('a key that %s brought before the statement of its epoch is kept when that comes', async (_, give) => {
  const [epoch] = drawEpochs(1) as [EpochKeys];
  await give([epoch]);
  await visits(eve, ben);
  openKeysOf(ben);
  const before = await kept();
  expect(before.epochs).not.toContain(epoch.id);
  const view = viewTopic(ana.repository, topic);
  if (!view) throw new Error('no view');
  const body = { kind: 'epoch', epoch: epoch.id, to: [], lists: [], controlLinks: [], dataLinks: [] } as const;
  const { statement } = newStatement(view, await ana.author(), body, ana.now);
  await postPrivate(ana, topic, controlDraft({ statements: [statement] }));
  await visits(ana, ben);
  expect((await kept()).epochs).toEqual([...before.epochs, epoch.id]);
  expect((ben.topicKeys as LiveKeyring).epoch(topic, epoch.id)).toEqual(epoch);
});
