// What is wrong with the secret keys themselves (spec/repository.md, "Check").
import { SatchelError } from '../format/error.js';
import { keyProblems } from '../identity/key-halves.js';
import { Keyring } from '../identity/keyring.js';
import type { PassphraseSource } from '../identity/keys.js';
import { readSelf } from '../identity/self.js';
import { topicKeyProblems } from '../identity/topic-keys.js';
import { layoutOf } from '../repository/layout.js';
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
    const problems = await keyProblems(readSelf(directory), await keyring.read());
    const ofTopics = await topicKeyProblems(keyring);
    return { findings: [...problems, ...ofTopics].map((problem) => finding(problem)), areCompared: true };
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    if (error.code === 'locked') return { findings: [], areCompared: false };
    if (error.code === 'wrong-passphrase') return { findings: [finding(UNOPENED, 'hint')], areCompared: false };
    // the identity is looked at elsewhere
    const isElsewhere = error.message.includes('self.json');
    return { findings: isElsewhere ? [] : [finding(error.message)], areCompared: !isElsewhere };
  }
}

const UNOPENED = 'the passphrase does not open the secret keys: it is another one, or keys/secrets.age has rotten';
