// What is wrong with the secret keys themselves (spec/repository.md, "Check").
import { SatchelError } from '../format/error.js';
import { decodeCreateStatement } from '../format/private/create-statement.js';
import { isRestored } from '../identity/former.js';
import { keyProblems } from '../identity/key-halves.js';
import { Keyring } from '../identity/keyring.js';
import type { PassphraseSource } from '../identity/keys.js';
import { readSelf } from '../identity/self.js';
import { readTopicKeys, topicKeyProblems } from '../identity/topic-keys.js';
import { readWaiting } from '../identity/waiting.js';
import { layoutOf } from '../repository/layout.js';
import { readTopics, type Topic } from '../topic/topics.js';
import type { Finding } from './check.js';

/** What became of comparing the keys with their public halves. */
export interface KeysChecked {
  readonly findings: readonly Finding[];
  /** False when they are under a passphrase that nobody gave: then nothing is known of them. */
  readonly areCompared: boolean;
}

/** Keys that cannot be read, or do not belong to what is known of them; without a passphrase those under one are left alone. */
export async function checkKeys(directory: string, passphrase: PassphraseSource | undefined): Promise<KeysChecked> {
  const where = layoutOf(directory).keys;
  const finding = (message: string, severity: Finding['severity'] = 'error'): Finding => ({
    severity,
    code: 'secrets',
    message,
    where,
  });
  try {
    const keyring = new Keyring(directory, passphrase);
    const secrets = await keyring.read();
    const problems = isNobodyYet(directory) ? [] : await keyProblems(readSelf(directory), secrets);
    const ofTopics = await topicKeyProblems(keyring);
    const lost = await lostTopics(directory, keyring);
    const findings = [...problems, ...ofTopics, ...lost].map((problem) => finding(problem));
    return { findings: [...findings, ...nobodyFindings(directory)], areCompared: true };
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    if (error.code === 'locked') return { findings: [], areCompared: false };
    if (error.code === 'wrong-passphrase') return { findings: [finding(UNOPENED, 'hint')], areCompared: false };
    // the identity is looked at elsewhere
    const isElsewhere = error.message.includes('self.json');
    return { findings: isElsewhere ? [] : [finding(error.message)], areCompared: !isElsewhere };
  }
}

/** Joined private topics of which there is no key: who joins one, or begins it, has them from then on. */
async function lostTopics(directory: string, keyring: Keyring): Promise<string[]> {
  const joined = joinedPrivate(directory);
  if (joined.length === 0) return [];
  const { topics } = await readTopicKeys(keyring);
  const had = new Set(topics.map(({ statement }) => decodeCreateStatement(statement).topic));
  return joined.flatMap(({ topic, label }) =>
    had.has(topic)
      ? []
      : `the keys of your private topic "${label}" are gone from keys/topics: they are in a backup, or come again when somebody in it runs "satchel topic invite" with your name`,
  );
}

function joinedPrivate(directory: string): readonly Topic[] {
  try {
    return readTopics(directory).topics.filter(({ kind, joined }) => kind === 'private' && joined);
  } catch (error) {
    // what was decided about topics is looked at elsewhere
    if (error instanceof SatchelError) return [];
    throw error;
  }
}

/** Nothing is wrong with a device that has yet to become somebody's, and nothing is to be repaired. */
function nobodyFindings(directory: string): Finding[] {
  if (!isNobodyYet(directory)) return [];
  try {
    readSelf(directory);
    return [];
  } catch (error) {
    if (!(error instanceof SatchelError) || error.code !== 'no-identity') throw error;
    const message = `${error.message}: ${error.hint}`;
    return [{ severity: 'hint', code: 'no-identity', message, where: layoutOf(directory).refs }];
  }
}

function isNobodyYet(directory: string): boolean {
  return isRestored(directory) || readWaiting(directory) !== undefined;
}

const UNOPENED = 'the passphrase does not open the secret keys: it is another one, or keys/secrets.age has rotten';
