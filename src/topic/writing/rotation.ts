// The key on the own card is renewed now and then, and old ones are let go, so that who seizes this device later can't open
// what was sealed long before (spec/card.md, "Rotation").
import { SatchelError } from '../../format/error.js';
import { recipientOf } from '../../identity/age.js';
import { cardRecipientBytes } from '../../identity/card.js';
import type { Keyring } from '../../identity/keyring.js';
import { ownDevices } from '../../identity/own-devices.js';
import { keepUses, noteOpened, notePublished, readUses } from '../../identity/recipient-uses.js';
import {
  isAhead,
  isRotationDue,
  newRecipient,
  type Rotation,
  settledRecipients,
  type Uses,
} from '../../identity/rotation.js';
import type { RecipientKey, Secrets } from '../../identity/secrets.js';
import type { Repository } from '../../repository/repository.js';
import type { Author } from './own-log.js';

/**
 * The author with a new key where the newest one is due, by its age or because a device of the person was removed; durable when
 * it returns. Only under the lock.
 */
export async function withNewRecipient({ directory, world }: Repository, author: Author): Promise<Author> {
  const { rotation } = author;
  if (!rotation) return author;
  const { removed } = ownDevices(directory, author.self);
  const now = world.now();
  // the others are asked only where the own clock or the one before was wrong
  const others = author.secrets.recipients[0].from > now ? await rotation.othersClock() : undefined;
  const occasion = { now, others, days: rotation.days, removed };
  if (!isRotationDue(author.secrets, occasion)) return author;
  try {
    return { ...author, secrets: await author.save(await newRecipient((size) => world.random(size), occasion)) };
  } catch (error) {
    if (!(error instanceof SatchelError) || error.code === 'internal') throw error;
    rotation.onFailure(error);
    return author;
  }
}

/** Whether the card has another key than the newest: it was renewed, and the card is still to be. */
export async function isCardBehind({ rotation, secrets, card }: Author): Promise<boolean> {
  // of a single key nothing is newer; mostly there is one
  if (!rotation || secrets.recipients.length === 1) return false;
  return !(await recipientOf(secrets.recipients[0].key)).equals(cardRecipientBytes(card));
}

/** Notes that a bundle with this card was written: from now on the keys before the one on it are replaced. */
export function noteCardSent({ directory, world }: Repository, card: Buffer): void {
  notePublished(directory, cardRecipientBytes(card).toString('hex'), world.now());
}

/** Changes the secret keys; whoever writes them anyway lets those go that nothing needs any more. Only under the lock. */
export async function saveSettled(
  keyring: Keyring,
  change: (secrets: Secrets) => Secrets,
  rotation: Rotation | undefined,
): Promise<Secrets> {
  const { recipients } = await keyring.read();
  if (!rotation || recipients.length === 1) return keyring.update(change);
  const names = new Map<string, string>();
  for (const { key } of recipients) names.set(key, (await recipientOf(key)).toString('hex'));
  const settle = await settling(keyring.directory, names, rotation);
  const saved = await keyring.update((secrets) => settle(change(secrets)));
  const kept = new Set(saved.recipients.map(({ key }) => key));
  for (const key of names.keys()) if (!kept.has(key)) names.delete(key);
  keepUses(keyring.directory, [...names.values()]);
  return saved;
}

/** What lets keys go; `names` are their public halves, hex. */
async function settling(
  directory: string,
  names: ReadonlyMap<string, string>,
  { keepDays, now, othersClock }: Rotation,
): Promise<(secrets: Secrets) => Secrets> {
  const clocks = { own: now(), others: await othersClock() };
  const before = readUses(directory);
  // one of which nothing was noted, or by a wrong clock, may have opened something today
  for (const name of names.values()) {
    const { opened } = before.get(name) ?? {};
    if (opened === undefined || (keepDays > 0 && isAhead(opened, clocks, keepDays))) {
      noteOpened(directory, name, clocks.own);
    }
  }
  const uses = readUses(directory);
  const usesOf = ({ key }: RecipientKey): Uses => uses.get(names.get(key) ?? '') ?? {};
  return (secrets) => ({
    ...secrets,
    recipients: settledRecipients(secrets.recipients, usesOf, clocks, keepDays),
  });
}
