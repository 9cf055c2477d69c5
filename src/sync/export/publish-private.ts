// Before an export: what members of private topics have to be told and given (spec/private.md, "Sharing").
import { keyringOf } from '../../topic/message/interpret.js';
import type { Author } from '../../topic/writing/own-log.js';
import { shareKeys } from '../../topic/writing/share-keys.js';
import { stateDevices } from '../../topic/writing/state-devices.js';
import { tellAndAnswer } from '../../topic/writing/tell-needs.js';
import type { Session } from '../session.js';
import { orPassOver } from './passing-over.js';

/** Shares keys that are due, asks for those that are lacking and answers who asks, in joined private topics; returns the author as it is afterwards. Only under the lock. */
export async function publishPrivate({ repository, topics }: Session, author: Author): Promise<Author> {
  const keyring = keyringOf(repository);
  const joined = topics.topics.filter(({ kind, joined: isIn }) => kind === 'private' && isIn);
  if (joined.length === 0 && !keyring.isLocked) return author;
  let current = author;
  for (const { topic } of joined) {
    await orPassOver(repository, author, topic, async () => {
      current = await stateDevices(repository, current, topic);
      current = (await shareKeys(repository, current, topic)).author;
      current = await tellAndAnswer(repository, current, topic);
    });
  }
  return current;
}
