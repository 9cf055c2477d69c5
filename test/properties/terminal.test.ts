// What strangers wrote, on terminals: whatever it is made of, no line of it passes for one of the program or of somebody
// else (spec/cli.md, "Escaping").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bodyLines, wholeLines } from '../../src/cli/terminal/body-lines.js';
import { foldLine } from '../../src/cli/terminal/wrap.js';
import { runHere } from '../testkit/command.js';
import { SEED, trying } from '../testkit/effort.js';
import { Replica } from '../testkit/replica.js';

/** What terminals disagree about, hide, move, or draw wider than it is counted. No printable ASCII but the space. */
const NASTY = [
  ...[
    'Ж',
    'é',
    'é',
    '李',
    '䷀',
    '䷿',
    '〈',
    '〉',
    '👩',
    '🏽',
    '👩\u200d🚀',
    '❤\ufe0f',
    '⚠',
    '①',
    '│',
    '…',
    '\u{1faf8}',
  ],
  ...['नि', 'ﷺ', 'ن', 'می\u200cخ', '\u0338', '\u0300\u0301\u0302', '\u20dd', '\u202e', '\u2066', '\u200b', '\u200d'],
  ...[
    '\x1b[2J',
    '\x1b]0;x\x07',
    '\r',
    '\b',
    '\x7f',
    '\x9b',
    '\u2028',
    '\u2800',
    '\u3164',
    '\u00ad',
    '\ufffe',
    '\ud83d',
  ],
  ...['\u{378}', '\u{e0041}', '\u{1f9ff}', '\u3000', '\u00a0', '\t', '\n', '\n\n', ' ', ' ', ' ', '         '],
];
const nasty = fc.array(fc.constantFrom(...NASTY), { maxLength: 160 }).map((parts) => parts.join(''));
/** Names and labels: what is allowed in them. */
const WIDE_NAME = 'Ж䷀〈ﷺ李〉';
const LABEL = `Ж䷀${'〉'.repeat(15)} ❤ Ж`;
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f]/u;
const GLYPHS = '↳⋯─…●│├┤┼╭╮┬╰╯┴';

/** The widest that a terminal draws it: two columns unless it is ASCII, or a letter or mark of an alphabet. */
function drawn(line: string): number {
  let columns = 0;
  for (const one of line)
    columns +=
      /^[\x20-\x7e\u00a0]|^(?![\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ufaff])(?=[\p{L}\p{M}])[\u00a0-\uffff]/u.test(
        one,
      )
        ? 1
        : 2;
  return columns;
}

const PROGRESS = new RegExp(`(\r${String.fromCharCode(0x1b)}\\[K[^\r]*)+\r${String.fromCharCode(0x1b)}\\[K`, 'g');

const isForeign = (character: string): boolean => /[^\x20-\x7e]/.test(character) && !GLYPHS.includes(character);

describe('a text in lines', () => {
  it('is marked, fits, and has nothing in it that moves or hides', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 12, max: 90 }), (text, columns) => {
        for (const line of [...bodyLines(text, columns), ...wholeLines(text, columns)]) {
          expect(line).toMatch(/^[|+]( |$)/);
          expect(line).not.toMatch(FORBIDDEN);
          expect(drawn(line)).toBeLessThanOrEqual(columns);
        }
      }),
      trying(500),
    );
  });

  it('is whole where nothing may be left out', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 12, max: 90 }),
        (text, columns) => {
          const plain = text.replace(/[^\x20-\x7e\n]/g, 'Ж');
          const again = wholeLines(plain, columns).map((line) =>
            line[0] === '|' ? `\n${line.slice(2)}` : line.slice(2),
          );
          expect(again.join('').slice(1)).toBe(plain);
        },
      ),
      trying(300),
    );
  });

  it('goes on further in, when it stands in a line of the program, and keeps its colours whole', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 20, max: 90 }), (text, columns) => {
        const [name = ''] = bodyLines(text.replaceAll('\n', ''), 10_000);
        const [first = '', ...rest] = foldLine(`from \x1b[31m${name.slice(2)}\x1b[39m: satchel read`, columns);
        expect(first.startsWith('from')).toBe(true);
        for (const line of rest) expect(line).toMatch(/^ {4}/);
        for (const line of [first, ...rest]) {
          const plain = line.replaceAll('\x1b[31m', '').replaceAll('\x1b[39m', '');
          expect(plain).not.toMatch(FORBIDDEN);
          expect(plain).not.toMatch(/^ {4}[|│]/);
          expect(drawn(plain)).toBeLessThanOrEqual(columns);
        }
      }),
      trying(300),
    );
  });
});

