// The secret keys as a value and as JSON.
import { expect, test } from 'vitest';
import type { LogId } from '../../../src/format/ids.js';
import { publicKeyOf } from '../../../src/format/signature/signature.js';
import { recipientOf } from '../../../src/identity/age.js';
import { backupRecipient } from '../../../src/identity/recovery.js';
import {
  createSecrets,
  decodeSecrets,
  encodeSecrets,
  replacedBy,
  type Secrets,
  withLogKey,
  withoutRecovery,
} from '../../../src/identity/secrets.js';

const SEEDS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
const LOGS = SEEDS.map((seed) => publicKeyOf(seed).toString('hex') as LogId);
const SECRETS: Secrets = {
  device: Buffer.alloc(32, 3),
  recovery: Buffer.alloc(32, 4),
  backup: Buffer.alloc(32, 5),
  age: 'AGE-SECRET-KEY-1X',
  logs: new Map([[LOGS[0] as LogId, SEEDS[0]]]),
};

test('are made from random bytes, each key from its own', async () => {
  let calls = 0;
  const { secrets, recovery } = await createSecrets((size) => Buffer.alloc(size, ++calls));
  expect(secrets.device).toHaveLength(32);
  expect(await recipientOf(secrets.age)).toHaveLength(32);
  expect(secrets.logs.size).toBe(0);
  expect(secrets.recovery).toEqual(recovery);
  expect(recovery).toHaveLength(32);
  expect(secrets.backup).toEqual(await backupRecipient(recovery));
  expect(calls).toBe(3);
});

test('come back as they were', () => {
  expect(decodeSecrets(encodeSecrets(SECRETS), 'x')).toEqual(SECRETS);
  expect(decodeSecrets(encodeSecrets(SECRETS, 'ab'), 'x')).toEqual(SECRETS);
});

test('lose the seed of the recovery key, and nothing else', () => {
  const without = withoutRecovery(SECRETS);
  expect(decodeSecrets(encodeSecrets(without), 'x')).toEqual(without);
  expect(without).toEqual({ device: SECRETS.device, backup: SECRETS.backup, age: SECRETS.age, logs: SECRETS.logs });
  expect(encodeSecrets(without).toString()).not.toContain('04'.repeat(32));
});

test('of before have no recovery key', () => {
  const json = edited({ recovery: undefined, backup: undefined });
  expect(decodeSecrets(Buffer.from(json), 'x')).toEqual({
    device: SECRETS.device,
    age: SECRETS.age,
    logs: SECRETS.logs,
  });
});

test('note what they replace', () => {
  expect(replacedBy(encodeSecrets(SECRETS, 'ab'))).toBe('ab');
  expect(replacedBy(encodeSecrets(SECRETS))).toBeUndefined();
  expect(replacedBy(Buffer.from('{'))).toBeUndefined();
});

test('gain a log key without changing', () => {
  const more = withLogKey(SECRETS, LOGS[1] as LogId, SEEDS[1]);
  expect([...more.logs.keys()]).toEqual(LOGS);
  expect(SECRETS.logs.size).toBe(1);
  expect(() => withLogKey(SECRETS, LOGS[1] as LogId, SEEDS[0])).toThrow('not that of the log');
});

test.each([
  ['no JSON', '{"format": "satchel-secrets/1", "device": "0303'],
  ['no object', '[]'],
  ['no format', JSON.stringify({ device: '03'.repeat(32) })],
  ['no device key', edited({ device: undefined })],
  ['a short device key', edited({ device: '03' })],
  ['no age identity', edited({ age: 1 })],
  ['a recovery key that is none', edited({ recovery: '04' })],
  ['a key for backups that is none', edited({ backup: 5 })],
  ['a log that is none', edited({ logs: { x: '01'.repeat(32) } })],
  ['a log key that is none', edited({ logs: { [LOGS[0] as string]: '01' } })],
])('are damaged with %s, and the error tells nothing of them', (_what, json) => {
  const error = thrown(() => decodeSecrets(Buffer.from(json), 'keys/secrets.json'));
  expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining('keys/secrets.json') });
  expect(error).not.toHaveProperty('cause');
  expect(String(error)).not.toContain('0303');
});

test('of another format are a newer version\u2019s', () => {
  const json = edited({ format: 'satchel-secrets/2' });
  expect(thrown(() => decodeSecrets(Buffer.from(json), 'x'))).toMatchObject({ code: 'newer-version' });
});

function edited(fields: Record<string, unknown>): string {
  return JSON.stringify({ ...JSON.parse(encodeSecrets(SECRETS).toString()), ...fields });
}

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
