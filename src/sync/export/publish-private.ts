// Before an export: what members of private topics have to be told and given (spec/private.md, "Sharing").
import type { PersonId } from '../../format/ids.js';
import { devicesOf } from '../../identity/relations.js';
import { keyringOf } from '../../topic/message/interpret.js';
import type { Author } from '../../topic/writing/own-log.js';
import { shareKeys } from '../../topic/writing/share-keys.js';
import { stateDevices } from '../../topic/writing/state-devices.js';
import { tellAndAnswer } from '../../topic/writing/tell-needs.js';
import { knownPersonLogs } from '../known/person-logs.js';
import { readStatement } from '../known/statements.js';
import { isLeft, type Session } from '../session.js';
import { orPassOver } from './passing-over.js';

/**
 * States the own devices in private topics that we are or were in; in joined ones shares keys that are due, asks for those that are
 * lacking and answers who asks. Returns the author as it is afterwards. Only under the lock.
 */
export async function publishPrivate(session: Session, author: Author): Promise<Author> {
  const { repository, topics } = session;
  const keyring = keyringOf(repository);
  const ours = topics.topics.filter((one) => one.kind === 'private' && (one.joined || isLeft(one)));
  if (ours.length === 0 && !keyring.isLocked) return author;
  const isAwaited = (person: PersonId): boolean => isAwaitedBy(session, person);
  let current = author;
  for (const { topic, joined } of ours) {
    await orPassOver(repository, author, topic, async () => {
      current = await stateDevices(repository, current, topic, isAwaited);
      if (!joined) return;
      current = (await shareKeys(repository, current, topic)).author;
      current = await tellAndAnswer(repository, current, topic);
    });
  }
  return current;
}

/** Whether a contact, or another device of our own, has sent nothing here since it took in what this device says of its user's devices. */
function isAwaitedBy(session: Session, person: PersonId): boolean {
  const { repository, self } = session;
  const own = knownPersonLogs(session).filter(({ device }) => device === self.device);
  const devices = devicesOf(session, person).filter((device) => device !== self.device);
  const hasHeard = devices.some((device) => {
    const said = readStatement(repository, device)?.frontier;
    return own.some(({ log }) => (said?.get(log)?.length ?? 0) > 0);
  });
  return devices.length > 0 && !hasHeard;
}
