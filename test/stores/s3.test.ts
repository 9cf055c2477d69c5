// A bucket: every promise of a store is kept, requests are signed as Signature Version 4 has it, and pages are followed.
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { type Bucket, KEY, listingOf, PAGE, startBucket } from '../testkit/bucket-server.js';
import { describeStore, getFrom, itComesToRest, LAG_MS, listOf, putTo } from './contract.js';

const TIMES = { idleMs: 60_000, wholeMs: 60_000 };
function storeOf({ origin }: Bucket, env: NodeJS.ProcessEnv = KEY): Promise<DriveStore> {
  return openStore(`s3://b/to%20us/relay?endpoint=${origin}&region=eu-1`, { env, times: TIMES });
}

describeStore('a bucket', async () => storeOf(await startBucket()));

describe('a bucket', () => {
  itComesToRest(async () => storeOf(await startBucket({ lagMs: LAG_MS })), LAG_MS);

  it('shows what is below the prefix, on however many pages, each asked for once', async () => {
    const bucket = await startBucket();
    const store = await storeOf(bucket);
    for (const key of ['to us/relay-2/a', 'to us/a', 'z']) bucket.files.set(key, Buffer.from('x'));
    for (let i = 0; i < 2 * PAGE + 1; i++) await putTo(store, `${i}.satchel`, Buffer.from('x'));
    bucket.requests.length = 0;
    expect((await listOf(store)).size).toBe(2 * PAGE + 1);
    expect(bucket.requests).toEqual(['GET /b/', 'GET /b/', 'GET /b/']);
  });

  it('says what it calls what was put, as it lists it', async () => {
    const store = await storeOf(await startBucket());
    const put = await putTo(store, 'a.satchel', Buffer.from('x'));
    expect(put).toEqual({ tag: (await listOf(store)).get('a.satchel')?.tag });
  });

  it('lets in who signs with the right key, and nobody else', async () => {
    const bucket = await startBucket();
    const wrong = await storeOf(bucket, { ...KEY, AWS_SECRET_ACCESS_KEY: 'another' });
    const refused = expect.objectContaining({ code: 'denied', hint: expect.stringContaining('AWS_ACCESS_KEY_ID') });
    await expect(listOf(wrong)).rejects.toEqual(refused);
    const named = { HERE: 'machine 127.0.0.1 login AKIDEXAMPLE password secret/key' };
    const url = `s3://b?endpoint=${bucket.origin}`;
    const store = await openStore(url, { env: named, credentials: 'env:HERE', times: TIMES });
    expect([...(await listOf(store))]).toEqual([]);
    await expect(openStore(url, { env: { HERE: '' }, credentials: 'env:HERE' })).rejects.toEqual(refused);
  });

  it.each([
    [403, 'denied'],
    [404, 'drive-absent'],
    [410, 'drive-absent'],
    [429, 'unreachable'],
    [500, 'io'],
    [503, 'unreachable'],
    [507, 'no-space'],
  ])('that answers %i fails of %s', async (status, code) => {
    const bucket = await startBucket();
    bucket.fault = () => status;
    const store = await storeOf(bucket);
    await expect(listOf(store)).rejects.toMatchObject({ code });
    if (code === 'drive-absent') {
      expect(await getFrom(store, 'a.satchel')).toBeUndefined();
      await store.remove('a.satchel', new AbortController().signal);
    } else await expect(putTo(store, 'a.satchel', Buffer.from('x'))).rejects.toMatchObject({ code });
  });

  it.each([
    ['a page', '<html></html>'],
    ['no tag', listingOf('<Contents><Key>to us/relay/a</Key></Contents>')],
    ['an entity', `<!DOCTYPE x [<!ENTITY a "b">]>${listingOf('')}`],
    ['no end', listingOf('<IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken>')],
  ])('that lists %s is told to be broken', async (_, listing) => {
    const bucket = await startBucket();
    bucket.fault = () => listing;
    await expect(listOf(await storeOf(bucket))).rejects.toMatchObject({ code: 'io' });
  });

  it.each([
    's3:',
    's3://',
    's3://b?x=y',
    's3://b#x',
    's3://b?endpoint=http://example.org',
    's3://b?endpoint=https://a:b@h',
    's3://a:b@h',
    's3://b/50%/x',
  ])('is not at %s', async (url) => {
    await expect(openStore(url, { env: KEY })).rejects.toMatchObject({ code: 'usage' });
  });
});
