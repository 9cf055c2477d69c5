// What of each topic waits on the drives that were met, as it was at the last visits (spec/cli.md, "Topics").
import type { TopicId } from '../../format/ids.js';
import { countMessages, waitingOf } from '../export/pending.js';
import { knowledgeOf } from '../known/knowledge.js';
import { recipientsOf } from '../known/recipients.js';
import { activeContacts, type Session } from '../session.js';
import { verifiedBundles } from './holdings.js';
import { type LogRanges, unionOf } from './log-ranges.js';
import { LyingFor } from './lying-for.js';
import { type DriveMemory, readMemory, rememberedDrives } from './memory.js';
import { servingOf } from './waiting.js';

/** Messages of one topic that somebody whom the drive serves is not known to have taken. */
export interface WaitingTopic {
  readonly drive: string;
  readonly label: string;
  readonly messages: number;
}

/** Of each topic the drives on which something of it waits, by label. */
export function topicsWaiting(session: Session): ReadonlyMap<TopicId, readonly WaitingTopic[]> {
  const { repository } = session;
  const found = new Map<TopicId, WaitingTopic[]>();
  for (const drive of rememberedDrives(repository.layout)) {
    const memory = readMemory(repository.layout, drive);
    if (!memory) continue;
    for (const [topic, messages] of countsOn(session, drive, memory))
      found.set(topic, [...(found.get(topic) ?? []), { drive, label: memory.label, messages }]);
  }
  for (const list of found.values()) list.sort((a, b) => (a.label < b.label ? -1 : 1));
  return found;
}

function countsOn(session: Session, drive: string, memory: DriveMemory): Map<TopicId, number> {
  const { repository } = session;
  const lying = new LyingFor(session, verifiedBundles(repository, drive, memory.files));
  const serves = servingOf(session, drive, memory.listed);
  const waiting: LogRanges[] = [...activeContacts(session), session.self].flatMap(({ person }) => {
    if (!serves(person)) return [];
    return recipientsOf(session, person).map((device) => {
      const logs = waitingOf(repository, lying.for(device).ranges, knowledgeOf(repository, device));
      return new Map(logs.map(({ log, ranges }) => [log, ranges]));
    });
  });
  const counts = new Map<TopicId, number>();
  for (const [log, ranges] of unionOf(waiting)) {
    const topic = repository.log(log)?.topic;
    const messages = countMessages(repository, [{ log, ranges }]);
    if (topic !== undefined && messages > 0) counts.set(topic, (counts.get(topic) ?? 0) + messages);
  }
  return counts;
}
