// Commands that opened the author before another one took the lock: what that one did counts (spec/repository.md, "Restored and
// copied repositories").
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Keyring } from '../../src/identity/keyring.js';
import { readSecrets, writeSecrets } from '../../src/identity/keys.js';
import { readSelf } from '../../src/identity/self.js';
import { rendezvousTopic } from '../../src/topic/rendezvous.js';
import { authorIn } from '../../src/topic/writing/author.js';
import type { Author } from '../../src/topic/writing/own-log.js';
import { type PostReport, post } from '../../src/topic/writing/post.js';
import { Replica } from '../testkit/replica.js';
import { scratchDirectory } from '../testkit/scratch.js';

const LIMIT_MS = 60_000;
/** A passphrase costs nothing to try. */
const CHEAP = { workFactor: 10 };

describe.each([
  ['plain keys', undefined],
  ['keys under a passphrase', 'a passphrase'],
])('with %s, of two that were opened before either wrote', (_, passphrase) => {
  it('one gives up the logs, and both write in the same new one', { timeout: LIMIT_MS }, async () => {
    const ana = await Replica.create('ana', scratchDirectory());
    await ana.post('garden', 'one');
    const one = await opened(ana, passphrase);
    const two = await opened(ana, passphrase);
    fs.rmSync(ana.stateDirectory, { recursive: true });
    const first = await write(ana, one.author);
    const second = await write(ana, two.author);
    expect([first.renewed, second.renewed]).toEqual([true, false]);
    expect(second.posted[0]?.log).toBe(first.posted[0]?.log);
    expect(ana.repository.logsOfTopic(rendezvousTopic('garden'))).toHaveLength(2);
    expect(second.author.self.epoch).toBe(readSelf(ana.directory).epoch);
    // nobody is asked for it with the lock in hand
    expect([one.asked(), two.asked()]).toEqual(passphrase === undefined ? [0, 0] : [1, 1]);
  });

  it('both write in one log, where there was none', { timeout: LIMIT_MS }, async () => {
    const ana = (await Replica.create('ana', scratchDirectory())).join('garden');
    const one = await opened(ana, passphrase);
    const two = await opened(ana, passphrase);
    const first = await write(ana, one.author);
    const second = await write(ana, two.author);
    expect(second.posted[0]?.log).toBe(first.posted[0]?.log);
    expect([first.renewed, second.renewed]).toEqual([false, false]);
  });
});

interface Opened {
  readonly author: Author;
  /** How often it was asked for the passphrase. */
  asked(): number;
}

async function opened({ directory, stateDirectory }: Replica, passphrase: string | undefined): Promise<Opened> {
  let asked = 0;
  const source = async (): Promise<string> => {
    asked++;
    return passphrase ?? '';
  };
  if (passphrase !== undefined) await seal(directory, passphrase);
  const author = await authorIn(directory, new Keyring(directory, source, CHEAP), { stateDirectory });
  return { author, asked: () => asked };
}

async function seal(directory: string, passphrase: string): Promise<void> {
  const secrets = await readSecrets(directory, async () => passphrase);
  await writeSecrets(directory, secrets, passphrase, CHEAP);
}

function write({ repository }: Replica, author: Author): Promise<PostReport> {
  return post(repository, author, { topic: rendezvousTopic('garden'), label: 'garden' }, [{ body: 'text' }]);
}
