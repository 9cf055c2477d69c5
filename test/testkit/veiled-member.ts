// A person in a private topic: its log there, written by hand with its own device, and its keys, given to it.
import { createHash } from 'node:crypto';
import type { EpochId, LogId, TopicId } from '../../src/format/ids.js';
import { encodeIntroduction } from '../../src/format/log/introduction.js';
import type { EpochKeys } from '../../src/format/private/epoch.js';
import { storedCardBytes } from '../../src/identity/stored-card.js';
import { type Opened, placeLogs } from '../../src/topic/placing.js';
import { newTopic, readTopics, withTopic, writeTopics } from '../../src/topic/topics.js';
import type { Replica } from './replica.js';
import { VeiledLog } from './veiled-log.js';
import { sha256 } from './wire.js';
import { wireSecret } from './wire-veiled.js';

/** The topic of these tests. */
export const GARDEN = createHash('sha256').update('private garden').digest('hex') as TopicId;
/** Its only epoch. */
export const EPOCH: EpochKeys & { readonly data: Buffer } = {
  id: sha256('epoch').toString('hex') as EpochId,
  control: wireSecret('control'),
  data: wireSecret('data'),
};

/** The log of a person in the topic. */
export async function logOf(person: Replica, label = person.name, isOpen = false): Promise<VeiledLog> {
  const { secrets, self } = await person.author();
  const fields = { topic: GARDEN, label: 'garden', person: self.person, card: storedCardBytes(self.card) };
  return new VeiledLog({
    isOpen,
    seed: sha256(`log of ${label} in the garden`),
    introduction: (log) => encodeIntroduction(log.toString('hex') as LogId, fields, secrets.device),
  });
}

/** Gives somebody the keys, and has it join. */
export function letIn(person: Replica, epochs: readonly EpochKeys[] = [EPOCH], isLocked = false): Opened {
  const topics = readTopics(person.directory);
  writeTopics(person.directory, withTopic(topics, { ...newTopic(GARDEN, 'garden', 'created'), joined: true }));
  person.topicKeys = { secrets: new Map(epochs.length > 0 ? [[GARDEN, epochs]] : []), isLocked };
  person.reopen();
  return place(person);
}

/** Places what its keys open. */
export function place(person: Replica, options: Parameters<typeof placeLogs>[1] = {}): Opened {
  return person.repository.locked(() => placeLogs(person.repository, options));
}
