// Vectors of small files: what becomes of each, told apart from what it holds (spec/repository.md, "Small files").
import { crc32 } from 'node:zlib';
import { type Compact, compact } from './compact.js';
import type { Vector } from './vector.js';

/** A file with its path below `.satchel`, and what stands before its checksum line or why it does not count. */
export interface StateVector extends Vector {
  readonly file: string;
  readonly bytes: Compact;
  readonly content?: Compact;
  readonly problem?: 'no-checksum' | 'wrong-checksum' | 'newer-version';
}

const MARKS = 'journal/marks.json';

/** All of them. */
export function stateVectors(): StateVector[] {
  return [...goodVectors(), ...badVectors()];
}

function goodVectors(): StateVector[] {
  return [
    good('json', 'as this version writes it', MARKS, '{}\n'),
    good('empty', 'nothing before the line', 'HEAD', ''),
    good('text', 'HEAD is text', 'HEAD', `${'ab'.repeat(32)}\n`),
    good('no-line-feed', 'the content need not end with a line feed', 'journal/drives/0a/0b', '\x00\x01\x02'),
    good('two-lines', 'what looks like a checksum line before the last is content', MARKS, lineOf(1, MARKS, '')),
  ];
}

function badVectors(): StateVector[] {
  const whole = Buffer.from(sealed(MARKS, '{}\n'), 'latin1');
  const flipped = Buffer.from(whole);
  flipped.writeUInt8(whole.readUInt8(1) ^ 1, 1);
  const old = Buffer.from('{}\n');
  return [
    bad('none', 'as version 0.1 wrote it', MARKS, old, 'no-checksum'),
    bad('nothing', 'an empty file', MARKS, Buffer.alloc(0), 'no-checksum'),
    bad('cut', 'the last byte is missing', MARKS, whole.subarray(0, -1), 'no-checksum'),
    bad('longer', 'a byte behind the line', MARKS, Buffer.concat([whole, Buffer.from(' ')]), 'no-checksum'),
    bad('flipped', 'another bit in the content', MARKS, flipped, 'wrong-checksum'),
    bad('other-name', 'stands under the name of another file', 'journal/clock-warned.json', whole, 'wrong-checksum'),
    bad('upper-case', 'digits in upper case', 'HEAD', Buffer.from('satchel-state/1 0B9AF1CD\n'), 'no-checksum'),
    bad(
      'version',
      'another version, rightly made',
      MARKS,
      Buffer.from(`{}\n${lineOf(2, MARKS, '{}\n')}`),
      'newer-version',
    ),
    bad('version-only', 'only the digit of the version differs', MARKS, withVersion(whole, 2), 'wrong-checksum'),
  ];
}

function good(name: string, comment: string, file: string, content: string): StateVector {
  const bytes = Buffer.from(sealed(file, content), 'latin1');
  const before = Buffer.from(content, 'latin1');
  return { name, comment, file, bytes: compact(bytes), content: compact(before) };
}

function bad(
  name: string,
  comment: string,
  file: string,
  bytes: Buffer,
  problem: NonNullable<StateVector['problem']>,
): StateVector {
  return { name, comment, file, bytes: compact(bytes), problem };
}

function sealed(file: string, content: string): string {
  return `${content}${lineOf(1, file, content)}`;
}

function lineOf(version: number, file: string, content: string): string {
  const prefix = `satchel-state/${version} `;
  const sum = crc32(Buffer.from(`${prefix}${file}\n${content}`, 'latin1'));
  return `${prefix}${sum.toString(16).padStart(8, '0')}\n`;
}

function withVersion(whole: Buffer, version: number): Buffer {
  return Buffer.from(whole.toString('latin1').replace('satchel-state/1', `satchel-state/${version}`), 'latin1');
}
