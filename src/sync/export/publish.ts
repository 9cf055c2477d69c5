// Before an export: what is new of this person's devices goes into the person log of this one (spec/devices.md, "Person log").

import type { DeviceList } from '../../identity/device-list.js';
import { deviceState, readDevices } from '../../identity/devices.js';
import { storedCardBytes } from '../../identity/stored-card.js';
import type { LogSummary } from '../../repository/index/summary.js';
import type { Repository } from '../../repository/repository.js';
import { PERSON_LABEL, personTopic } from '../../topic/person-topic.js';
import { AT, CARD, DEVICES, type PersonEvent, personEventsIn } from '../../topic/reading/person-log.js';
import { type Author, activeLog } from '../../topic/writing/own-log.js';
import { type Draft, postLocked } from '../../topic/writing/post.js';

/**
 * Appends the own card, the device list that counts and the own addresses, each when it is another one than was last written
 * there; returns the author as it is afterwards. A person of whom there is nothing to say begins no log. Only under the lock.
 */
export async function publishPerson(repository: Repository, author: Author): Promise<Author> {
  const drafts = draftsFor(repository, author);
  if (drafts.length === 0) return author;
  const place = { topic: personTopic(author.self.person), label: PERSON_LABEL };
  return (await postLocked(repository, author, place, drafts)).author;
}

function draftsFor(repository: Repository, { self, secrets }: Author): Draft[] {
  const known = readDevices(repository.directory).get(self.person);
  const logs = repository.logsOfPerson(self.person).filter(({ topic }) => topic === personTopic(self.person));
  const log = activeLog(repository, self.device, logs);
  // a card that was never renewed comes with every bundle
  const at = self.at ?? [];
  if (!log && !known && at.length === 0 && secrets.recipients.length === 1) return [];
  const said = log ? lastSaid(repository, log) : {};
  const list = known && deviceState(self, known).list;
  return [...cardDraft(storedCardBytes(self.card), said.card), ...listDraft(list, said.list), ...atDraft(at, said.at)];
}

/** The last of each kind. */
interface LastSaid {
  readonly card?: Extract<PersonEvent, { type: typeof CARD }> | undefined;
  readonly list?: Extract<PersonEvent, { type: typeof DEVICES }> | undefined;
  readonly at?: Extract<PersonEvent, { type: typeof AT }> | undefined;
}

function lastSaid(repository: Repository, log: LogSummary): LastSaid {
  let said: LastSaid = {};
  for (const event of personEventsIn(repository, log))
    said = {
      card: event.type === CARD ? event : said.card,
      list: event.type === DEVICES ? event : said.list,
      at: event.type === AT ? event : said.at,
    };
  return said;
}

function cardDraft(card: Buffer, last: LastSaid['card']): Draft[] {
  if (last?.card.bytes.equals(card)) return [];
  return [{ type: CARD, body: card, meta: { housekeeping: true, ...retracting(last) } }];
}

function listDraft(list: DeviceList | undefined, last: LastSaid['list']): Draft[] {
  if (!list || last?.list.digest === list.digest) return [];
  return [{ type: DEVICES, body: [list.bytes, list.signature], meta: retracting(last) }];
}

function atDraft(at: readonly string[], last: LastSaid['at']): Draft[] {
  if (at.join(' ') === (last?.at ?? []).join(' ')) return [];
  return [{ type: AT, body: [...at], meta: retracting(last) }];
}

function retracting(last: PersonEvent | undefined) {
  return last ? { retracts: [{ from: last.seq, end: last.seq + 1 }] } : {};
}
