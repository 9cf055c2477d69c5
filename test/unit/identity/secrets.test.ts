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
  recipients: [
    { key: 'AGE-SECRET-KEY-1X', from: 1_700_000_000_000 },
    { key: 'AGE-SECRET-KEY-1W', from: 0, replaced: 1_700_000_000_001 },
  ],
  logs: new Map([[LOGS[0] as LogId, SEEDS[0]]]),
};

test('are made from random bytes, each key from its own', async () => {
  let calls = 0;
  const { secrets, recovery } = await createSecrets((size) => Buffer.alloc(size, ++calls), 17);
  expect(secrets.device).toHaveLength(32);
  expect(await recipientOf(secrets.recipients[0].key)).toHaveLength(32);
  expect(secrets.recipients).toMatchObject([{ from: 17 }]);
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

test('have a vault where there are keys of private topics', () => {
  const more = { ...SECRETS, vault: 'AGE-SECRET-KEY-1V' };
  expect(decodeSecrets(encodeSecrets(more), 'x')).toEqual(more);
});

test('lose the seed of the recovery key, and nothing else', () => {
  const without = withoutRecovery(SECRETS);
  expect(decodeSecrets(encodeSecrets(without), 'x')).toEqual(without);
  const { recovery: _, ...rest } = SECRETS;
  expect(without).toEqual(rest);
  expect(encodeSecrets(without).toString()).not.toContain('04'.repeat(32));
});

test('of before have no recovery key', () => {
  const json = edited({ recovery: undefined, backup: undefined });
  expect(decodeSecrets(Buffer.from(json), 'x')).toEqual({
    device: SECRETS.device,
    recipients: SECRETS.recipients,
    logs: SECRETS.logs,
  });
});

test('of the first form have one age identity, made nobody knows when', () => {
  const json = edited({ format: 'satchel-secrets/1', recipients: undefined, age: 'AGE-SECRET-KEY-1X' });
  const decoded = decodeSecrets(Buffer.from(json), 'x');
  expect(decoded).toEqual({ ...SECRETS, recipients: [{ key: 'AGE-SECRET-KEY-1X', from: 0 }] });
  expect(decodeSecrets(encodeSecrets(decoded), 'x')).toEqual(decoded);
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
  ['no JSON', '{"format": "satchel-secrets/2", "device": "0303'],
  ['no object', '[]'],
  ['no format', JSON.stringify({ device: '03'.repeat(32) })],
  ['no device key', edited({ device: undefined })],
  ['a short device key', edited({ device: '03' })],
  ['no age identity', edited({ recipients: undefined })],
  ['an empty list of them', edited({ recipients: [] })],
  ['an age identity that is none', edited({ recipients: [{ key: 1, from: 0 }] })],
  ['one that knows of no device', edited({ recipients: [{ key: 'AGE-SECRET-KEY-1X', from: 0, removed: ['x'] }] })],
  ['one that was made at no time', edited({ recipients: [{ key: 'AGE-SECRET-KEY-1X' }] })],
  ['one that was replaced before time began', edited({ recipients: [{ key: 'A', from: 0, replaced: -1 }] })],
  ["nothing but the first form's age identity", edited({ recipients: undefined, age: 'AGE-SECRET-KEY-1X' })],
  ['the first form without it', edited({ format: 'satchel-secrets/1' })],
  ['a recovery key that is none', edited({ recovery: '04' })],
  ['a key for backups that is none', edited({ backup: 5 })],
  ['a vault that is none', edited({ vault: 5 })],
  ['a log that is none', edited({ logs: { x: '01'.repeat(32) } })],
  ['a log key that is none', edited({ logs: { [LOGS[0] as string]: '01' } })],
])('are damaged with %s, and the error tells nothing of them', (_what, json) => {
  const error = thrown(() => decodeSecrets(Buffer.from(json), 'keys/secrets.json'));
  expect(error).toMatchObject({ code: 'damaged', message: expect.stringContaining('keys/secrets.json') });
  expect(error).not.toHaveProperty('cause');
  expect(String(error)).not.toContain('0303');
});

test('of another format are a newer version\u2019s', () => {
  const json = edited({ format: 'satchel-secrets/3' });
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
