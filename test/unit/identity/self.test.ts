// This repository's own identity.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import type { DeviceKey, PersonId } from '../../../src/format/ids.js';
import { newEpoch, nextSerial, randomEpoch, readSelf, type Self, writeSelf } from '../../../src/identity/self.js';
import { nodeDisk } from '../../../src/repository/disk.js';
import { loadShapes } from '../../../src/repository/state.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const SELF: Self = {
  person: 'a1'.repeat(32) as PersonId,
  device: 'b2'.repeat(32) as DeviceKey,
  name: 'Ada',
  card: 'satchel1:AQE',
  epoch: 'c3'.repeat(16),
  serial: 0,
};

beforeAll(loadShapes);

function written(): string {
  const dir = scratchDirectory();
  writeSelf(dir, SELF);
  return dir;
}

test('comes back as it was written, below .satchel/refs', () => {
  const dir = written();
  expect(readSelf(dir)).toEqual(SELF);
  expect(fs.existsSync(path.join(dir, '.satchel', 'refs', 'self.json'))).toBe(true);
});

test('is missing before init', () => {
  expect(() => readSelf(scratchDirectory())).toThrow(expect.objectContaining({ code: 'no-identity' }));
});

test('counts serials, and never hands one out twice', () => {
  const dir = written();
  expect([nextSerial(dir), nextSerial(dir), nextSerial(dir)]).toEqual([1, 2, 3]);
  expect(readSelf(dir)).toEqual({ ...SELF, serial: 3 });
});

test('hands no serial out that it could not write down', () => {
  const dir = written();
  const rename = vi.spyOn(nodeDisk, 'rename').mockImplementation(() => {
    throw Object.assign(new Error('disk full'), { code: 'ENOSPC', syscall: 'rename' });
  });
  expect(() => nextSerial(dir)).toThrow(expect.objectContaining({ code: 'no-space' }));
  rename.mockRestore();
  expect(nextSerial(dir)).toBe(1);
});

test('begins an epoch at serial 0', () => {
  const dir = scratchDirectory();
  writeSelf(dir, { ...SELF, serial: 41 });
  const random = (size: number): Buffer => Buffer.alloc(size, 0xd4);
  expect(newEpoch(dir, random)).toEqual({ ...SELF, epoch: 'd4'.repeat(16), serial: 0 });
  expect(nextSerial(dir)).toBe(1);
  expect(randomEpoch(random)).toBe('d4'.repeat(16));
});

test.each([
  ['no object', 7],
  ['a list', []],
  ['no person', { ...SELF, person: undefined }],
  ['an upper-case person', { ...SELF, person: SELF.person.toUpperCase() }],
  ['a short device', { ...SELF, device: 'b2' }],
  ['no name', { ...SELF, name: 1 }],
  ['no card', { ...SELF, card: null }],
  ['a short epoch', { ...SELF, epoch: 'c3' }],
  ['no serial', { ...SELF, serial: '1' }],
  ['a serial below 0', { ...SELF, serial: -1 }],
  ['half a serial', { ...SELF, serial: 0.5 }],
])('is damaged with %s', (_what, value) => {
  const dir = written();
  fs.writeFileSync(path.join(dir, '.satchel', 'refs', 'self.json'), JSON.stringify(value));
  expect(() => readSelf(dir)).toThrow(expect.objectContaining({ code: 'damaged' }));
});

test('is damaged when it is no JSON', () => {
  const dir = written();
  fs.writeFileSync(path.join(dir, '.satchel', 'refs', 'self.json'), '{"person":');
  expect(() => readSelf(dir)).toThrow(expect.objectContaining({ code: 'damaged' }));
});
