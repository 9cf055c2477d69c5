// Whoever finds a sealed file finds nothing in it: no text, no label, no name of a file, no id. The same search finds each of
// them in the open bundle of the same conversation, or it would say nothing (spec/security.md, "What others can see").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { encodeChunkList } from '../../src/format/log/blob.js';
import { sealsFor } from '../../src/sync/export/seal.js';
import { activeContacts } from '../../src/sync/session.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { Replica } from '../testkit/replica.js';
import { meetAll } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { foundIn, type Secret, secretId, secretText } from '../testkit/search.js';

const LABEL = 'the walled garden';
const TEXTS = [
  'the spare key lies under the third stone',
  'then the gate stays shut on Sunday',
  'nobody is to know of it',
];
const FILE = 'map-of-the-cellar.pdf';

let directory: string;
let ana: Replica;
let bob: Replica;
let secrets: Secret[];

/** Ana and Bob, who talk to each other by files; in the end Ana holds all of it. */
beforeEach(async () => {
  directory = scratchDirectory();
  ana = await Replica.create('ana', directory);
  bob = (await Replica.create('bob', directory)).join(LABEL);
  meetAll([ana, bob]);
  await postFile(ana, TEXTS[0] ?? '');
  await give(ana, bob);
  await bob.post(LABEL, TEXTS[1] ?? '');
  await give(bob, ana);
  await ana.post(LABEL, TEXTS[2] ?? '');
  secrets = secretsOf(ana);
});

async function postFile(replica: Replica, body: string): Promise<void> {
  const { blobs } = replica.repository;
  const bytes = Buffer.from('a map, drawn by hand');
  const chunk = blobs.add(bytes);
  const root = blobs.add(encodeChunkList(bytes.length, [chunk]));
  blobs.settle();
  const attachments = [{ root, size: bytes.length, name: FILE, mediaType: 'application/pdf' }];
  await replica.post(LABEL, { body, attachments });
}

async function give(from: Replica, to: Replica): Promise<void> {
  const file = path.join(directory, `${from.name}-${to.name}.satchel`);
  await from.export(file);
  to.import(file);
}

function secretsOf({ repository }: Replica): Secret[] {
  const topic = rendezvousTopic(LABEL);
  const logs = repository.logsOfTopic(topic);
  const heads = logs.flatMap(({ log, entries }) => [...repository.entries(log, entries - 1, entries)]);
  return [
    secretText('label', LABEL),
    secretText('file', FILE),
    ...TEXTS.map((text) => secretText('text', text)),
    secretId('topic', topic),
    ...logs.map(({ log }) => secretId('log', log)),
    ...heads.map(({ id }) => secretId('entry', id)),
  ];
}

async function exported(name: string, isSealed: boolean): Promise<Buffer> {
  const file = path.join(directory, name);
  const [seal] = sealsFor(
    ana.session,
    activeContacts(ana.session).map(({ person }) => person),
  ).seals;
  await ana.export(file, { full: true, ...(isSealed && { seal }) });
  return fs.readFileSync(file);
}

it('a sealed bundle shows nothing of what was said, and an open one all of it', async () => {
  expect(secrets.length).toBeGreaterThanOrEqual(10);
  expect(foundIn(await exported('open', false), secrets)).toEqual(secrets.map(({ what }) => what).sort());
  expect(foundIn(await exported('sealed', true), secrets)).toEqual([]);
});

it('what is searched for is found in every form', () => {
  const secret = secretText('text', 'under the stone');
  const around = (text: string): Buffer => Buffer.from(`\0\u0001${text}~~`);
  const { bytes } = secret;
  const forms = [bytes.toString('hex'), bytes.toString('hex').toUpperCase()];
  const shifted = ['', 'a', 'ab'].map((before) => Buffer.concat([Buffer.from(before), bytes, Buffer.from('xyz')]));
  for (const form of [...forms, ...shifted.flatMap((one) => [one.toString('base64'), one.toString('base64url')])])
    expect(foundIn(around(form), [secret]), form).toEqual([secret.what]);
});
