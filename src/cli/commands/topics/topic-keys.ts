// The keys of private topics, for commands that meet one (spec/cli.md, "Passphrase"): without a passphrase they are at hand from the
// beginning.
import { SatchelError } from '../../../format/error.js';
import { hasTopicKeys, topicKeysDirectory } from '../../../identity/topic-keys-there.js';
import { namesIn } from '../../../repository/files.js';
import { isUnplaced, type LogSummary } from '../../../repository/index/summary.js';
import type { Settled } from '../../../sync/import/settled.js';
import { knownPersonLogs } from '../../../sync/known/person-logs.js';
import { openSession, type Session } from '../../../sync/session.js';
import { keyringOf } from '../../../topic/message/interpret.js';
import { LiveKeyring } from '../../../topic/message/keyring.js';
import { type Topic, topicOfId } from '../../../topic/topics.js';
import type { Context } from '../../command/context.js';
import { PASSPHRASE_FILE_VARIABLE } from '../../terminal/passphrase.js';
import { findMessage } from '../conversation/find-message.js';

/**
 * Opens them if one of the topics is private; `ask` asks for the passphrase, `file` takes it from its file alone. Whether they are
 * open now, or were not needed.
 * @throws SatchelError `wrong-passphrase`, `damaged`
 */
export async function openTopicKeys(
  context: Context,
  topics: readonly (Topic | undefined)[],
  policy: 'ask' | 'file',
): Promise<boolean> {
  const live = keyringOf(await context.repository());
  if (!(live instanceof LiveKeyring) || !live.isLocked || !topics.some((topic) => topic?.kind === 'private'))
    return true;
  if (policy === 'file' && !(await areKeysAtHand(context))) return false;
  try {
    const { readTopicKeys } = await import('../../../identity/topic-keys.js');
    live.take((await readTopicKeys(await context.keyring())).topics);
    live.isLocked = false;
    await catchUp(context);
    return true;
  } catch (error) {
    // what is there is shown as locked
    if (error instanceof SatchelError && error.code === 'locked') return false;
    throw error;
  }
}

/**
 * For a command that stays: what it returns takes in keys that other commands have kept since it was called last, unless they are
 * closed. A file of keys is never changed, so their names tell.
 */
export function openKeyRenewal(context: Context): () => Promise<void> {
  const list = (): string => namesIn(topicKeysDirectory(context.directory)).sort().join();
  let known = list();
  return async () => {
    const now = list();
    const live = keyringOf(await context.repository());
    if (now === known || !(live instanceof LiveKeyring) || live.isLocked) return;
    const keyring = await context.keyring();
    if (!keyring.isOpen && !(await areKeysAtHand(context))) return;
    const { readTopicKeys } = await import('../../../identity/topic-keys.js');
    live.take((await readTopicKeys(keyring)).topics);
    known = now;
  };
}

/** Said where what is private stayed closed. */
export function noteLocked(context: Context): void {
  context.note(`what is private stayed locked: give the passphrase on a terminal, or in ${PASSPHRASE_FILE_VARIABLE}`);
}

/** What is said where a command cannot do without them. */
export function topicKeysLocked(): SatchelError {
  return new SatchelError('locked', 'the keys of private topics are under a passphrase', {
    hint: `give it on a terminal, or in ${PASSPHRASE_FILE_VARIABLE}`,
  });
}

/** What came, or was indexed anew, while the keys were closed is placed and read now; what another command is about to do, too. */
async function catchUp(context: Context): Promise<void> {
  const repository = await context.repository();
  const session = openSession(repository);
  const isClosed = (log: LogSummary): boolean => log.veiled && log.waits;
  const topics = session.topics.topics.filter(({ kind }) => kind === 'private');
  const isLeft = topics.some(({ topic }) => repository.logsOfTopic(topic).some(isClosed));
  if (!isLeft && ![...repository.unplacedLogs()].some(isUnplaced)) return;
  try {
    await settleIfPossible(context, session, repository.lastArrival);
  } catch (error) {
    // it does the same as soon as it is done with what it is at
    if (!(error instanceof SatchelError) || error.code !== 'busy') throw error;
  }
}

/** Whether the secret keys are had without asking anybody. */
export async function areKeysAtHand({ directory, env }: Context): Promise<boolean> {
  const { secretsForm } = await import('../../../identity/keys.js');
  return secretsForm(directory) === 'plain' || Boolean(env[PASSPHRASE_FILE_VARIABLE]);
}

/**
 * Takes in letters and keys, and places logs, where there may be any and keys are at hand; nobody is asked for it. What came after
 * commit `since` was counted then.
 */
export async function settleIfPossible(
  context: Context,
  session: Session,
  since: number,
): Promise<Settled | undefined> {
  const keyring = await context.keyring();
  if (!mayBring(session) || !(keyring.isOpen || (await areKeysAtHand(context)))) return undefined;
  const { settlePrivate } = await import('../../../sync/import/settle.js');
  return settlePrivate(session, keyring, { since });
}

/** Whether anything is held that keys could open: what does it is loaded only then. */
function mayBring(session: Session): boolean {
  const { repository, self } = session;
  if (hasTopicKeys(repository.directory)) return true;
  if ([...repository.unplacedLogs()].some(isUnplaced)) return true;
  return knownPersonLogs(session).some(({ device }) => device !== self.device);
}

/** Opens them if the message of that id is in a private topic; whether they are open now, or were not needed. */
export async function openKeysOfMessage(context: Context, wanted: string): Promise<boolean> {
  const repository = await context.repository();
  if (!keyringOf(repository).isLocked) return true;
  const { topics } = openSession(repository);
  const place = findMessage(repository, wanted);
  return openTopicKeys(context, [topicOfId(topics, repository.log(place.log)?.topic)], 'ask');
}
