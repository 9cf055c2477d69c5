// The note of how far logs were written (spec/repository.md, "The note").
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { EntryId, LogId } from '../../../../src/format/ids.js';
import type { LogEnd } from '../../../../src/format/log/segment-writer.js';
import { addToNote, createNote, readNote, readOldNote } from '../../../../src/repository/notes/note-file.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

let file: string;
beforeEach(() => {
  file = path.join(scratchDirectory(), 'note');
});

function end(log: number, length: number): LogEnd {
  return { log: hex(log) as LogId, length, id: hex(log * 1_000 + length) as EntryId };
}

function hex(value: number): string {
  return value.toString(16).padStart(64, '0');
}

function add(one: LogEnd): void {
  addToNote(file, readNote(file)?.next ?? 0, one);
}

function lengths(): Record<string, number> {
  const logs = [...(readNote(file)?.logs ?? [])];
  return Object.fromEntries(logs.map(([log, { length }]) => [Number.parseInt(log, 16), length]));
}

it('says of each log how far it was written last, and when `format` was made', () => {
  createNote(file, 1_795_956_898_995_666_255n, [end(1, 5)]);
  for (const one of [end(1, 6), end(2, 1), end(1, 7)]) add(one);
  expect(readNote(file)?.formatBirth).toBe(1_795_956_898_995_666_255n);
  expect(lengths()).toEqual({ 1: 7, 2: 1 });
  expect(readNote(file)?.logs.get(hex(1) as LogId)?.id).toBe(hex(1_007));
});

it('stays as large as it is, and the same file, however often it is written to', () => {
  createNote(file, undefined, []);
  const { birthtimeNs, ino } = fs.statSync(file, { bigint: true });
  for (let i = 1; i <= 1_000; i++) add(end(i % 100, i));
  expect(fs.statSync(file, { bigint: true })).toMatchObject({ birthtimeNs, ino, size: 168n * 65n });
  expect(lengths()).toMatchObject({ 0: 1_000, 99: 999 });
  expect(readNote(file)?.logs.size).toBe(64);
});

it('takes the newest of very many logs', () => {
  createNote(
    file,
    undefined,
    Array.from({ length: 200 }, (_, i) => end(i, 3)),
  );
  expect(readNote(file)?.logs.size).toBe(64);
  expect(lengths()).toMatchObject({ 199: 3, 136: 3 });
});

describe('a line that was cut off', () => {
  it.each([1, 40, 100, 167])('after %d bytes counts for nothing, and what was before it still does', (bytes) => {
    createNote(file, undefined, []);
    for (let i = 1; i <= 70; i++) add(end(i <= 60 ? i : 7, i));
    const before = lengths();
    const whole = fs.readFileSync(file);
    add(end(8, 71));
    const after = fs.readFileSync(file);
    const at = after.findIndex((byte, i) => byte !== whole[i]);
    const line = at - (at % 168);
    fs.writeFileSync(file, Buffer.concat([after.subarray(0, line + bytes), whole.subarray(line + bytes)]));
    const { 7: _, ...others } = before;
    expect(lengths()).toMatchObject({ 7: 70 });
    expect(Object.keys(others).filter((log) => lengths()[log] !== others[log]).length).toBeLessThanOrEqual(1);
    add(end(9, 72));
    expect(lengths()).toMatchObject({ 7: 70, 9: 72 });
  });
});

it('is read as version 0.1 wrote it', () => {
  expect(readOldNote(file)).toBeUndefined();
  fs.writeFileSync(file, `${hex(1)} 5 ${hex(9)}\nnonsense\n${hex(2)} 17 ${hex(8)}\n`);
  expect([...(readOldNote(file) ?? [])]).toEqual([
    [hex(1), { length: 5, id: hex(9) }],
    [hex(2), { length: 17, id: hex(8) }],
  ]);
});
