// What is wrong with the secret keys themselves (spec/repository.md, "Check").
import { SatchelError } from '../format/error.js';
import { keyProblems } from '../identity/key-halves.js';
import { readSecrets } from '../identity/keys.js';
import { readSelf } from '../identity/self.js';
import { layoutOf } from '../repository/layout.js';
import type { Finding } from './check.js';

/** Keys that cannot be read, or do not belong to what is known of them; nobody is asked for a passphrase. */
export async function keyFindings(directory: string): Promise<Finding[]> {
  const where = layoutOf(directory).keys;
  const finding = (message: string): Finding => ({ severity: 'error', code: 'secrets', message, where });
  try {
    const secrets = await readSecrets(directory, undefined);
    return (await keyProblems(readSelf(directory), secrets)).map(finding);
  } catch (error) {
    if (!(error instanceof SatchelError)) throw error;
    // the identity is looked at elsewhere, and age itself notices what is wrong under a passphrase
    const isElsewhere = error.code === 'locked' || error.message.includes('self.json');
    return isElsewhere ? [] : [finding(error.message)];
  }
}
