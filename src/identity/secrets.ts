// A device's secret keys as one value and as JSON (spec/repository.md, "Secret keys"). Those that sign never leave the
// device: neither exported nor restored.

import { SatchelError } from '../format/error.js';
import type { DeviceKey, LogId } from '../format/ids.js';
import { publicKeyOf } from '../format/signature/signature.js';
import { createAgeIdentity } from './age.js';
import { type Fields, fieldsOf, isHex, isId, malformed } from './json-shape.js';
import { backupRecipient } from './recovery.js';

/** A key that files are sealed to. */
export interface RecipientKey {
  /** "AGE-SECRET-KEY-1...". */
  readonly key: string;
  /** When it was made, ms; 0 when that was not noted. */
  readonly from: number;
  /** Since when a newer one stands on the card that others have, ms. */
  readonly replaced?: number | undefined;
  /** Of the newest: the person's devices that were known to be removed when it was made; absent: none. */
  readonly removed?: readonly DeviceKey[] | undefined;
}

/** Everything secret about one device. */
export interface Secrets {
  /** The seed of the device key, 32 bytes. */
  readonly device: Buffer;
  /** The seed of the person's recovery key, 32 bytes; gone when its words were written down. */
  readonly recovery?: Buffer | undefined;
  /** The X25519 key that backups are sealed to, 32 bytes; who has the words opens them. Absent where there are no words. */
  readonly backup?: Buffer | undefined;
  /** What opens files that are sealed to this device: the identity of the card's recipient first, older ones behind it. */
  readonly recipients: readonly [RecipientKey, ...RecipientKey[]];
  /** The age identity that opens the keys of private topics, "AGE-SECRET-KEY-1..."; absent before the first of them. */
  readonly vault?: string | undefined;
  /** The seeds of the keys of the device's own logs, 32 bytes each. */
  readonly logs: ReadonlyMap<LogId, Buffer>;
}

/** New secret keys without any log, and the seed of the recovery key, which is one of them; `now` in ms. */
export async function createSecrets(
  random: (size: number) => Buffer,
  now: number,
): Promise<{ readonly secrets: Secrets; readonly recovery: Buffer }> {
  const device = random(32);
  const key = await createAgeIdentity(random);
  const recovery = random(32);
  const backup = await backupRecipient(recovery);
  return { secrets: { device, recovery, backup, recipients: [{ key, from: now }], logs: new Map() }, recovery };
}

/** The same secrets without the seed of the recovery key. */
export function withoutRecovery({ recovery: _, ...rest }: Secrets): Secrets {
  return rest;
}

/** The same secrets with the key of one more log. */
export function withLogKey(secrets: Secrets, log: LogId, seed: Buffer): Secrets {
  if (publicKeyOf(seed).toString('hex') !== log) throw new Error('the seed is not that of the log');
  return { ...secrets, logs: new Map([...secrets.logs, [log, seed]]) };
}

/** The secrets as JSON; `replaces` is noted in it, if given. */
export function encodeSecrets(secrets: Secrets, replaces?: string): Buffer {
  const { device, recovery, backup, recipients, vault, logs } = secrets;
  const seeds = Object.fromEntries([...logs].map(([log, seed]) => [log, seed.toString('hex')]));
  const halves = { recovery: recovery?.toString('hex'), backup: backup?.toString('hex') };
  const value = { format: FORMAT, device: device.toString('hex'), ...halves, recipients, vault, logs: seeds, replaces };
  return Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`);
}

/**
 * The secrets in the JSON that came out of `file`.
 * @throws SatchelError `damaged` when they are malformed, `newer-version` when this program does not know the format
 */
export function decodeSecrets(json: Buffer, file: string): Secrets {
  const { format, device, recovery, backup, age, recipients, vault, logs } = parse(json) ?? {};
  const isFirst = format === FIRST_FORMAT;
  if (typeof format === 'string' && format !== FORMAT && !isFirst && format.startsWith('satchel-secrets/')) {
    throw new SatchelError('newer-version', `${file} was made by a newer version`, { hint: 'update satchel' });
  }
  if (format !== FORMAT && !isFirst) throw malformed(file, 'does not hold secret keys', HINT);
  if (!isHex(device, 64)) throw malformed(file, 'has no device key', HINT);
  const keys = recipientKeysIn(isFirst ? [{ key: age, from: 0 }] : recipients);
  if (!keys) throw malformed(file, 'has no age identity, or one that is none', HINT);
  if (![recovery, backup].every((key) => key === undefined || isHex(key, 64))) {
    throw malformed(file, 'has a recovery key that is none', HINT);
  }
  if (!(vault === undefined || typeof vault === 'string')) throw malformed(file, 'has a vault that is none', HINT);
  return {
    device: Buffer.from(device, 'hex'),
    ...(recovery !== undefined && { recovery: Buffer.from(recovery as string, 'hex') }),
    ...(backup !== undefined && { backup: Buffer.from(backup as string, 'hex') }),
    recipients: keys,
    ...(vault !== undefined && { vault }),
    logs: new Map(Object.entries(fieldsOf(logs)).map(logKey(file))),
  };
}

/** Recipients' keys out of JSON, newest first; undefined when they are none. */
export function recipientKeysIn(value: unknown): Secrets['recipients'] | undefined {
  const keys = Array.isArray(value) ? value.map(recipientKeyIn) : [];
  const [newest, ...older] = keys.flatMap((key) => key ?? []);
  return newest && older.length + 1 === keys.length ? [newest, ...older] : undefined;
}

function recipientKeyIn(value: unknown): RecipientKey | undefined {
  const { key, from, replaced, removed } = fieldsOf(value);
  if (typeof key !== 'string' || !isTime(from) || !(replaced === undefined || isTime(replaced))) return undefined;
  if (!(removed === undefined || isDevices(removed))) return undefined;
  return { key, from, ...(replaced !== undefined && { replaced }), ...(removed !== undefined && { removed }) };
}

function isDevices(value: unknown): value is readonly DeviceKey[] {
  return Array.isArray(value) && value.every((one) => isId<DeviceKey>(one));
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** What secrets in JSON say that they replace; undefined also when they are malformed. */
export function replacedBy(json: Buffer): string | undefined {
  const { replaces } = parse(json) ?? {};
  return typeof replaces === 'string' ? replaces : undefined;
}

function parse(json: Buffer): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(json.toString('utf8')));
  } catch {
    // The parser's own words are not kept: they quote what it read.
    return undefined;
  }
}

function logKey(file: string): (entry: [string, unknown]) => [LogId, Buffer] {
  return ([log, seed]) => {
    if (!isId<LogId>(log) || !isHex(seed, 64)) throw malformed(file, 'has a log key that is none', HINT);
    return [log, Buffer.from(seed, 'hex')];
  };
}

const FORMAT = 'satchel-secrets/2';
/** Had one age identity, `age`; read, and written anew as this version's with the next change. */
const FIRST_FORMAT = 'satchel-secrets/1';
const HINT = 'restore it from a backup; what is written stays readable without it';
