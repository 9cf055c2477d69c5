// Several replicas: who knows whom, what they decided, and files that go from one to the others until all is said.

import fs from 'node:fs';
import path from 'node:path';
import { parseCards } from '../../src/identity/card-text.js';
import { blockCard, unblockContact } from '../../src/identity/contact-changes.js';
import { readContacts, writeContacts } from '../../src/identity/contacts.js';
import { readSelf } from '../../src/identity/self.js';
import { checkRepository, type Finding } from '../../src/repository/check.js';
import type { ExportOptions } from '../../src/sync/export/options.js';
import type { ImportReport } from '../../src/sync/import/import-report.js';
import { activeContacts } from '../../src/sync/session.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { newTopic, readTopics, type Topic, topicOfId, withTopic, writeTopics } from '../../src/topic/topics.js';
import { Replica } from './replica.js';

/** Rounds after which replicas that still write something never come to rest. */
const ROUNDS_MAX = 12;

/** New people below `directory` who have each other as contacts and share a topic. */
export async function makeFriends(directory: string, names: readonly string[], label: string): Promise<Replica[]> {
  const friends: Replica[] = [];
  for (const name of names) friends.push((await Replica.create(name, directory)).join(label));
  meetAll(friends);
  return friends;
}

/** Makes each of them a contact of each other one. */
export function meetAll(replicas: readonly Replica[]): void {
  for (const one of replicas) for (const other of replicas) if (one !== other) one.meet(other);
}

/** Changes what a replica decided about a topic; it need not know it yet. */
export function decide(replica: Replica, label: string, change: Partial<Topic>): void {
  const topics = readTopics(replica.directory);
  const id = rendezvousTopic(label);
  const topic = topicOfId(topics, id) ?? newTopic(id, label, 'rendezvous');
  writeTopics(replica.directory, withTopic(topics, { ...topic, ...change }));
}

/** Switches taking along whatever comes on or off. */
export function carryAll(replica: Replica, on: boolean): void {
  writeTopics(replica.directory, { ...readTopics(replica.directory), carryAll: on });
}

/** Blocks somebody, contact or not. */
export function block(replica: Replica, other: Replica): void {
  const [card] = parseCards(Buffer.from(other.card));
  if (!card) throw new Error('no card');
  const contacts = readContacts(replica.directory);
  writeContacts(replica.directory, blockCard(contacts, card, { now: replica.now }));
}

/** Takes a block back. */
export function unblock(replica: Replica, other: Replica): void {
  const { person } = readSelf(other.directory);
  writeContacts(replica.directory, unblockContact(readContacts(replica.directory), person));
}

/** A copy of the replica's directory, note of what was written included, as it is at this moment. */
export function copyOf(replica: Replica, name: string): Replica {
  const directory = path.join(path.dirname(replica.directory), name);
  fs.cpSync(replica.directory, directory, { recursive: true });
  const copy = Replica.at(name, directory, replica.now);
  copy.seal = replica.seal;
  return copy;
}

/** A bundle of the replica's in a new file below `directory`; undefined when there was nothing to send. */
export async function bundleFrom(
  replica: Replica,
  directory: string,
  options: ExportOptions = {},
): Promise<string | undefined> {
  const file = path.join(directory, `bundle-${fs.readdirSync(directory).length}.satchel`);
  return (await replica.export(file, options)).file ?? undefined;
}

/** Everybody in turn writes one bundle for the others, and they import it; how many bundles there were. */
export async function round(replicas: readonly Replica[], directory: string): Promise<number> {
  const people = new Set(replicas.map((replica) => replica.session.self.person));
  let written = 0;
  for (const one of replicas) {
    const file = await bundleFrom(one, directory, {
      to: activeContacts(one.session).filter(({ person }) => people.has(person)),
    });
    if (!file) continue;
    written++;
    for (const other of replicas) if (other !== one) other.import(file);
  }
  return written;
}

/** Rounds until nobody writes anything more; how many that took. */
export async function settle(replicas: readonly Replica[], directory: string): Promise<number> {
  for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) if ((await round(replicas, directory)) === 0) return rounds;
  throw new Error(`not at rest after ${ROUNDS_MAX} rounds`);
}

/** What a full check finds wrong, but for hints. */
export function errorsIn(replica: Replica): Finding[] {
  return [...checkRepository(replica.repository, { all: true })].filter(({ severity }) => severity === 'error');
}

/** What a replica holds, log by log. */
export function heldBy(replica: Replica): Record<string, string> {
  const logs = [...replica.repository.logs()].map(({ log }) => log).sort();
  return Object.fromEntries(
    logs.map((log) => [
      log,
      replica.repository
        .held(log)
        .map(({ from, end, id }) => `${from}-${end} ${id}`)
        .join(', '),
    ]),
  );
}

/** Counts of an import, as far as tests ask. */
export function countsOf({ fresh, known, skipped, refused }: ImportReport): object {
  return { fresh, known, skipped, refused: refused.map(({ code }) => code) };
}
