// Places behind rclone, as it says what is wrong: told in our words. What works is shown with rclone itself (rclone.long.ts).
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { getFrom, listOf, putTo } from './contract.js';

const NO_END = new AbortController().signal;

/** The store when rclone is this script. */
function scripted(text: string, times = { idleMs: 60_000, wholeMs: 60_000 }): Promise<DriveStore> {
  const folder = scratchDirectory();
  fs.writeFileSync(path.join(folder, 'rclone'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env['PATH']}`, AWS_CA_BUNDLE: 'no', SATCHEL_PASSPHRASE_FILE: 'no' };
  return openStore('rclone:cloud:relay', { env, times });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SatchelError ? error.code : String(error);
}

describe('rclone', () => {
  it.each([
    ['Failed to create file system for "cloud:": didn\'t find section in config file', 1, 'usage'],
    ['Failed to copyto: AccessDenied: Access Denied status code: 403', 1, 'denied'],
    ['Failed to copyto: googleapi: Error 403: storageQuotaExceeded', 1, 'no-space'],
    ['Failed to copyto: write: no space left on device', 1, 'no-space'],
    ['Failed: dial tcp: lookup cloud.example: no such host', 1, 'unreachable'],
    ['Failed: something temporary', 5, 'unreachable'],
    ['Failed: something else', 1, 'io'],
    ['Failed: something else', 7, 'io'],
  ])('that says %s (%i) fails of %s', async (said, status, code) => {
    const store = await scripted(`echo "${said.replaceAll('"', '')}" >&2; exit ${status}`);
    expect(await codeOf(listOf(store))).toBe(code);
    expect(await codeOf(getFrom(store, 'a.satchel'))).toBe(code);
    expect(await codeOf(putTo(store, 'a.satchel', Buffer.from('x')))).toBe(code);
    expect(await codeOf(store.remove('a.satchel', NO_END))).toBe(code);
  });

  it('that finds no folder has an empty one, and no file', async () => {
    const store = await scripted('echo "directory not found" >&2; exit 3');
    expect([...(await listOf(store))]).toEqual([]);
    expect(await getFrom(store, 'a.satchel')).toBeUndefined();
    await store.remove('a.satchel', NO_END);
    await (await scripted('echo "it is a directory or doesn\'t exist" >&2; exit 1')).remove('a.satchel', NO_END);
  });

  it('has another tag for other hashes, and where there are none for another date or size', async () => {
    const line = (more: string) => `{"Path":"a.satchel","Size":3,${more}},`;
    const lines = [
      line('"ModTime":"2026","Hashes":{"md5":"x"}'),
      line('"ModTime":"2027","Hashes":{"md5":"x"}'),
      line('"ModTime":"2026","Hashes":{"md5":"y"}'),
      line('"ModTime":"2026"'),
      line('"ModTime":"2027","Hashes":{}'),
    ];
    const tags = [];
    for (const one of lines) {
      const store = await scripted(`printf '[\\n%s\\n]\\n' '${one}'`);
      tags.push((await listOf(store)).get('a.satchel')?.tag);
    }
    expect(tags[1]).toBe(tags[0]);
    expect(new Set(tags).size).toBe(4);
  });

  it.each(['rubbish', '{}', '{"Path":1,"Size":1}', 'null', '{"Path":"a"}'])(
    'that lists %s is told to be broken',
    async (line) => {
      expect(await codeOf(listOf(await scripted(`echo '${line}'`)))).toBe('io');
    },
  );

  it('is not told what it need not know, and has its time', async () => {
    const store = await scripted('echo "{\\"Path\\":\\"a$AWS_CA_BUNDLE$SATCHEL_PASSPHRASE_FILE\\",\\"Size\\":-1}"');
    expect([...(await listOf(store)).values()]).toMatchObject([{ name: 'a', size: undefined }]);
    expect(await codeOf(listOf(await scripted('exec sleep 1000', { idleMs: 200, wholeMs: 60_000 })))).toBe(
      'unreachable',
    );
    const none = await openStore('rclone:cloud:x', { env: { PATH: scratchDirectory() } });
    expect(await codeOf(listOf(none))).toBe('usage');
  });

  it.each([
    'rclone:',
    'rclone:x',
    'rclone:-o:x',
    'rclone::webdav,pass=x:y',
    'rclone:cloud,pass=x:y',
    'rclone:/x:y',
    'rclone:a:b:c',
  ])('reaches nothing at %s', async (url) => {
    await expect(openStore(url, { env: {} })).rejects.toMatchObject({ code: 'usage' });
  });
});
