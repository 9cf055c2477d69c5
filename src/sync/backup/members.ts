// What the first two members of a backup say: whose repository it is of, and what opens files that were sealed to its device
// (spec/backup.md, "Members").
import { SatchelError } from '../../format/error.js';
import type { DeviceKey, PersonId } from '../../format/ids.js';
import type { Former } from '../../identity/former.js';
import { fieldsOf, isId } from '../../identity/json-shape.js';
import { recipientKeysIn, type Secrets } from '../../identity/secrets.js';
import { REPOSITORY_VERSION } from '../../repository/layout.js';

/** The name of the first member ... */
export const ABOUT_NAME = 'backup.json';
/** ... and of the second. */
export const RECIPIENTS_NAME = 'keys/recipients.json';
/** Bytes of either, at most: a device keeps a handful of keys. */
export const SMALL_MEMBER_MAX = 65_536;
const FORMAT = 'satchel-backup/1';

/** What a backup says of itself. */
export interface About extends Former {
  /** When it was made, ms. */
  readonly made: number;
  /** The version of the repository in it. */
  readonly repository: number;
}

/** As JSON. */
export function encodeAbout({ made, repository, person, device, name, card }: About): Buffer {
  return Buffer.from(`${JSON.stringify({ format: FORMAT, made, repository, person, device, name, card })}\n`);
}

/** @throws SatchelError `newer-version`, `bad-tar` when it is malformed */
export function decodeAbout(bytes: Buffer): About {
  const { format, made, repository, person, device, name, card } = parse(bytes, ABOUT_NAME);
  const isNewer = typeof format === 'string' && format !== FORMAT && format.startsWith('satchel-backup/');
  if (isNewer || (Number(repository) > REPOSITORY_VERSION && format === FORMAT)) {
    throw new SatchelError('newer-version', 'the backup was made by a newer version', { hint: 'update satchel' });
  }
  if (format !== FORMAT || !isWhole(made) || repository !== REPOSITORY_VERSION) throw malformed(ABOUT_NAME);
  if (!isId<PersonId>(person) || !isId<DeviceKey>(device)) throw malformed(ABOUT_NAME);
  if (typeof name !== 'string' || typeof card !== 'string') throw malformed(ABOUT_NAME);
  return { made, repository, person, device, name, card };
}

/** What goes along of the secret keys: what opens, and nothing that signs. */
export type OpeningKeys = Pick<Secrets, 'recipients' | 'vault'>;

/** As JSON. */
export function encodeOpeningKeys({ recipients, vault }: OpeningKeys): Buffer {
  return Buffer.from(`${JSON.stringify({ recipients, vault })}\n`);
}

/** @throws SatchelError `bad-tar` when it is malformed */
export function decodeOpeningKeys(bytes: Buffer): OpeningKeys {
  const { recipients, vault } = parse(bytes, RECIPIENTS_NAME);
  const keys = recipientKeysIn(recipients);
  if (!keys || !(vault === undefined || typeof vault === 'string')) throw malformed(RECIPIENTS_NAME);
  return { recipients: keys, ...(vault !== undefined && { vault }) };
}

function parse(bytes: Buffer, name: string): ReturnType<typeof fieldsOf> {
  try {
    return fieldsOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    // the parser's own words are not kept: they quote what it read
    throw malformed(name);
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function malformed(name: string): SatchelError {
  return new SatchelError('bad-tar', `${name} in the backup is malformed`, { hint: 'use another backup' });
}
