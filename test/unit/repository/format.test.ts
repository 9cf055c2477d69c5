// Which version a repository is of, whatever rots of the two files that say so (spec/repository.md, "Versioning").
import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRepository, sealRepository } from '../../../src/repository/create.js';
import { assertFormat, findFormat, renewFormat } from '../../../src/repository/format.js';
import type { Layout } from '../../../src/repository/layout.js';
import { sealState } from '../../../src/repository/state/checksum.js';
import { outcomeOf } from '../../testkit/outcome.js';
import { scratchDirectory } from '../../testkit/scratch.js';

const SAID: Readonly<Record<string, string | undefined>> = {
  'names 2': '{"format":2,"decided":[]}\n',
  'names 3': '{"format":3,"somethingElse":true}\n',
  'names none': '{"decided":[]}\n',
  'is not there': undefined,
};

/** A repository whose two files say this. */
function repository(
  format: string,
  state: Buffer | undefined,
): { readonly layout: Layout; readonly directory: string } {
  const directory = scratchDirectory();
  const layout = createRepository(directory);
  sealRepository(layout);
  fs.writeFileSync(layout.format, format);
  const file = path.join(layout.refs, 'state');
  if (state) fs.writeFileSync(file, state);
  else fs.rmSync(file);
  return { layout, directory };
}

function judged(format: string, state: Buffer | undefined): string {
  const { layout, directory } = repository(format, state);
  const { judgement } = findFormat(layout);
  const code = { good: 'ok', damaged: 'damaged', newer: 'newer-version', unclear: 'newer-version' } as const;
  expect(outcomeOf(() => assertFormat(directory))).toBe(code[judgement as keyof typeof code]);
  return judgement;
}

describe.each([
  ['names 2', 'damaged', 'good', 'damaged', 'damaged'],
  ['names 3', 'newer', 'newer', 'newer', 'newer'],
  ['names none', 'good', 'good', 'damaged', 'damaged'],
  ['is not there', 'good', 'good', 'damaged', 'damaged'],
])('where refs/state %s', (said, one, two, three, none) => {
  const content = SAID[said];
  const state = content === undefined ? undefined : sealState('refs/state', Buffer.from(content));

  it('judges what format says by that', () => {
    expect(judged('satchel-repository/1\n', state)).toBe(one);
    expect(judged('satchel-repository/2\n', state)).toBe(two);
    expect(judged('satchel-repository/3\n', state)).toBe(three);
    expect(judged('satchel-repository/0\n', state)).toBe(said === 'names 3' ? 'newer' : 'damaged');
    expect(judged('satchel-repositorx/2\n', state)).toBe(none);
    expect(judged('', state)).toBe(none);
  });
});

it('says that nobody can tell only where refs/state has rotten too', () => {
  const rotten = sealState('refs/state', Buffer.from('{"format":2,"decided":[]}\n'));
  rotten[11] = (rotten[11] ?? 0) ^ 1;
  expect(judged('satchel-repository/1\n', rotten)).toBe('good');
  expect(judged('satchel-repository/2\n', rotten)).toBe('good');
  expect(judged('satchel-repository/3\n', rotten)).toBe('unclear');
  expect(judged('satchel-repositorx/2\n', rotten)).toBe('damaged');
});

it('takes refs/state of another form for that of a later version', () => {
  const prefix = 'satchel-state/2 ';
  const checksum = crc32('what nobody here can read\n', crc32(`${prefix}refs/state\n`));
  const later = Buffer.from(`what nobody here can read\n${prefix}${checksum.toString(16).padStart(8, '0')}\n`);
  expect(judged('satchel-repository/2\n', later)).toBe('newer');
  expect(judged('satchel-repository/3\n', later)).toBe('newer');
});

it('leads no flipped bit of format to a newer version', () => {
  const whole = Buffer.from('satchel-repository/2\n');
  const { layout, directory } = repository(
    whole.toString(),
    sealState('refs/state', Buffer.from(SAID['names 2'] ?? '')),
  );
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    fs.writeFileSync(layout.format, bytes);
    expect(['ok', 'damaged'], bytes.toString('latin1')).toContain(outcomeOf(() => assertFormat(directory)));
  }
});

it('writes format in place: the repository is known by its birth time', () => {
  const { layout } = repository('satchel-repository/3, and more than it had\n', undefined);
  const before = fs.statSync(layout.format).ino;
  renewFormat(layout);
  expect(fs.readFileSync(layout.format, 'utf8')).toBe('satchel-repository/2\n');
  expect(fs.statSync(layout.format).ino).toBe(before);
});
