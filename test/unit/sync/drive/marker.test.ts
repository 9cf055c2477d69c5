// What a drive's marker says of its mode, and when that is believed (spec/drive.md, "Marker").
import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createDrive, isOpenFor, openDrive, openToAll } from '../../../../src/sync/drive/drive.js';
import { decodeMarker, encodeMarker, MARKER, markedOpen } from '../../../../src/sync/drive/marker.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

const PLAIN = { id: '1'.repeat(32), label: 'blue' };
const SEEN = { label: 'blue', directory: '/', first: 1, last: 1, files: {} };

it('a marker says that a drive is open, and nothing else does', () => {
  expect(decodeMarker(encodeMarker(PLAIN, 0))).toEqual(PLAIN);
  expect(decodeMarker(encodeMarker({ ...PLAIN, isOpen: true }, 0))).toEqual({ ...PLAIN, isOpen: true });
  for (const mode of ['sealed', 'OPEN', '', 1, true, null, ['open']]) {
    const bytes = Buffer.from(JSON.stringify({ ...JSON.parse(encodeMarker(PLAIN, 0).toString()), mode }));
    expect(decodeMarker(bytes)).toEqual(PLAIN);
  }
});

it('a drive is opened with all else of its marker as it was', () => {
  const directory = scratchDirectory();
  const drive = createDrive(directory, { label: 'blue', random: (size) => Buffer.alloc(size, 7), now: 1_000 });
  const file = path.join(directory, 'satchel', MARKER);
  const before = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
  expect(openToAll(drive)).toMatchObject({ id: drive.id, label: 'blue', isOpen: true });
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual({ ...before, mode: 'open' });
  expect(openDrive(directory).isOpen).toBe(true);
  expect(markedOpen(fs.readFileSync(file))).toEqual(fs.readFileSync(file));
});

it('a drive is an open one by its marker and the word of the user, never by one of them', () => {
  expect(isOpenFor({ isOpen: true }, undefined)).toBe(false);
  expect(isOpenFor({ isOpen: true }, undefined, true)).toBe(true);
  expect(isOpenFor({ isOpen: true }, SEEN, true)).toBe(true);
  expect(isOpenFor({ isOpen: true }, { ...SEEN, first: 0 })).toBe(false);
  expect(isOpenFor({}, undefined, true)).toBe(false);
  expect(isOpenFor({ isOpen: true }, { ...SEEN, open: true })).toBe(true);
  expect(isOpenFor({ isOpen: true }, SEEN)).toBe(false);
  expect(isOpenFor({}, { ...SEEN, open: true })).toBe(false);
  expect(isOpenFor({}, undefined)).toBe(false);
});
