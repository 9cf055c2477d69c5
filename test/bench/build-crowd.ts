// Builds the repositories of a workload with very many authors who each say a little, without a repository for each of them.
import fs from 'node:fs';
import path from 'node:path';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { crowdBundle, type Said, type Speaker } from '../testkit/crowd.js';
import { Replica } from '../testkit/replica.js';
import { handOver, keep, START, TOPIC, takeIn } from './hand-over.js';
import type { Places } from './places.js';
import type { Message, Workload } from './workload.js';

/** Authors in one of the bundles in which their logs arrive. */
const ARRIVE_TOGETHER = 5_000;

/** Somebody who has joined the topic takes in what all authors wrote. Returns the entries that somebody new takes then. */
export async function buildCrowd(workload: Workload, places: Places, scratch: string): Promise<number> {
  const speakers = speakersOf(workload);
  const hub = (await Replica.create('hub', scratch, START)).join(TOPIC);
  const reader = (await Replica.create('reader', scratch, START)).join(TOPIC);
  keep(reader.meet(hub), places.empty);
  hub.meet(reader);
  // somebody who never wrote could not be told from somebody unknown
  await hub.post(TOPIC, 'I gather what you write.');
  const arrive = async (some: readonly Speaker[], part: 'first' | 'later'): Promise<void> => {
    const file = path.join(scratch, 'some.satchel');
    fs.writeFileSync(file, await crowdBundle(some, part));
    await takeIn(hub, file);
    fs.rmSync(file);
  };
  for (let at = 0; at < speakers.length; at += ARRIVE_TOGETHER)
    await arrive(speakers.slice(at, at + ARRIVE_TOGETHER), 'first');
  hub.now = workload.delta.at(-1)?.time ?? START;
  const late = speakers.filter(({ later }) => later && later.length > 0);
  return handOver(hub, reader, places, () => arrive(late, 'later'));
}

function speakersOf(workload: Workload): Speaker[] {
  const topic = rendezvousTopic(TOPIC);
  const first = byAuthor([...workload.rounds()].flat());
  const later = byAuthor(workload.delta);
  return workload.authors.map((name, author) => {
    const said = { messages: first.get(author) ?? [], later: later.get(author) ?? [] };
    return { name, topic, label: TOPIC, ...said };
  });
}

function byAuthor(messages: readonly Message[]): Map<number, Said[]> {
  const found = new Map<number, Said[]>();
  for (const { author, time, text } of messages) {
    const own = found.get(author);
    if (own) own.push({ time, text });
    else found.set(author, [{ time, text }]);
  }
  return found;
}
