// What commands say of private topics to who is in one no more, or again (spec/cli.md, "Private topics").
import path from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { type EndedHere, runFor, runHere } from '../../../../testkit/command.js';
import {
  beginWith,
  friendsWithStick,
  invite,
  joinInvited,
  openKeysOf,
  postPrivate,
  removeFrom,
  writeTo,
} from '../../../../testkit/private-member.js';
import { Replica } from '../../../../testkit/replica.js';
import { meetAll } from '../../../../testkit/replicas.js';
import { memoryDirectory } from '../../../../testkit/scratch.js';

let stick: string;
let ana: Replica;
let ben: Replica;

beforeEach(async () => {
  const friends = await friendsWithStick(memoryDirectory(), ['ana', 'ben']);
  stick = friends.stick;
  [ana, ben] = friends.people as [Replica, Replica];
});

/** Runs a command for somebody, in words. */
async function run(person: Replica, ...argv: string[]): Promise<EndedHere> {
  const ended = await runFor(person, argv, { people: 'pipe', world: person.repository.world });
  openKeysOf(person);
  await person.settle();
  return ended;
}

/** The document that a command prints. */
async function json(person: Replica, ...argv: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await runFor(person, argv, { world: person.repository.world });
  openKeysOf(person);
  await person.settle();
  return JSON.parse(stdout || stderr) as Record<string, unknown>;
}

/** All visit the stick in turn. */
async function visits(...people: readonly Replica[]): Promise<void> {
  for (const person of people) {
    person.now += 60_000;
    await person.visit(stick);
  }
}

async function fam(): Promise<Awaited<ReturnType<typeof beginWith>>> {
  const topic = await beginWith(ana, 'fam', [ben]);
  await visits(ana, ben);
  await joinInvited(ben, topic);
  await postPrivate(ben, topic, 'hello');
  await visits(ben, ana);
  return topic;
}

it('does not say that somebody joined who left and was not added again', async () => {
  const topic = await fam();
  expect((await run(ben, 'topic', 'leave', 'fam')).exit).toBe(0);
  const list = await run(ben, 'topic', 'list');
  expect(list.stdout).toContain('you left');
  expect(list.stderr).not.toContain('To join one');
  expect(await json(ben, 'topic', 'list')).toMatchObject({ topics: [{ role: 'none', state: 'left', joined: false }] });
  for (const wanted of ['fam', topic.slice(0, 10)]) {
    const again = await run(ben, 'topic', 'join', wanted);
    expect(again).toMatchObject({ exit: 18, stderr: expect.stringContaining('only its owners can add you again') });
  }
  const post = await run(ben, 'post', '-t', 'fam', 'hello?');
  expect(post.exit).toBe(18);
  expect(post.stderr).not.toContain('topic join');
  await visits(ben, ana);
  await invite(ana, topic, [ben]);
  await visits(ana, ben);
  expect(await run(ben, 'topic', 'join', 'fam')).toMatchObject({ exit: 0, stdout: expect.stringContaining('Joined') });
});

it('calls a conversation by its people as they are called now', async () => {
  const labels = async (person: Replica): Promise<unknown> => {
    const { topics } = (await json(person, 'topic', 'list')) as { topics: readonly { name: string }[] };
    return topics.map(({ name }) => name);
  };
  await writeTo(ana, [ben], 'hello');
  expect(await labels(ana)).toEqual(['ben']);
  const dir = path.dirname(ana.directory);
  const env = { SATCHEL_STATE_DIR: path.join(dir, 'phone-state') };
  const { world } = ana.repository;
  const there = async (...argv: string[]): Promise<Record<string, string>> => {
    const { stdout, stderr } = await runHere(['-C', path.join(dir, 'phone'), ...argv], { env, world });
    return JSON.parse(stdout || stderr);
  };
  const welcome = path.join(dir, 'welcome');
  const { request = '', words = '' } = await there('device', 'request', '--name', 'phone');
  const added = await json(ana, 'device', 'add', request, '--words', words, '-o', welcome);
  await there('device', 'join', welcome, '--words', String(added['words']));
  expect(await there('topic', 'list')).toMatchObject({ topics: [{ name: 'ben' }] });
  await json(ana, 'contact', 'rename', 'ben', 'Benjamin');
  expect(await labels(ana)).toEqual(['Benjamin']);
});

