import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignColumns } from '../../../src/cli/terminal/columns.js';
import { parseFuture, parsePast, parseUntil } from '../../../src/cli/terminal/moment.js';
import { openProgress } from '../../../src/cli/terminal/progress.js';
import { formatSize, plural } from '../../../src/cli/terminal/size.js';
import { COLOURED, chooseStyle, PLAIN } from '../../../src/cli/terminal/style.js';
import {
  formatDate,
  formatDay,
  formatMoment,
  formatRelative,
  formatTime,
  formatUtcDay,
} from '../../../src/cli/terminal/time.js';
import { pad, truncate, widthOf } from '../../../src/cli/terminal/width.js';
import { wrapLine } from '../../../src/cli/terminal/wrap.js';

process.env['TZ'] = 'UTC';
const NOON = Date.UTC(2025, 2, 3, 12, 5);
const DAY_MS = 86_400_000;

describe('width', () => {
  it.each([
    ['abc', 3],
    ['Jürgen', 6],
    ['e\u0301', 1],
    ['李小龍', 6],
    ['한국어', 6],
    ['ｆｕ', 4],
    ['😀', 2],
    ['👩\u200d🚀', 2],
    ['👍🏽', 2],
    ['❤\ufe0f', 2],
    ['🇨🇭', 2],
    ['…│●', 3],
    ['↳ a', 3],
    ['а\u0483\u00ad', 1],
    ['\x1b[31mred\x1b[39m', 3],
  ])('%j is %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });

  it('truncates and pads by columns', () => {
    expect(truncate('李小龍', 6)).toBe('李小龍');
    expect(truncate('李小龍', 5)).toBe('李…');
    expect(truncate('one two', 5)).toBe('one…');
    expect(truncate('↳ once', 6)).toBe('↳ o…');
    expect(truncate('one', 1)).toBe('…');
    expect(pad('李', 4)).toBe('李  ');
  });
});

describe('wrapLine', () => {
  it('breaks at spaces, and long words anywhere', () => {
    expect(wrapLine('the beans are up', 9)).toEqual(['the beans', 'are up']);
    expect(wrapLine('a abcdefghij b', 4)).toEqual(['a', 'abcd', 'efgh', 'ij b']);
    expect(wrapLine('  - item one', 8)).toEqual(['  - item', 'one']);
    expect(wrapLine('李小龍', 4)).toEqual(['李小', '龍']);
    expect(wrapLine('', 4)).toEqual(['']);
  });

  it('fits and loses nothing but spaces', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', ' ', '李', '  ', 'defghijk', '😀'), { maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (parts, columns) => {
        const lines = wrapLine(parts.join(''), columns);
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(parts.join('').replaceAll(' ', ''));
      }),
    );
  });
});

describe('times', () => {
  it('are local', () => {
    expect([formatDay(NOON), formatTime(NOON), formatMoment(NOON)]).toEqual([
      'Monday 3 March 2025',
      '12:05',
      '2025-03-03 12:05',
    ]);
  });

  it.each([
    [0, 'just now'],
    [59_000, 'just now'],
    [60_000, '1 min ago'],
    [3 * 3_600_000 + 5, '3 h ago'],
    [86_400_000, '1 day ago'],
    [3 * 86_400_000, '3 days ago'],
    [-3 * 86_400_000, 'in 3 days'],
    [60 * 86_400_000, '2025-01-02'],
  ])('%i ms before is %s', (ago, expected) => {
    expect(formatRelative(NOON - ago, NOON)).toBe(expected);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, -(2 ** 60)])('survive %d', (time) => {
    expect([
      formatDay(time),
      formatDate(time),
      formatMoment(time),
      formatRelative(time, NOON),
      formatTime(time),
    ]).toEqual([...['no date', 'no date', 'no date', 'no date'], '--:--']);
  });

  it('survive absurd years', () => {
    expect(formatUtcDay(20_000)).toBe('2024-10-04');
    expect([formatUtcDay(2 ** 53 - 1), formatUtcDay(Number.NaN)]).toEqual(['no date', 'no date']);
    expect(formatDay(2 ** 48 - 1)).toBe('Tuesday 2 August 10889');
    expect(formatDay(-(10 ** 14))).toMatch(/ -1199$/);
  });
});

