// A further device of somebody, added and joined as the commands do it, with files that nobody swaps.
import { answerRequest } from '../../src/identity/add-device.js';
import { parseRequest } from '../../src/identity/device-request.js';
import { fileKeysOf } from '../../src/identity/file-keys.js';
import { joinPerson, openWelcome } from '../../src/identity/join-device.js';
import { Keyring } from '../../src/identity/keyring.js';
import { readTopicKeys } from '../../src/identity/topic-keys.js';
import { createWaiting } from '../../src/identity/waiting.js';
import { createRepository, sealRepository } from '../../src/repository/create.js';
import { welcomeTopics } from '../../src/topic/welcomed.js';
import { Replica } from './replica.js';
import { sha256 } from './wire.js';

/** The device called `label`, which is one of those of whoever `authority` belongs to. */
export async function pair(authority: Replica, label: string, parent: string): Promise<Replica> {
  let drawn = 0;
  const random = (size: number): Buffer => {
    drawn += 1;
    return Buffer.concat(
      Array.from({ length: Math.ceil(size / 32) }, (_, i) => sha256(`${label} ${drawn} ${i}`)),
    ).subarray(0, size);
  };
  const chance = { now: authority.now, random };
  const directory = `${parent}/${label}`;
  const layout = createRepository(directory);
  const request = await createWaiting(directory, { label, ...chance });
  sealRepository(layout);
  const { self, secrets } = await authority.author();
  const kept = await readTopicKeys(new Keyring(authority.directory, undefined));
  const answered = await answerRequest(
    authority.directory,
    {
      self,
      secrets,
      label: 'desk',
      topics: welcomeTopics({ current: undefined, topics: [], carryAll: false }, kept.topics),
    },
    parseRequest(`satchelrequest1:${request.bytes.toString('base64url')}`),
    chance,
  );
  const keyring = new Keyring(directory, undefined);
  const keys = fileKeysOf(keyring, () => authority.now);
  const welcome = await openWelcome(directory, answered.file, { keys, request });
  await joinPerson(directory, keyring, welcome, chance);
  return Replica.at(label, directory, authority.now);
}
