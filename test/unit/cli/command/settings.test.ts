// Settings as typed, stored and checked.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { readChanged, readConfig, writeSetting } from '../../../../src/cli/command/config.js';
import { formatSettingValue, parseSettingName, parseSettingValue } from '../../../../src/cli/command/setting-value.js';
import { DEFAULT_CONFIG, SETTINGS, type SettingName } from '../../../../src/cli/command/settings.js';
import { parseSize } from '../../../../src/cli/terminal/size.js';
import { loadShapes } from '../../../../src/repository/state.js';
import { scratchDirectory } from '../../../testkit/scratch.js';

test.each([
  ['500', 500],
  ['8M', 2 ** 23],
  ['128 MiB', 2 ** 27],
  ['1.5g', 3 * 2 ** 29],
  ['1 kb', 1024],
  ['12 bytes', 12],
  ['', undefined],
  ['M', undefined],
  ['-1', undefined],
  ['1.5.5M', undefined],
  ['999999999999T', undefined],
])('the size %o is %o', (text, sizeBytes) => {
  expect(parseSize(text)).toBe(sizeBytes);
});

describe('values', () => {
  it('can be typed as they are shown', () => {
    for (const name of Object.keys(SETTINGS) as SettingName[]) {
      const value = DEFAULT_CONFIG[name];
      expect(parseSettingValue(name, formatSettingValue(name, value))).toBe(value);
    }
    expect(formatSettingValue('quota.carry', 1_000_001)).toBe('1000001');
  });

  it.each([
    ['gc.auto', 'maybe'],
    ['gc.auto', 'constructor'],
    ['lock-timeout', '-1'],
    ['quota.carry', 'much'],
  ] as const)('refuse %s %s', (name, text) => {
    expect(() => parseSettingValue(name, text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('know their names', () => {
    expect(parseSettingName('gc.auto')).toBe('gc.auto');
    expect(() => parseSettingName('toString')).toThrow(/there is no setting/);
  });
});

describe('config.json', () => {
  beforeAll(loadShapes);

  const fileIn = (directory: string): string => path.join(directory, '.satchel', 'refs', 'config.json');

  it('holds what was changed, and keeps what a later version wrote', () => {
    const directory = scratchDirectory();
    expect(readConfig(directory)).toEqual(DEFAULT_CONFIG);
    writeSetting(directory, 'gc.auto', false);
    fs.writeFileSync(fileIn(directory), JSON.stringify({ ...readChanged(directory), 'new.thing': [1] }));
    writeSetting(directory, 'quota.carry', 5);
    expect(readConfig(directory)).toMatchObject({ 'gc.auto': false, 'quota.carry': 5, 'lock-timeout': 10 });
    writeSetting(directory, 'gc.auto', undefined);
    expect(readChanged(directory)).toEqual({ 'quota.carry': 5, 'new.thing': [1] });
  });

  it.each(['[]', '3', '{"gc.auto":1}', '{"lock-timeout":-1}', '{"quota.carry":1.5}', '{"quota.carry":"8M"}', '{'])(
    'is refused as damaged: %s',
    (text) => {
      const directory = scratchDirectory();
      fs.mkdirSync(path.dirname(fileIn(directory)), { recursive: true });
      fs.writeFileSync(fileIn(directory), text);
      expect(() => readConfig(directory)).toThrow(expect.objectContaining({ code: 'damaged' }));
    },
  );
});
