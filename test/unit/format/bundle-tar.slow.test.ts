// Every way in which a tar file can mean different things to different programs, or hide something.
import { describe, expect, test } from 'vitest';
import { openBundle } from '../../../src/format/bundle/reader.js';
import { verifyBundle } from '../../../src/format/bundle/verify.js';
import { MANIFEST_MAX } from '../../../src/format/limits.js';
import { sourceOf } from '../../../src/format/source.js';
import { outcomeOf } from '../../testkit/outcome.js';
import { fullBundle, smallBundle } from '../../testkit/samples.js';
import { paxRecord, TAR_END, tar, tarHeader, type WireHeader, type WireMember } from '../../testkit/wire-tar.js';

const FILE = fullBundle();
const EVIL: WireMember = { name: 'evil', content: Buffer.from('evil') };

test('the members taken apart and put together again are the same file', () => {
  expect(tar(members())).toEqual(FILE);
});

describe('members', () => {
  const tricks: [string, (all: WireMember[]) => WireMember[]][] = [
    ['with one more in front', (all) => [EVIL, ...all]],
    ['with one more between', (all) => [...all.slice(0, 4), EVIL, ...all.slice(4)]],
    ['with one more at the end', (all) => [...all, EVIL]],
    ['with a duplicate', (all) => [...all.slice(0, 4), at(all, 3), ...all.slice(4)]],
    [
      'with another of the same name first',
      (all) => [...all.slice(0, 2), { ...at(all, 2), content: Buffer.from('x') }, ...all.slice(2)],
    ],
    ['with the manifest again at the end', (all) => [...all, at(all, 0)]],
    ['with one missing', (all) => all.toSpliced(3, 1)],
    ['with the last one missing', (all) => all.slice(0, -1)],
    ['in another order', (all) => [...all.slice(0, 2), at(all, 3), at(all, 2), ...all.slice(4)]],
    ['with the signature first', (all) => [at(all, 1), at(all, 0), ...all.slice(2)]],
    ['without a signature', (all) => all.toSpliced(1, 1)],
    ['without any', () => []],
    ['with one renamed by pax', (all) => all.toSpliced(3, 0, pax(paxRecord('path', 'evil')))],
    ['with one resized by pax', (all) => all.toSpliced(3, 0, pax(paxRecord('size', '1')))],
    ['with a global pax header', (all) => [{ ...pax(paxRecord('path', 'evil')), header: { type: 'g' } }, ...all]],
    ['with a GNU long name', (all) => all.toSpliced(3, 0, { ...EVIL, name: '././@LongLink', header: { type: 'L' } })],
    ['with a directory that has a size', (all) => [...all, { ...EVIL, name: 'blobs/', header: { type: '5' } }]],
  ];
  test.each(tricks)('%s are refused', (_, trick) => {
    expect(['bad-tar', 'bad-bundle']).toContain(outcomeOf(() => openBundle(sourceOf(tar(trick(members()))))));
  });
});

describe('a header', () => {
  const tricks: [string, WireHeader][] = [
    ['of an old regular file', { type: '\0' }],
    ['of a hard link', { type: '1', link: 'manifest.json' }],
    ['of a symbolic link', { type: '2', link: '/etc/passwd' }],
    ['of a device', { type: '3' }],
    ['of a directory', { type: '5' }],
    ['of a contiguous file', { type: '7' }],
    ['with a link name', { link: 'x' }],
    ['with a path before its name', { prefix: '..' }],
    ['with something behind the name', { name: Buffer.from('frontier\0hidden') }],
    ['with another mode', { mode: '0000755' }],
    ['with set-user-id', { mode: '0004644' }],
    ['with an owner', { uid: '0001750' }],
    ['with a group', { gid: '0001750' }],
    ['with a user name', { user: 'root' }],
    ['with a group name', { group: 'root' }],
    ['with a time', { mtime: '14600000000' }],
    ['with device numbers', { major: '0000001' }],
    ['with no device numbers', { major: '', minor: '' }],
    ['of GNU tar', { magic: 'ustar ', version: ' ' }],
    ['of no ustar', { magic: '', version: '' }],
    ['with a size in base 256', { size: Buffer.from('8000000000000000000000b4', 'hex') }],
    ['with a size and a space', { size: '00000000264 ' }],
    ['with a smaller size', { size: '00000000001' }],
    ['with a larger size', { size: '00000007777' }],
    ['with its checksum in another form', { checksum: '0' }],
    ['with something in its last bytes', { rest: 'x' }],
  ];
  test.each(tricks)('%s is refused, wherever it stands', (_, header) => {
    for (const [index, member] of members().entries()) {
      const tricked = members().with(index, { ...member, header });
      const outcome = outcomeOf(() => openBundle(sourceOf(tar(tricked))));
      expect(['bad-tar', 'bad-bundle', 'bad-manifest', 'not-authentic']).toContain(outcome);
      if (index > 0) expect(outcome).toBe('bad-tar');
    }
  });
});

