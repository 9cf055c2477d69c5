// Making directories where it can and cannot be done.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from '../../../src/repository/files.js';
import { scratchDirectory } from '../../testkit/scratch.js';

test('everything that is missing is made; what is there stays', () => {
  const directory = path.join(scratchDirectory(), 'a', 'b', 'c');
  makeDirectory(directory);
  makeDirectory(directory);
  expect(fs.statSync(directory).isDirectory()).toBe(true);
});

test('a file in the way is told', () => {
  const file = path.join(scratchDirectory(), 'file');
  fs.writeFileSync(file, '');
  expect(() => makeDirectory(path.join(file))).toThrow(expect.objectContaining({ code: 'not-a-file' }));
});

test.runIf(process.platform === 'linux')('a place where nothing can be made is told, and soon', () => {
  expect(() => makeDirectory('/proc/no/such/place')).toThrow(expect.objectContaining({ code: 'io' }));
});