describe('moments', () => {
  it('are spans or dates', () => {
    expect(parsePast('--since', '2h', NOON)).toBe(NOON - 7_200_000);
    expect(parseFuture('--expire', '7d', NOON)).toBe(NOON + 7 * 86_400_000);
    expect(parsePast('--since', '2025-03-01', NOON)).toBe(Date.UTC(2025, 2, 1));
    expect(parsePast('--since', '2025-03-01 18:30', NOON)).toBe(Date.UTC(2025, 2, 1, 18, 30));
    expect(parsePast('--since', '2025-03-01T18:30:05.123Z', NOON)).toBe(Date.UTC(2025, 2, 1, 18, 30, 5));
  });

  it.each([
    '',
    '7',
    'd',
    '-7d',
    '7 d',
    '1e3d',
    '2025-02-31',
    '2025-13-01',
    '9999999d',
    '24:00',
    '10:60',
    'monday',
    'today noon',
    '1740787200',
    '2025-03-01T10',
  ])('%j is refused', (text) => {
    expect(() => parsePast('--since', text, NOON)).toThrow(`--since is "${text}", expected a span or a date`);
  });

  it('are days and times of day as people say them', () => {
    const at = (text: string): number => parsePast('--since', text, NOON);
    const day = Math.floor(NOON / DAY_MS) * DAY_MS;
    expect([at('today'), at('yesterday'), at('now')]).toEqual([day, day - DAY_MS, NOON]);
    expect([at('10:00'), at('9:05'), at('13:00')]).toEqual([day + 36_000_000, day + 32_700_000, day - 39_600_000]);
    expect(at('yesterday 18:30')).toBe(day - 19_800_000);
    expect(parseFuture('--expire', 'tomorrow 10:00', NOON)).toBe(day + DAY_MS + 36_000_000);
    expect(parseFuture('--expire', '10:00', NOON)).toBe(day + DAY_MS + 36_000_000);
  });

  it('are ISO 8601 with any offset, and milliseconds', () => {
    const moment = Date.UTC(2025, 2, 1, 18, 30);
    const texts = ['2025-03-01T18:30:00.000Z', '2025-03-01T20:30+02:00', '2025-03-01T13:00-0530', String(moment)];
    expect(texts.map((text) => parsePast('--since', text, NOON))).toEqual(texts.map(() => moment));
  });

  it('end where a day is over', () => {
    const day = Math.floor(NOON / DAY_MS) * DAY_MS;
    const until = (text: string): number => parseUntil('--until', text, NOON);
    expect([until('yesterday'), until('2025-03-01'), until('2h')]).toEqual([
      day,
      Date.UTC(2025, 2, 2),
      NOON - 7_200_000,
    ]);
    expect(until('2025-03-01 18:30')).toBe(Date.UTC(2025, 2, 1, 18, 30));
  });

  it('do not expire in the past', () => {
    expect(() => parseFuture('--expire', '2025-03-01', NOON)).toThrow('expected a time to come');
    expect(() => parseFuture('--expire', '0d', NOON)).toThrow('expected a time to come');
  });
});

describe('amounts', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1.0 KiB'],
    [15_000, '15 KiB'],
    [1_048_575, '1.0 MiB'],
    [5 * 2 ** 30, '5.0 GiB'],
  ])('%i', (size, expected) => {
    expect(formatSize(size)).toBe(expected);
  });

  it('have plurals', () => {
    expect([plural(1, 'entry'), plural(2, 'entry'), plural(0, 'day'), plural(2, 'message')]).toEqual([
      ...['1 entry', '2 entries', '0 days', '2 messages'],
    ]);
  });
});

describe('alignColumns', () => {
  it('aligns by columns on the screen', () => {
    const rows = [
      ['李', '1', 'x'],
      ['anna', '20', ''],
    ];
    expect(alignColumns(rows, { indent: '  ', right: [1] })).toEqual(['  李     1  x', '  anna  20']);
    expect(alignColumns([])).toEqual([]);
  });
});

describe('style', () => {
  it.each([
    [true, {}, false, true],
    [false, {}, false, false],
    [true, { NO_COLOR: '1' }, false, false],
    [true, { NO_COLOR: '' }, false, true],
    [false, { FORCE_COLOR: '1' }, false, true],
    [true, { FORCE_COLOR: '0' }, false, false],
    [true, { TERM: 'dumb' }, false, false],
    [true, { FORCE_COLOR: '1' }, true, false],
  ])('terminal %s, %j, --no-color %s: %s', (isTerminal, env, noColor, coloured) => {
    expect(chooseStyle(isTerminal, { env, noColor })).toBe(coloured ? COLOURED : PLAIN);
  });
});

describe('progress', () => {
  it('is shown on a terminal only, and not too often', () => {
    let now = 0;
    const written: string[] = [];
    const stderr = {
      isTerminal: true,
      columns: 10,
      write: (chunk: string | Uint8Array) => void written.push(String(chunk)),
      flush: () => {},
    };
    const world = { now: () => now, random: () => Buffer.alloc(0) };
    const progress = openProgress({ stderr, world, quiet: false, json: false });
    for (now = 0; now < 250; now += 10) progress.update(`importing ${now}`);
    progress.clear();
    expect(written).toEqual(['\r\x1b[Kimporti…', '\r\x1b[Kimporti…', '\r\x1b[Kimporti…', '\r\x1b[K']);
    openProgress({ stderr: { ...stderr, isTerminal: false }, world, quiet: false, json: false }).update('x');
    expect(written.length).toBe(4);
  });
});
