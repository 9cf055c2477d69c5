// What is set aside stays within its bounds, and what waits for a decision stays until there is one.
import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../../../src/format/ids.js';
import { sourceOf } from '../../../../src/format/source.js';
import { type Layout, layoutOf } from '../../../../src/repository/layout.js';
import {
  dropQuarantined,
  findQuarantined,
  isAsSetAside,
  keepAside,
  listQuarantine,
  QUARANTINE_FILES_MAX,
  quarantinedFile,
  setAside,
  WAITING_BYTES_MAX,
  WAITING_FILES_MAX,
} from '../../../../src/repository/store/quarantine.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

let layout: Layout;
beforeEach(() => {
  layout = layoutOf(scratchDirectory());
});

/** Keeps a file with this content: one that waits, or a refused one. */
function keep(text: string, kind: 'waiting' | 'refused' = 'waiting', at = 1): Digest {
  const bytes = Buffer.from(text);
  const digest = hash('sha256', bytes) as Digest;
  const reason = { digest, file: '/mnt/x.satchel', message: 'because', at };
  if (kind === 'waiting') keepAside(layout, sourceOf(bytes), { ...reason, code: 'stranger' });
  else setAside(layout, sourceOf(bytes), { ...reason, code: 'bad-tar' });
  return digest;
}

describe('the quarantine', () => {
  it('keeps a file as it was, with the reason, until it is dropped', () => {
    const digest = keep('a bundle');
    expect(fs.readFileSync(quarantinedFile(layout, digest), 'utf8')).toBe('a bundle');
    expect(listQuarantine(layout)).toMatchObject([{ digest, size: 8, reason: { file: '/mnt/x.satchel', at: 1 } }]);
    dropQuarantined(layout, digest);
    dropQuarantined(layout, digest);
    expect(fs.readdirSync(layout.quarantine)).toEqual([]);
    expect(fs.readdirSync(layout.tmp)).toEqual([]);
  });

  it('lists the newest first, and finds them by the beginning of their ids', () => {
    const digests = [3, 1, 2].map((at) => keep(`file ${at}`, 'waiting', at));
    expect(listQuarantine(layout).map(({ reason }) => reason?.at)).toEqual([3, 2, 1]);
    for (const digest of digests)
      expect(findQuarantined(layout, digest.slice(0, 12).toUpperCase()).digest).toBe(digest);
    expect(() => findQuarantined(layout, 'abc')).toThrow('no id');
    expect(() => findQuarantined(layout, 'no hex')).toThrow('no id');
    expect(() => findQuarantined(layout, '00000000')).toThrow(expect.objectContaining({ code: 'not-found' }));
    const twin = `${digests[0]?.slice(0, 63)}${digests[0]?.endsWith('0') ? '1' : '0'}`;
    fs.copyFileSync(quarantinedFile(layout, digests[0] as Digest), quarantinedFile(layout, twin as Digest));
    const ambiguous = expect.objectContaining({ code: 'ambiguous' });
    expect(() => findQuarantined(layout, twin.slice(0, 60))).toThrow(ambiguous);
    expect(findQuarantined(layout, twin).digest).toBe(twin);
  });

  it('keeps one that has rotten anew when it is given again', () => {
    const digest = keep('decide about me');
    expect(isAsSetAside(layout, digest)).toBe(true);
    fs.writeFileSync(quarantinedFile(layout, digest), 'decide about mE');
    expect(isAsSetAside(layout, digest)).toBe(false);
    keep('decide about me');
    expect(isAsSetAside(layout, digest)).toBe(true);
    dropQuarantined(layout, digest);
    expect(isAsSetAside(layout, digest)).toBe(false);
  });

  it('never lets refused files push out those that wait', () => {
    const waiting = keep('decide about me', 'waiting', 0);
    for (let i = 0; i < QUARANTINE_FILES_MAX + 5; i++) keep(`junk ${i}`, 'refused', 10 + i);
    expect(listQuarantine(layout)).toHaveLength(QUARANTINE_FILES_MAX + 1);
    expect(findQuarantined(layout, waiting).reason?.code).toBe('stranger');
    // refused when it was to be accepted: it still waits
    keep('decide about me', 'refused', 100);
    expect(findQuarantined(layout, waiting).reason).toMatchObject({ code: 'stranger', at: 0 });
  });

  it('takes no more than its bounds of what waits, and says so', () => {
    for (let i = 0; i < WAITING_FILES_MAX; i++) keep(`bundle ${i}`);
    const full = expect.objectContaining({ code: 'over-quota', hint: expect.stringContaining('quarantine list') });
    expect(() => keep('one more')).toThrow(full);
    expect(() => keep('bundle 0')).not.toThrow();
    keep('refused ones have room of their own', 'refused');
    expect(listQuarantine(layout)).toHaveLength(WAITING_FILES_MAX + 1);
    dropQuarantined(layout, listQuarantine(layout).find(({ reason }) => reason?.code === 'stranger')?.digest as Digest);
    keep('one more');
    const huge = { size: WAITING_BYTES_MAX + 1, read: () => expect.unreachable('it is not even read') };
    const digest = 'f'.repeat(64) as Digest;
    const reason = { digest, file: '-', code: 'stranger', message: '', at: 1 } as const;
    dropQuarantined(
      layout,
      listQuarantine(layout).find(({ reason: why }) => why?.code === 'stranger')?.digest as Digest,
    );
    expect(() => keepAside(layout, huge, reason)).toThrow(full);
  });

  it('lists nothing that a kill left half done, and gets rid of it', () => {
    const failing = {
      size: 2_000_000,
      read: () => {
        throw new Error('killed');
      },
    };
    const digest = 'e'.repeat(64) as Digest;
    const reason = { digest, file: '-', code: 'stranger', message: '', at: 1 } as const;
    expect(() => keepAside(layout, failing, reason)).toThrow('killed');
    expect(listQuarantine(layout)).toEqual([]);
    // killed between the reason and the name of the file
    fs.writeFileSync(path.join(layout.quarantine, `${digest}.json`), JSON.stringify(reason));
    expect(listQuarantine(layout)).toEqual([]);
    keep('another', 'refused');
    expect(fs.readdirSync(layout.quarantine)).toHaveLength(2);
    expect(fs.readdirSync(layout.tmp)).toEqual([]);
  });

  it('shows a file whose reason is lost or nonsense', () => {
    const digest = keep('a bundle', 'refused');
    for (const text of ['{"at": 1}', 'nonsense', '[]', '']) {
      fs.writeFileSync(path.join(layout.quarantine, `${digest}.json`), text);
      expect(listQuarantine(layout)).toEqual([{ digest, size: 8, reason: undefined }]);
    }
  });
});
