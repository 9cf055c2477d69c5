// Each secret key against its public half, which stands elsewhere (spec/repository.md, "Secret keys"): what a wrong digit
// would sign, everybody refuses.
import { SatchelError } from '../format/error.js';
import { type LogId, shortId } from '../format/ids.js';
import { publicKeyOf } from '../format/signature/signature.js';
import { recipientOf } from './age.js';
import { cardFoundingBytes, cardRecipientBytes } from './card.js';
import { recoveryKeyOf } from './founding.js';
import { backupRecipient } from './recovery.js';
import type { Secrets } from './secrets.js';
import type { Self } from './self.js';
import { storedCardBytes } from './stored-card.js';

const HINT = 'restore keys/ from a backup; what is written stays readable without it';

/** Passes keys whose device key is that of the identity. @throws SatchelError `damaged` when it is another one */
export function assertDeviceKey(self: Pick<Self, 'device'>, secrets: Secrets): void {
  if (!isDeviceKey(self, secrets)) throw new SatchelError('damaged', `keys: ${DEVICE_PROBLEM}`, { hint: HINT });
}

/** Passes the seed of the recovery key that the own card names. @throws SatchelError `damaged` when it is that of another */
export function assertRecoveryKey(self: Pick<Self, 'card'>, recovery: Buffer): void {
  if (!isRecoveryKey(self, recovery)) throw new SatchelError('damaged', `keys: ${RECOVERY_PROBLEM}`, { hint: HINT });
}

/** The seed of a log's key, when there is one. @throws SatchelError `damaged` when it is that of another log */
export function seedOf(secrets: Secrets, log: LogId): Buffer | undefined {
  const seed = secrets.logs.get(log);
  if (seed && !isLogKey(log, seed)) throw new SatchelError('damaged', `keys: ${logProblem(log)}`, { hint: LOG_HINT });
  return seed;
}

/** What is wrong with secret keys, in words; empty when each is the other half of what is known. */
export async function keyProblems(self: Self, secrets: Secrets): Promise<string[]> {
  const logs = [...secrets.logs].filter(([log, seed]) => !isLogKey(log, seed)).map(([log]) => logProblem(log));
  const isRecipient = await matchesRecipient(self, secrets);
  const isRecovery = await matchesRecovery(self, secrets);
  return [
    ...(isDeviceKey(self, secrets) ? [] : [DEVICE_PROBLEM]),
    ...(isRecipient ? [] : ['the age identity does not belong to the own card']),
    ...(isRecovery ? [] : [RECOVERY_PROBLEM]),
    ...logs,
  ];
}

const RECOVERY_PROBLEM = 'the recovery key does not belong to the own card, or backups are sealed to another one';
const DEVICE_PROBLEM = 'the device key does not belong to the device in refs/self.json';
const LOG_HINT =
  'restore keys/ from a backup; or take that log out of keys/secrets.json: then you write on in a new one';

function logProblem(log: LogId): string {
  return `the key of log ${shortId(log)} does not belong to it`;
}

function isDeviceKey({ device }: Pick<Self, 'device'>, secrets: Secrets): boolean {
  return publicKeyOf(secrets.device).toString('hex') === device;
}

function isLogKey(log: LogId, seed: Buffer): boolean {
  return publicKeyOf(seed).toString('hex') === log;
}

function isRecoveryKey({ card }: Pick<Self, 'card'>, recovery: Buffer): boolean {
  const key = recoveryKeyOf(cardFoundingBytes(storedCardBytes(card)));
  return key?.equals(publicKeyOf(recovery)) === true;
}

async function matchesRecovery(self: Self, { recovery, backup }: Secrets): Promise<boolean> {
  if (recovery === undefined) return true;
  const isBackup = backup !== undefined && (await backupRecipient(recovery)).equals(backup);
  return isBackup && isRecoveryKey(self, recovery);
}

async function matchesRecipient({ card }: Self, { recipients }: Secrets): Promise<boolean> {
  try {
    const onCard = cardRecipientBytes(storedCardBytes(card));
    const halves = await Promise.all(recipients.map(({ key }) => recipientOf(key)));
    // a newer one is on the next card
    return halves.some((half) => half.equals(onCard));
  } catch (error) {
    if (error instanceof SatchelError) return false;
    throw error;
  }
}