it('says so when a conversation begins that is called as another topic', async () => {
  await run(ana, 'topic', 'create', 'ben', '--open');
  const posted = await run(ana, 'post', '--to', 'ben', 'hello');
  expect(posted).toMatchObject({
    exit: 0,
    stderr: expect.stringMatching(/careful: another topic is called "ben", too; .* read -t [0-9a-f]{10}/),
  });
  expect((await run(ana, 'post', '--to', 'ben', 'again')).stderr).not.toContain('careful');
});

it('takes several people with commas wherever it invites them or writes to them', async () => {
  const cleo = await Replica.create('cleo', path.dirname(ana.directory));
  meetAll([ana, cleo]);
  for (const empty of ['ben,', ',ben', 'ben,,cleo', ' ']) {
    const refused = expect.objectContaining({ exit: 2, stderr: expect.stringContaining('empty') });
    expect(await run(ana, 'topic', 'create', 'fam', '--with', empty)).toEqual(refused);
    expect(await run(ana, 'post', '--to', empty, 'hello')).toEqual(refused);
  }
  await run(ana, 'topic', 'create', 'fam', '--private');
  expect(await json(ana, 'topic', 'invite', 'ben, cleo', 'ben')).toMatchObject({
    invited: [{ name: 'ben' }, { name: 'cleo' }],
  });
  await run(ana, 'post', '--to', 'ben,cleo', 'hello');
  const { topics } = (await json(ana, 'topic', 'list')) as { topics: readonly { name: string }[] };
  expect(topics.map(({ name }) => name)).toEqual(['fam', 'ben, cleo']);
});

it('says of nobody who wrote nothing yet that it knows of a conversation', async () => {
  const topic = await writeTo(ana, [ben], 'hello');
  const known = async (): Promise<unknown> => {
    const { members } = (await json(ana, 'topic', 'members', '-t', 'ben')) as {
      members: readonly { contact: string; devices: readonly { knowsNewest: boolean }[] }[];
    };
    return Object.fromEntries(members.map(({ contact, devices }) => [contact, devices[0]?.knowsNewest]));
  };
  expect(await known()).toEqual({ ana: true, ben: false });
  await visits(ana, ben);
  await postPrivate(ben, topic, 'hello, too');
  await visits(ben, ana);
  expect(await known()).toEqual({ ana: true, ben: true });
});

it('makes nothing up of a message whose keys are locked', async () => {
  const topic = await fam();
  const [entry] = [...ana.repository.logsOfTopic(topic)]
    .filter(({ person }) => person === ben.session.self.person)
    .flatMap(({ log }) => [...ana.repository.entries(log, 1)]);
  ana.repository.close();
  const set = await runFor(ana, ['passphrase', 'set'], { people: 'pipe', answer: () => 'four words of ours' });
  expect(set.exit).toBe(0);
  const shown = await runFor(ana, ['show', String(entry?.id)], { people: 'pipe' });
  expect(shown).toMatchObject({ exit: 14, stdout: expect.stringMatching(/from +ben\n/) });
  const traced = await runFor(ana, ['trace', String(entry?.id)], { people: 'pipe' });
  expect(traced.exit).toBe(0);
  expect(traced.stdout).not.toContain('everybody');
});

it('names no private topic among what travels on an open drive', async () => {
  await beginWith(ana, 'fam', [ben]);
  await ana.post('garden', 'in the open');
  const visit = await run(ana, 'sync', stick, '--open');
  expect(visit.stderr).toContain('on this drive travel "garden";');
  expect(visit.stderr).toContain('nothing of private topics goes onto an open drive');
  await run(ana, 'drive', 'init', stick, '--open');
  const status = await run(ana, 'drive', 'status', stick);
  expect(status.stdout).toMatch(/topics: "garden" .*, and nothing of private ones\n/);
});

