import { describe, expect, it } from 'vitest';
import { DEFAULT_QUOTAS, decideQuota, segmentQuotaBytes } from '../../../src/topic/quota.js';

const QUOTAS = { stranger: 100, strangers: 250, carry: 1_000, veiled: 1_000 };
const EMPTY = { stranger: 0, strangers: 0, carried: 0 };

describe('quotas', () => {
  it('are 8 MiB a stranger, 128 MiB for all strangers of a topic, 1 GiB carried', () => {
    expect(DEFAULT_QUOTAS).toEqual({
      stranger: 8_388_608,
      strangers: 134_217_728,
      carry: 1_073_741_824,
      veiled: 268_435_456,
    });
  });

  it('do not bind contacts', () => {
    expect(decideQuota('known', 10_000, { stranger: 1e9, strangers: 1e9, carried: 1e9 }, QUOTAS)).toBe('take');
  });

  it('end exactly where they say', () => {
    expect(decideQuota('stranger', 100, EMPTY, QUOTAS)).toBe('take');
    expect(decideQuota('stranger', 101, EMPTY, QUOTAS)).toBe('stranger-full');
    expect(decideQuota('stranger', 50, { ...EMPTY, strangers: 200 }, QUOTAS)).toBe('take');
    expect(decideQuota('stranger', 51, { ...EMPTY, strangers: 200 }, QUOTAS)).toBe('strangers-full');
    expect(decideQuota('carried', 1, { ...EMPTY, carried: 999 }, QUOTAS)).toBe('take');
    expect(decideQuota('carried', 2, { ...EMPTY, carried: 999 }, QUOTAS)).toBe('carry-full');
    expect(decideQuota('unwanted', 0, EMPTY, QUOTAS)).toBe('unwanted');
  });

  it('count a small entry as 128 bytes', () => {
    expect(segmentQuotaBytes({ count: 10, rawLength: 50 })).toBe(1_280);
    expect(segmentQuotaBytes({ count: 10, rawLength: 5_000 })).toBe(5_000);
  });
});
