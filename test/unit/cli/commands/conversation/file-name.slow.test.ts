import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentName, numberedName, safeFileName } from '../../../../../src/cli/commands/conversation/file-name.js';
import { mediaTypeOf } from '../../../../../src/cli/commands/conversation/media-type.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';

describe('a safe name', () => {
  it.each([
    ['plan.pdf', 'plan.pdf'],
    ['Plan für Bohnen (2).tar.gz', 'Plan für Bohnen (2).tar.gz'],
    ['../../x', '___.._x'],
    ['..', 'attachment'],
    ['.', 'attachment'],
    ['a/b', 'a_b'],
    ['a\\b', 'a_b'],
    ['/etc/passwd', '_etc_passwd'],
    ['C:\\boot.ini', 'C__boot.ini'],
    ['.bashrc', '_bashrc'],
    ['...x', '___x'],
    ['-rf', '_rf'],
    ['~/x', '__x'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['NUL .log', '_NUL .log'],
    ['com1', '_com1'],
    ['COM\u00b9.x', '_COM\u00b9.x'],
    ['console', 'console'],
    ['x.', 'x'],
    ['x. . ', 'x'],
    ['  x ', 'x'],
    ['', 'attachment'],
    ['///', 'attachment'],
    ['\u202e\u200b', 'attachment'],
    ['a\u202egpj.exe', 'a_gpj.exe'],
    ['a\x00b\x1b[2J\nc', 'a_b_[2J_c'],
    ['a\u2028b\ufeff', 'a_b_'],
    ['who?<what>|"*":', 'who__what______'],
    ['e\u0301', '\u00e9'],
  ])('of %j is %j', (given, safe) => {
    expect(safeFileName(given)).toBe(safe);
  });

  it.each([
    ['x'.repeat(255), 'x'.repeat(200)],
    [`${'x'.repeat(250)}.jpg`, `${'x'.repeat(196)}.jpg`],
    [`${'x'.repeat(250)}.tar.gz`, `${'x'.repeat(193)}.tar.gz`],
    [`${'é'.repeat(125)}.jpeg`, `${'é'.repeat(97)}.jpeg`],
    [`a.${'x'.repeat(250)}`, `a.${'x'.repeat(198)}`],
    [`${'x'.repeat(199)}. y${'z'.repeat(50)}`, 'x'.repeat(199)],
  ])('of %j is cut', (given, safe) => {
    expect(safeFileName(given)).toBe(safe);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(200);
  });

  it('can be written, lies in its folder, and stays what it is, whatever was given', () => {
    const directory = scratchDirectory();
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: fc.constantFrom(...'../\\ ~-:con.nul\u202e\ud800'), maxLength: 20 }),
    );
    fc.assert(
      fc.property(anything, (given) => {
        const name = safeFileName(given);
        expect(path.basename(name)).toBe(name);
        expect(name).not.toMatch(/^[.\s-]|[.\s]$|[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(safeFileName(name)).toBe(name);
        const file = path.join(directory, numberedName(name, 10_000));
        fs.writeFileSync(file, '');
        expect(fs.readdirSync(directory)).toEqual([path.basename(file)]);
        fs.rmSync(file);
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ['x', 'x (2)'],
  ['photo.jpg', 'photo (2).jpg'],
  ['a.b.tar.gz', 'a.b (2).tar.gz'],
  ['_bashrc', '_bashrc (2)'],
  ['no. 5', 'no. 5 (2)'],
])('the second %j is %j', (name, second) => {
  expect(numberedName(name, 2)).toBe(second);
});

it('the name of a file is cut to what an attachment can be called', () => {
  expect(attachmentName('x'.repeat(300))).toBe('x'.repeat(255));
  expect(attachmentName('../x')).toBe('../x');
  expect(attachmentName('a\ud800')).toBe('a\ufffd');
});

it.each([
  ['a.JPG', 'image/jpeg'],
  ['a.tar.gz', 'application/gzip'],
  ['a.tgz', 'application/gzip'],
  ['a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['a.log', 'text/plain'],
  ['a.ndjson', 'application/x-ndjson'],
  ['a.b/jpg', ''],
  ['a.nothing-anybody-knows', ''],
  ['a.__proto__', ''],
  ['jpg', ''],
  ['a.constructor', ''],
  ['a.', ''],
])('the media type of %j is %j', async (name, type) => {
  expect(await mediaTypeOf(name)).toBe(type);
});