it('tells programs which role we have, wherever it tells of the topic', async () => {
  const owner = { kind: 'private', role: 'owner', state: 'joined' };
  expect(await json(ana, 'topic', 'create', 'fam', '--with', 'ben')).toMatchObject(owner);
  expect(await json(ana, 'topic', 'switch', 'fam')).toMatchObject(owner);
  expect(await json(ana, 'topic', 'mute', 'fam')).toMatchObject(owner);
  await visits(ana, ben);
  expect(await json(ben, 'topic', 'join', 'fam')).toMatchObject({ role: 'member', state: 'joined' });
  expect(await json(ben, 'topic', 'leave', 'fam')).toMatchObject({ role: 'none', state: 'left' });
});

it('counts as messages nothing that programs tell one another', async () => {
  const topic = await beginWith(ana, 'fam', [ben]);
  await postPrivate(ana, topic, 'hello');
  const { contacts } = (await json(ana, 'status')) as { contacts: readonly object[] };
  expect(contacts).toMatchObject([{ pending: 1 }]);
  await visits(ana);
  expect(await json(ana, 'status')).toMatchObject({ contacts: [{ pending: 1 }] });
  await visits(ben);
  await joinInvited(ben, topic);
  await visits(ben, ana);
  expect(await json(ana, 'status')).toMatchObject({ contacts: [{ pending: 0, acknowledged: 1 }] });
});

it('tells who was removed so, until it is added again', async () => {
  const topic = await fam();
  await removeFrom(ana, topic, ben);
  await postPrivate(ana, topic, 'among us');
  await visits(ana);
  ben.now += 60_000;
  const synced = await run(ben, 'sync', stick);
  expect(synced.stderr).toContain('ana removed you from the private topic "fam"');
  expect((await run(ben, 'sync', stick)).stderr).not.toContain('removed you');
  expect((await run(ben, 'status')).stdout).toContain('ana removed you from "fam"');
  expect(await json(ben, 'status')).toMatchObject({
    waiting: 0,
    removals: [{ topic: 'fam', by: ana.session.self.person }],
  });
  expect((await run(ben, 'topic', 'list')).stdout).toContain('ana removed you');
  expect((await run(ben, 'read', '-t', 'fam')).stdout).not.toContain('yet');
  await run(ben, 'topic', 'leave', 'fam');
  expect((await run(ben, 'status')).stdout).not.toContain('removed you');
  expect((await run(ben, 'topic', 'list')).stderr).not.toContain('To join one');
});

it('tells who left and is invited again', async () => {
  const topic = await fam();
  await run(ben, 'topic', 'leave', 'fam');
  await visits(ben, ana);
  expect((await run(ben, 'sync', stick)).stderr).not.toContain('invites you');
  await invite(ana, topic, [ben]);
  await visits(ana);
  ben.now += 60_000;
  expect((await run(ben, 'sync', stick)).stderr).toContain('ana invites you to the private topic "fam"');
  expect((await run(ben, 'topic', 'list')).stdout).toContain('ana invites you');
  expect((await run(ben, 'status')).stdout).toContain('ana invites you to "fam"');
  expect((await run(ben, 'topic', 'join', 'fam')).exit).toBe(0);
});

it('takes out the contact of that petname, whatever a member calls itself', async () => {
  const cleo = await Replica.create('cleo', path.dirname(ana.directory));
  const topic = await fam();
  meetAll([ana, cleo]);
  await invite(ana, topic, [cleo]);
  await run(ana, 'contact', 'remove', 'ben');
  await run(ana, 'contact', 'rename', 'cleo', 'ben');
  const removed = async (): Promise<unknown[]> => {
    const { members } = (await json(ana, 'topic', 'members', '-t', 'fam')) as { members: Record<string, string>[] };
    return members.filter(({ state }) => state === 'removed').map(({ person }) => person);
  };
  expect(await run(ana, 'topic', 'remove', '-t', 'fam', 'ana')).toMatchObject({ exit: 2 });
  expect(await run(ana, 'topic', 'remove', '-t', 'fam', '~cleo')).toMatchObject({
    stderr: expect.stringContaining('~cleo is not in "fam"'),
  });
  expect((await run(ana, 'topic', 'remove', '-t', 'fam', 'ben')).exit).toBe(0);
  expect(await removed()).toEqual([cleo.session.self.person]);
  expect((await run(ana, 'topic', 'remove', '-t', 'fam', '~Ben')).exit).toBe(0);
  expect(await removed()).toHaveLength(2);
});
