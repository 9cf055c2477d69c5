// Stores behind a program: the helper that the docs show keeps every promise, and one that fails, in whatever way, is told in known
// words and costs nothing.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SatchelError } from '../../src/format/error.js';
import { helperStore } from '../../src/sync/store/helper.js';
import { openStore } from '../../src/sync/store/open-store.js';
import type { DriveStore } from '../../src/sync/store/store.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { blocksOf, readPage } from '../testkit/spec-pages.js';
import { describeStore, getFrom, listOf, putTo } from './contract.js';

const PAGE = 'docs/a-store-far-away.md';
const TIMES = { idleMs: 60_000, wholeMs: 60_000 };

/** An environment with the helper on the page in its PATH. */
function withShownHelper(): NodeJS.ProcessEnv {
  const shown = blocksOf(readPage(PAGE)).find(({ info }) => info.length > 0);
  if (!shown) throw new Error(`${PAGE} shows no helper`);
  expect(shown.lines.length).toBeLessThanOrEqual(10);
  const folder = scratchDirectory();
  fs.writeFileSync(path.join(folder, `${shown.info[0]}`), `${shown.lines.join('\n')}\n`, { mode: 0o755 });
  return { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
}

function program(text: string): string {
  const file = path.join(scratchDirectory(), 'helper');
  fs.writeFileSync(file, `${text}\n`, { mode: 0o755 });
  return file;
}

/** The store behind a script, which may fail in time. */
function scripted(text: string, times = TIMES): DriveStore {
  return helperStore(`exec:${program(`#!/bin/sh\n${text}`)}`, { env: process.env, times });
}

/** Whether a process is there, and not just its exit status that nobody has asked for yet. */
function isAtWork(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof SatchelError ? error.code : String(error);
}

describeStore('the helper that the docs show', async () =>
  openStore(`folder:${scratchDirectory()}`, { env: withShownHelper(), times: TIMES }),
);

describe('a helper', () => {
  it('is a program of the PATH for any other scheme, and is told the URL and where passwords are', async () => {
    const folder = scratchDirectory();
    const file = path.join(folder, 'satchel-drive-odd');
    fs.writeFileSync(
      file,
      '#!/bin/sh\necho "3 $SATCHEL_DRIVE_URL,$SATCHEL_PASSPHRASE_FILE,$SATCHEL_DRIVE_CREDENTIALS a.satchel"\n',
      {
        mode: 0o755,
      },
    );
    const env = { PATH: `${folder}:${process.env['PATH']}`, SATCHEL_PASSPHRASE_FILE: '/secret' };
    expect([...(await listOf(await openStore('odd://x', { env, times: TIMES }))).values()]).toEqual([
      { name: 'a.satchel', size: 3, tag: 'odd://x,,~/.netrc' },
    ]);
    const told = await openStore('odd://x', { env, times: TIMES, credentials: 'env:HERE' });
    expect((await listOf(told)).get('a.satchel')?.tag).toBe('odd://x,,env:HERE');
    expect(await codeOf(listOf(await openStore('none://x', { env, times: TIMES })))).toBe('usage');
  });

  it('has words of its own, with blanks in them as %20', async () => {
    const file = program('#!/bin/sh\necho "0 $# $1"');
    const store = await openStore(`exec:${file} two%20words  %25`, { env: process.env, times: TIMES });
    expect([...(await listOf(store)).values()]).toEqual([{ name: 'two words', size: 0, tag: '3' }]);
  });

  it.each(['exec:', 'exec:a%zz', 'webdav://ana:pass@host/x', 'file:///tmp', 'exec:a\u0007b'])(
    'is not asked for %j',
    async (url) => {
      await expect(openStore(url, { env: process.env })).rejects.toMatchObject({ code: 'usage' });
    },
  );

  it.each([
    ['exit 6', 'no-space'],
    ['exit 7', 'denied'],
    ['exit 8', 'unreachable'],
    ['exit 255', 'unreachable'],
    ['echo oh >&2; exit 1', 'io'],
    ['kill -9 $$', 'io'],
    ['exec 1>&-; exit 99', 'io'],
  ])('that says %s fails of %s', async (text, code) => {
    const store = scripted(text);
    expect(await codeOf(listOf(store))).toBe(code);
    expect(await codeOf(getFrom(store, 'a.satchel'))).toBe(code);
    expect(await codeOf(putTo(store, 'a.satchel', Buffer.alloc(2 ** 17)))).toBe(code);
    expect(await codeOf(store.remove('a.satchel', new AbortController().signal))).toBe(code);
  });

  it('that says what is there is told what is not', async () => {
    expect(await getFrom(scripted('exit 4'), 'a.satchel')).toBeUndefined();
    expect(await putTo(scripted('exit 5'), 'a.satchel', Buffer.from('x'), 'if-absent')).toBe('exists');
    const log = path.join(scratchDirectory(), 'log');
    const once = scripted(`echo $1 >>${log}; case $1 in put) [ $(grep -c put ${log}) = 2 ] || exit 5;; esac`);
    expect(await putTo(once, 'a.card', Buffer.from('x'))).toEqual({});
    expect(fs.readFileSync(log, 'utf8')).toBe('put\nremove\nput\n');
  });

  it.each(['rubbish', '12', '12 tag', 'x tag name', '-1 tag name', '1 t\u00e4g name', "$(printf '\\0\\1')"])(
    'that lists %j is told to be broken',
    async (line) => {
      expect(await codeOf(listOf(scripted(`echo "${line}"`)))).toBe('io');
    },
  );

  it('may leave out the end of its last line, and does not know every size', async () => {
    expect([...(await listOf(scripted("printf -- '- t a.satchel\\n5 u b'"))).values()]).toEqual([
      { name: 'a.satchel', size: undefined, tag: 't' },
      { name: 'b', size: 5, tag: 'u' },
    ]);
  });

  it('that hangs is ended, with all that it started', async () => {
    const pids = path.join(scratchDirectory(), 'pids');
    const hanging = scripted(`sleep 1000 & echo $! >${pids}; echo $$ >>${pids}; wait`, {
      idleMs: 300,
      wholeMs: 60_000,
    });
    expect(await codeOf(listOf(hanging))).toBe('unreachable');
    const started = fs.readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(started).toHaveLength(2);
    expect(started.filter(isAtWork)).toEqual([]);
  });

  it('that sends a byte now and then has its time, and no more', async () => {
    const slow = scripted('while :; do printf x; sleep 0.05; done', { idleMs: 60_000, wholeMs: 500 });
    expect(await codeOf(getFrom(slow, 'a.satchel'))).toBe('unreachable');
  });

  it('that never stops talking is stopped, and nothing of it is kept', async () => {
    const before = process.memoryUsage().rss;
    const store = scripted('yes 0123456789', TIMES);
    let bytes = 0;
    const stop = new SatchelError('changed', 'enough');
    const reading = store.get(
      'a.satchel',
      (more) => {
        bytes += more.length;
        if (bytes > 2 ** 28) throw stop;
      },
      new AbortController().signal,
    );
    await expect(reading).rejects.toBe(stop);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
    // one endless line
    expect(await codeOf(listOf(scripted('head -c 100000000 /dev/zero')))).toBe('io');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });
});
