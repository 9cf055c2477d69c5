// Archives that somebody made of a folder or a mail, for whoever imports one.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { EXIT_OF_CODE } from '../../../src/format/error.js';
import { ARCHIVE_HEADERS_MAX, ARCHIVE_MEMBERS_MAX } from '../../../src/format/limits.js';
import { openGiven } from '../../../src/sync/import/open-given.js';
import { bytesOf, join } from '../../testkit/wire.js';
import { octal, paxRecord, TAR_END, tar, tarHeader, type WireHeader, type WireMember } from '../../testkit/wire-tar.js';
import { FILE, type HostileCase, type Kind } from '../case.js';
import { exitOf, GOOD, given } from '../cast.js';

const MIB = 1_048_576;
const GOOD_MEMBER: WireMember = { name: 'folder/good.satchel', content: given({ segments: GOOD }) };
const GOOD_TAR = tar([GOOD_MEMBER]);

/** Tar files, packed or not, that are no bundles. */
export const ARCHIVE: Kind = {
  name: 'archive',
  place: 'case.tgz',
  judge: judgeArchive,
  cases: [
    refused('10,000 empty files', () => many(10_000, (i) => tarHeader(`f/${octal(i, 8)}.satchel`, 0))),
    refused('10,000 folders', () => many(10_000, (i) => tarHeader(`f${octal(i, 8)}/`, 0, { type: '5' }))),
    { ...refused('512 MiB of zeros in 512 KiB', () => packed(tar([zeros('folder/a.txt', 512 * MIB)]))), isBig: true },
    { ...refused('512 MiB of zeros called a bundle', () => packed(tar([zeros('a.satchel', 512 * MIB)]))), isBig: true },
    { ...refused('512 MiB of zeros and nothing else', () => packed(Buffer.alloc(512 * MIB))), isBig: true },
    { ...refused('64 MiB of headers that say nothing', () => packed(endless('g', 64 * MIB))), isBig: true },
    refused('1,000 headers before a member', () => join(endless('x', 1_000 * 1_024), GOOD_TAR)),
    refused('a pax header of 4 MiB', () => join(extended('x', paxRecord('comment', '9'.repeat(4 * MIB))), GOOD_TAR)),
    refused('a long name of 4 MiB', () => join(extended('L', bytesOf(4 * MIB, 0x61)), GOOD_TAR)),
    refused('a long name of 8 GiB, says its header', () => tarHeader('x', 8 * 2 ** 30 - 1, { type: 'L' })),
    refused('1,000 times what pax says of all members', () => paxBomb()),
    { ...refused('a million empty gzip files', () => Buffer.concat(Array(1_000_000).fill(gzipSync('')))), isBig: true },
    refused('a size in base 256', () => lying({ size: join(bytesOf(1, 0x80), bytesOf(11, 0xff)) })),
    refused('a negative size', () => lying({ size: bytesOf(12, 0xff) })),
    refused('a size that pax gives', () => join(extended('x', paxRecord('size', '9'.repeat(30))), GOOD_TAR)),
    refused('no number for a size', () => lying({ size: 'zzzzzzzzzzz' })),
    nothing('a folder of 8 GiB, says its header', () =>
      tar([header('f/', { type: '5', size: octal(2 ** 33 - 1, 11) })]),
    ),
    nothing('links', () => tar(['1', '2'].map((type) => header('f/a.satchel', { type, link: '/etc/passwd' })))),
    nothing('devices and pipes', () => tar(['3', '4', '6'].map((type) => header('f/a.satchel', { type })))),
    nothing('names that lead elsewhere', () => tar(BAD_NAMES.map((name) => ({ ...GOOD_MEMBER, name })))),
    nothing('folders in folders', () => tar([{ ...GOOD_MEMBER, name: 'a/b/c/good.satchel' }])),
    nothing('archives in an archive', () => tar([{ name: 'a.tgz', content: packed(GOOD_TAR) }])),
    nothing('a file with holes, as GNU has it', () => tar([{ ...GOOD_MEMBER, header: { type: 'S' } }])),
    nothing('a file with holes, as pax has it', () =>
      join(extended('x', paxRecord('GNU.sparse.major', '1')), GOOD_TAR),
    ),
    refused('a name of 300,000 letters', () => join(extended('x', paxRecord('path', 'a'.repeat(300_000))), GOOD_TAR)),
    refused('cut off in its first header', () => GOOD_TAR.subarray(0, 511)),
    refused('cut off in its first member', () => GOOD_TAR.subarray(0, 2_000)),
    refused('packed and cut off', () => packed(GOOD_TAR).subarray(0, 40)),
    refused('packed twice', () => packed(packed(GOOD_TAR))),
    refused('gzip and nothing behind it', () => Buffer.from('1f8b08', 'hex')),
    taken('cut off behind its first member', 3, () => GOOD_TAR.subarray(0, -1_024)),
    taken('dirt behind its first member', 3, () => join(GOOD_TAR.subarray(0, -1_024), bytesOf(2_048, 7))),
    refused('packed with another checksum', () => withBadSum(packed(GOOD_TAR))),
    taken('a bad bundle beside a good one', 3, () => tar([{ name: 'bad.satchel', content: bytesOf(9) }, GOOD_MEMBER])),
    { ...taken('16 MiB of zeros behind its end', 0, () => join(GOOD_TAR, Buffer.alloc(16 * MIB))), isBig: true },
    { ...taken('100 times the same bundle', 0, () => packed(tar(Array(100).fill(GOOD_MEMBER)))), isBig: true },
  ],
};

