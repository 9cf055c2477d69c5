// What needs a newer version (spec/message.md, "Critical keys"): carried and told, but nobody joins or posts by it.
import { createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { decodeSegment } from '../../../src/format/log/segment.js';
import { parseCards } from '../../../src/identity/card-text.js';
import { addCard } from '../../../src/identity/contact-changes.js';
import { readContacts, writeContacts } from '../../../src/identity/contacts.js';
import { withLogKey } from '../../../src/identity/secrets.js';
import { seenTopics, withSeenTopics } from '../../../src/sync/known/seen-topics.js';
import { inOrder } from '../../../src/topic/order/order.js';
import { openViewer } from '../../../src/topic/reading/viewer.js';
import { rendezvousTopic } from '../../../src/topic/rendezvous.js';
import { findTopic, resolveTopic } from '../../../src/topic/topics.js';
import { type Author, openOwnLog } from '../../../src/topic/writing/own-log.js';
import { ADA } from '../../testkit/cast.js';
import { Replica } from '../../testkit/replica.js';
import { scratchDirectory } from '../../testkit/scratch.js';
import { sha256, wireKey } from '../../testkit/wire.js';
import { bundle, carried } from '../../testkit/wire-bundle.js';
import { card, cardText, introduction, type WirePerson } from '../../testkit/wire-card.js';
import { CBOR_TRUE, cborInt, cborMap, type Pairs } from '../../testkit/wire-cbor.js';
import { message } from '../../testkit/wire-message.js';
import { runOf, segment, type WireEntry, wireLog } from '../../testkit/wire-segment.js';

const CRITICAL: Pairs = [[-1, CBOR_TRUE]];
const GARDEN = Buffer.from(rendezvousTopic('garden'), 'hex');
const SECRET = sha256('a topic of a later version');

/** Bob, who has Ada's log with that introduction, and these entries behind it. */
async function bobWith(topic: Buffer, extra: Pairs, entries: readonly WireEntry[] = []): Promise<Replica> {
  const bob = await Replica.create('Bob', scratchDirectory());
  const [ada] = parseCards(Buffer.from(cardText(card(ADA))));
  if (!ada) throw new Error('no card');
  writeContacts(bob.directory, addCard(readContacts(bob.directory), ada, { now: bob.now }).contacts);
  take(bob, topic, extra, entries);
  return bob;
}

function take(
  bob: Replica,
  topic: Buffer,
  extra: Pairs,
  entries: readonly WireEntry[],
  person: WirePerson = ADA,
): void {
  const key = wireKey(`log of ${person.name} in ${topic.toString('hex', 0, 4)} ${extra.length}`);
  const payload = introduction({ log: key.id, topic, label: 'garden', person, extra });
  const log = wireLog(key, [{ payload }, ...entries]);
  const rest = entries.length > 0 ? [carried(runOf(log, 1))] : [];
  const file = path.join(bob.directory, 'a.satchel');
  fs.writeFileSync(file, bundle({ segments: [carried(runOf(log, 0, 1)), ...rest] }));
  expect(bob.import(file)).toMatchObject({ fresh: 1 + entries.length, refused: [] });
}

const NEWER = expect.objectContaining({ code: 'newer-version' });

it('a topic that is known only by such introductions is seen and read, but not joined or posted to', async () => {
  const bob = await bobWith(SECRET, CRITICAL, [{ payload: message({ body: 'hello' }) }]);
  expect(seenTopics(bob.session)).toMatchObject([{ label: 'garden', newer: true }]);
  const topics = withSeenTopics(bob.session);
  expect(findTopic(topics, 'garden').topic).toBe(SECRET.toString('hex'));
  expect(() => resolveTopic(topics, 'garden')).toThrow(NEWER);
  expect(() => resolveTopic(topics, SECRET.toString('hex', 0, 5))).toThrow(NEWER);
});

it('one introduction without such a key is enough to join', async () => {
  const bob = await bobWith(SECRET, CRITICAL);
  take(bob, SECRET, [], []);
  expect(seenTopics(bob.session)).toMatchObject([{ label: 'garden' }]);
  expect(resolveTopic(withSeenTopics(bob.session), 'garden').topic).toBe(SECRET.toString('hex'));
});

it('a rendezvous is joined by its name, whatever introductions say', async () => {
  const bob = await bobWith(GARDEN, CRITICAL);
  const found = resolveTopic(withSeenTopics(bob.session), 'garden');
  expect(found).toMatchObject({ topic: rendezvousTopic('garden'), kind: 'rendezvous' });
  expect(found.newer).toBeUndefined();
});

it('a message with such a key is there, in its place, and says no more', async () => {
  const meta = cborMap([[1, cborInt(1)], [3, Buffer.from('81820102', 'hex')], [4, CBOR_TRUE], ...CRITICAL]);
  const bob = await bobWith(GARDEN, CRITICAL, [
    { payload: message({ body: 'first' }) },
    { payload: message({ body: 'second', extra: CRITICAL }) },
    { payload: message({ body: 'third' }), meta },
  ]);
  bob.join('garden');
  const viewer = openViewer(bob.session, { topic: rendezvousTopic('garden'), label: 'garden' });
  const logs = bob.repository.logsOfTopic(rendezvousTopic('garden'));
  const views = [...inOrder(bob.repository, logs, { everything: true })].map(viewer.view);
  expect(views.map(({ state, text }) => [state, text])).toEqual([
    ['newer-version', undefined],
    ['shown', 'first'],
    ['newer-version', undefined],
    ['newer-version', undefined],
  ]);
  const [log] = logs;
  expect(bob.repository.held(log?.log as LogId)).toMatchObject([{ from: 0, end: 4 }]);
});

it('nobody writes on in an own log that a later version has begun', async () => {
  const bob = await Replica.create('Bob', scratchDirectory());
  const author = await bob.author();
  const key = wireKey('a log that a later version of Bob began');
  await author.save((old) => withLogKey(old, key.id.toString('hex') as LogId, key.seed));
  const payload = introduction({
    log: key.id,
    topic: GARDEN,
    person: asPerson(author),
    card: author.card,
    extra: CRITICAL,
  });
  const written = decodeSegment(segment(runOf(wireLog(key, [{ payload }]), 0, 1)));
  bob.repository.locked(() => bob.repository.commit((commit) => commit.take(written)));
  const place = { topic: rendezvousTopic('garden'), label: 'garden' };
  await expect(openOwnLog(bob.repository, await bob.author(), place)).rejects.toThrow(NEWER);
});

/** The person as fixtures know one, so that somebody else can write for its device. */
function asPerson({ self, secrets }: Author): WirePerson {
  const seed = Buffer.from(secrets.device);
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const device = { seed, id: Buffer.from(self.device, 'hex'), secret };
  return { ...ADA, device, id: Buffer.from(self.person, 'hex'), name: 'Bob' };
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
