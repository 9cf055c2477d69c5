// What one visit shows of private topics, and how much of it is told as new (spec/cli.md, "import").
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TopicId } from '../../src/format/ids.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { LiveKeyring } from '../../src/topic/message/keyring.js';
import { runFor } from '../testkit/command.js';
import { documents } from '../testkit/documents.js';
import { pair } from '../testkit/paired.js';
import {
  beginWith,
  friendsWithStick,
  joinInvited,
  joinPrivate,
  postPrivate,
  textsIn,
  writeTo,
} from '../testkit/private-member.js';
import type { Replica } from '../testkit/replica.js';
import { memoryDirectory } from '../testkit/scratch.js';

let stick: string;
let ana: Replica;
let ben: Replica;

beforeEach(async () => {
  const friends = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  stick = friends.stick;
  [ana, ben] = friends.people as [Replica, Replica];
});

/** These visit the stick one after the other; what the last one met. */
async function visits(...people: readonly Replica[]): Promise<VisitReport> {
  let last: VisitReport | undefined;
  for (const person of people) {
    person.now += 60_000;
    last = await person.visit(stick);
    expect(last.failure).toBeUndefined();
  }
  return last as VisitReport;
}

/** As many messages as a visit is told to have brought. */
function newIn({ scanned }: VisitReport): number {
  return scanned.reduce((sum, { messages }) => sum + messages, 0);
}

it('a message is new once, also where the keys are opened behind it', async () => {
  const topic = await writeTo(ana, [ben], 'one');
  expect(newIn(await visits(ana, ben))).toBe(1);
  await visits(ana, ben);
  await postPrivate(ana, topic, 'two');
  await visits(ana);
  // as under a passphrase: they are opened when all was taken
  ben.topicKeys = new LiveKeyring(true);
  ben.reopen();
  expect(newIn(await visits(ben))).toBe(1);
  expect(textsIn(ben, topic)).toEqual(['one', 'two']);
});

describe('what a new device of a member says is shown by the first', () => {
  let topic: TopicId;
  let phone: Replica;

  beforeEach(async () => {
    topic = await beginWith(ana, 'fam', [ben]);
    await visits(ana, ben);
    await joinInvited(ben, topic);
    await visits(ben, ana);
    phone = await pair(ana, 'phone', path.dirname(ana.directory));
    phone.seal = 'always';
    joinPrivate(phone, topic, 'fam');
    phone.topicKeys = new LiveKeyring(true);
    phone.reopen();
    await visits(ana, phone, ana, phone);
    await postPrivate(phone, topic, 'from the phone');
  });

  it('visit that brings it', async () => {
    await visits(phone);
    expect(newIn(await visits(ben))).toBe(1);
    expect(textsIn(ben, topic)).toEqual(['from the phone']);
  });

  it('import that brings it, in whatever order files are named', async () => {
    const [said, list] = ['said', 'list'].map((name) => path.join(path.dirname(ana.directory), `${name}.satchel`));
    if (!said || !list) throw new Error('no names');
    await phone.export(said, { topics: [topic] });
    await ana.export(list);
    const { stdout } = await runFor(ben, ['import', said, list]);
    const [{ bundles = [] } = {}] = documents<{ readonly bundles?: readonly { readonly messages: number }[] }>(stdout);
    expect(bundles.map(({ messages }) => messages)).toEqual([1, 0]);
    expect(textsIn(ben.reopen(), topic)).toEqual(['from the phone']);
  });
});