const BAD_NAMES = [
  '../a.satchel',
  'f/../a.satchel',
  '/etc/a.satchel',
  'f//a.satchel',
  'f\\..\\a.satchel',
  'a\x1b[2J.satchel',
];

function refused(name: string, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['import', FILE], exit: 20 }] };
}

/** Nothing in it is to be taken, and that is no mistake. */
function nothing(name: string, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['import', FILE], exit: 0 }] };
}

function taken(name: string, exit: number, content: () => Buffer): HostileCase {
  return { name, content, runs: [{ args: ['import', FILE], exit }], isTaken: true };
}

function packed(content: Buffer): Buffer {
  return gzipSync(content, { level: 1 });
}

function withBadSum(file: Buffer): Buffer {
  return file.fill(0, file.length - 8, file.length - 4);
}

function many(count: number, headerOf: (i: number) => Buffer): Buffer {
  return join(...Array.from({ length: count }, (_, i) => headerOf(i)), TAR_END);
}

function zeros(name: string, size: number): WireMember {
  return { name, content: Buffer.alloc(size) };
}

function header(name: string, lies: WireHeader): WireMember {
  return { name, content: Buffer.alloc(0), header: lies };
}

function lying(lies: WireHeader): Buffer {
  return tar([{ ...GOOD_MEMBER, header: lies }]);
}

/** An extended header of that type. */
function extended(type: string, content: Buffer): Buffer {
  return join(tarHeader('x', content.length, { type }), content, Buffer.alloc(-content.length & 511));
}

function endless(type: string, size: number): Buffer {
  const one = extended(type, paxRecord('comment', 'x'));
  return Buffer.alloc(size, one);
}

/** As many records for all members as find room, copied for each member. */
function paxBomb(): Buffer {
  const records = Array.from({ length: ARCHIVE_HEADERS_MAX / 16 }, (_, i) => paxRecord(`k${i}`, ''));
  const one = join(extended('x', paxRecord('comment', '')), tarHeader('f/a.txt', 0));
  const members = Array.from({ length: ARCHIVE_MEMBERS_MAX }, () => one);
  return join(extended('g', join(...records)), ...members, TAR_END);
}

async function judgeArchive(content: Buffer): Promise<number> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-archive-'));
  const file = path.join(directory, 'case.tgz');
  fs.writeFileSync(file, content);
  const given = await openGiven({ files: [file], named: new Set([file]), passedOver: [] }, async () => directory);
  try {
    const exits = given.files.map((one) =>
      exitOf(() => {
        const copy = one.spool(directory);
        const isBundle = copy.size > 512;
        copy.close();
        return isBundle ? 0 : EXIT_OF_CODE['bad-bundle'];
      }),
    );
    const failed = exits.filter((exit) => exit !== 0);
    return failed.length === exits.length ? (failed[0] ?? 0) : failed.length > 0 ? EXIT_OF_CODE.refused : 0;
  } finally {
    given.close();
    fs.rmSync(directory, { recursive: true });
  }
}
