// A device's secret keys as one value and as JSON (spec/repository.md, "Secret keys"). They never leave the device:
// neither exported nor restored.

import { SatchelError } from '../format/error.js';
import type { LogId } from '../format/ids.js';
import { publicKeyOf } from '../format/signature/signature.js';
import { createAgeIdentity } from './age.js';
import { type Fields, fieldsOf, isHex, isId, malformed } from './json-shape.js';
import { backupRecipient } from './recovery.js';

/** Everything secret about one device. */
export interface Secrets {
  /** The seed of the device key, 32 bytes. */
  readonly device: Buffer;
  /** The seed of the person's recovery key, 32 bytes; gone when its words were written down. */
  readonly recovery?: Buffer | undefined;
  /** The X25519 key that backups are sealed to, 32 bytes; who has the words opens them. Absent where there are no words. */
  readonly backup?: Buffer | undefined;
  /** "AGE-SECRET-KEY-1...": opens what is encrypted to the card's recipient. */
  readonly age: string;
  /** The seeds of the keys of the device's own logs, 32 bytes each. */
  readonly logs: ReadonlyMap<LogId, Buffer>;
}

/** New secret keys without any log, and the seed of the recovery key, which is one of them. */
export async function createSecrets(
  random: (size: number) => Buffer,
): Promise<{ readonly secrets: Secrets; readonly recovery: Buffer }> {
  const device = random(32);
  const age = await createAgeIdentity(random);
  const recovery = random(32);
  return { secrets: { device, recovery, backup: await backupRecipient(recovery), age, logs: new Map() }, recovery };
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
  const { device, recovery, backup, age, logs } = secrets;
  const seeds = Object.fromEntries([...logs].map(([log, seed]) => [log, seed.toString('hex')]));
  const halves = { recovery: recovery?.toString('hex'), backup: backup?.toString('hex') };
  const value = { format: FORMAT, device: device.toString('hex'), ...halves, age, logs: seeds, replaces };
  return Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`);
}

/**
 * The secrets in the JSON that came out of `file`.
 * @throws SatchelError `damaged` when they are malformed, `newer-version` when this program does not know the format
 */
export function decodeSecrets(json: Buffer, file: string): Secrets {
  const { format, device, recovery, backup, age, logs } = parse(json) ?? {};
  if (typeof format === 'string' && format !== FORMAT && format.startsWith('satchel-secrets/')) {
    throw new SatchelError('newer-version', `${file} was made by a newer version`, { hint: 'update satchel' });
  }
  if (format !== FORMAT) throw malformed(file, 'does not hold secret keys', HINT);
  if (!isHex(device, 64) || typeof age !== 'string') throw malformed(file, 'has no device key and age identity', HINT);
  if (![recovery, backup].every((key) => key === undefined || isHex(key, 64))) {
    throw malformed(file, 'has a recovery key that is none', HINT);
  }
  return {
    device: Buffer.from(device, 'hex'),
    ...(recovery !== undefined && { recovery: Buffer.from(recovery as string, 'hex') }),
    ...(backup !== undefined && { backup: Buffer.from(backup as string, 'hex') }),
    age,
    logs: new Map(Object.entries(fieldsOf(logs)).map(logKey(file))),
  };
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

const FORMAT = 'satchel-secrets/1';
const HINT = 'restore it from a backup; what is written stays readable without it';