describe('the end', () => {
  test.each([
    ['missing', FILE.subarray(0, -1024)],
    ['of one block', FILE.subarray(0, -512)],
    ['of three blocks', Buffer.concat([FILE, Buffer.alloc(512)])],
    ['filled up to a record of 10 KiB', Buffer.concat([FILE, Buffer.alloc(10240 - (FILE.length % 10240))])],
    ['that is not zero', Buffer.concat([FILE.subarray(0, -1), Buffer.from([1])])],
    ['with a byte behind it', Buffer.concat([FILE, Buffer.alloc(1)])],
    ['with another member behind it', Buffer.concat([FILE, tar([EVIL])])],
    ['with the whole bundle behind it', Buffer.concat([FILE, FILE])],
    ['with a member between its two blocks', tar(members(), Buffer.concat([Buffer.alloc(512), tar([EVIL]), TAR_END]))],
  ])('%s is refused', (_, file) => {
    expect(outcomeOf(() => openBundle(sourceOf(file)))).toBe('bad-tar');
  });
});

test('padding with a byte in it is refused, wherever it stands', () => {
  let tried = 0;
  for (const [index, member] of members().entries()) {
    const size = -member.content.length & 511;
    for (const dirty of new Set([0, size - 1])) {
      if (size === 0) continue;
      const fill = Buffer.alloc(size).fill(1, dirty, dirty + 1);
      expect(outcomeOf(() => openBundle(sourceOf(tar(members().with(index, { ...member, fill })))))).toBe('bad-tar');
      tried++;
    }
  }
  expect(tried).toBeGreaterThan(10);
});

describe('a file that is no bundle', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['short', Buffer.from('manifest')],
    ['text', Buffer.from('hello\n'.repeat(1000))],
    ['zeros', Buffer.alloc(10240)],
    ['another tar', tar([EVIL])],
    ['a tar of ./manifest.json', tar([{ name: './manifest.json', content: Buffer.from('{}') }])],
    ['an age file', Buffer.from(`age-encryption.org/v1\n${'x'.repeat(999)}`)],
  ])('(%s) is called that', (_, file) => {
    expect(outcomeOf(() => openBundle(sourceOf(file)))).toBe('bad-bundle');
  });

  test('but begins like one is judged as one', () => {
    const content = Buffer.from('{"name":"an extension","version":1}');
    expect(outcomeOf(() => openBundle(sourceOf(tar([{ name: 'manifest.json', content }]))))).toBe('bad-manifest');
    expect(outcomeOf(() => openBundle(sourceOf(tarHeader('manifest.json', MANIFEST_MAX + 1))))).toBe('over-limit');
    expect(outcomeOf(() => openBundle(sourceOf(tarHeader('manifest.json', MANIFEST_MAX))))).toBe('bad-tar');
    expect(outcomeOf(() => openBundle(sourceOf(tarHeader('manifest.json', 0))))).toBe('bad-manifest');
  });
});

test('any bit flipped anywhere is refused', { timeout: 120_000 }, () => {
  const file = smallBundle();
  for (let byte = 0; byte < file.length; byte++) {
    const flipped = Buffer.from(file);
    flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (byte & 7));
    expect(
      outcomeOf(() => verifyBundle(sourceOf(flipped))),
      `byte ${byte}`,
    ).not.toBe('ok');
  }
});

test('cut off anywhere it is refused', () => {
  const file = smallBundle();
  for (let end = 0; end < file.length; end++) {
    const outcome = outcomeOf(() => openBundle(sourceOf(file.subarray(0, end))));
    expect(outcome, `cut at ${end}`).toBe(end < 'manifest.json\0'.length ? 'bad-bundle' : 'bad-tar');
  }
});

test('how much of a file is missing is said', () => {
  const cut = sourceOf(FILE.subarray(0, -600));
  expect(() => openBundle(cut)).toThrow(`it has ${FILE.length - 600} of ${FILE.length} bytes`);
});

test('a file that becomes shorter while it is read is said to have changed', () => {
  const source = {
    size: FILE.length,
    read: (at: number, length: number) => FILE.subarray(0, 9000).subarray(at, at + length),
  };
  expect(outcomeOf(() => openBundle(source))).toBe('changed');
});

function members(): WireMember[] {
  const all: WireMember[] = [];
  for (let at = 0; FILE[at] !== 0; ) {
    const name = FILE.toString('latin1', at, FILE.indexOf(0, at));
    const size = Number.parseInt(FILE.toString('latin1', at + 124, at + 135), 8);
    all.push({ name, content: FILE.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return all;
}

function at(all: readonly WireMember[], index: number): WireMember {
  return all[index] ?? EVIL;
}

function pax(content: Buffer): WireMember {
  return { name: 'PaxHeader/x', content, header: { type: 'x' } };
}