describe('a hostile conversation', () => {
  let directory: string;
  let ana: Replica;
  let bundle: string;
  const ids: string[] = [];
  const env = (): NodeJS.ProcessEnv => ({
    HOME: directory,
    SATCHEL_STATE_DIR: path.join(directory, 'state'),
    NO_COLOR: '1',
  });

  beforeAll(async () => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-'));
    ana = await Replica.create('Ana', directory);
    const eve = await Replica.create(WIDE_NAME, directory);
    const texts = fc.sample(nasty, { numRuns: 60, seed: SEED });
    const type = (at: number): string | undefined => (at % 11 === 3 ? WIDE_NAME : undefined);
    const posted = await eve.post(LABEL, ...texts.map((body, at) => ({ body, type: type(at) })));
    await eve.post(LABEL, { body: 'Ж', reply: posted[0] });
    ids.push(...posted.slice(0, 6).map(({ id }) => id));
    bundle = path.join(directory, 'eve.satchel');
    await eve.export(bundle, { full: true });
    ana.join(LABEL).meet(eve);
    ana.import(bundle);
  }, 600_000);

  afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

  async function shown(argv: readonly string[], people: 'pipe' | { columns: number }): Promise<string[]> {
    const world = { now: () => ana.now, random: (size: number) => Buffer.alloc(size, 7) };
    const ended = await runHere(['-C', ana.directory, ...argv], { env: env(), world, people });
    expect(ended.exit, ended.stderr).toBe(0);
    expect(ended.stdout.length).toBeGreaterThan(10);
    // progress stays on its line
    return `${ended.stdout}${ended.stderr.replace(PROGRESS, '')}`.split('\n');
  }

  const COMMANDS = [
    ...['read', 'read --all', 'read --graph', 'status', 'topic list', 'contact list', 'whoami'],
    ...['show ID', 'trace ID', 'verify FILE', 'inspect FILE', 'inspect --text FILE', 'import FILE'],
  ];

  it.each(COMMANDS)('never puts itself at the left edge: %s', async (command) => {
    for (const columns of [48, 60, 80, 132]) {
      for (const words of spelled(command)) {
        for (const line of await shown(words, { columns })) {
          // a petname is its user's own word
          expect(isForeign(line[0] ?? ' ') && command !== 'contact list', line).toBe(false);
          expect(line).not.toMatch(FORBIDDEN);
          expect(drawn(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
        }
      }
    }
  });

  it.each(['read', 'read --all', 'show ID', 'inspect --text FILE'])('is marked in a pipe, too: %s', async (command) => {
    for (const words of spelled(command)) {
      const lines = await shown(words, 'pipe');
      const marked = lines.filter((line) => /^[^Ж]*(^| {2})[|+]( |$)/.test(line));
      expect(marked.length).toBeGreaterThan(0);
      for (const line of marked) expect(drawn(line), line).toBeLessThanOrEqual(80);
    }
  });

  function spelled(command: string): string[][] {
    const words = command.split(' ');
    if (words.includes('read')) words.push('-t', LABEL);
    const all = words.includes('ID') ? ids : [bundle];
    return (words.includes('ID') ? all : [bundle]).map((one) =>
      words.map((word) => (word === 'ID' || word === 'FILE' ? one : word)),
    );
  }
});
