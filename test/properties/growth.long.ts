// Text from outside makes nothing slow: the work on it grows no faster than it does (spec/cli.md, "Escaping").
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { safeFileName } from '../../src/cli/commands/conversation/file-name.js';
import { snippetOf } from '../../src/cli/report/messages.js';
import { bodyLines, wholeLines } from '../../src/cli/terminal/body-lines.js';
import { escapeLine, jsonText } from '../../src/cli/terminal/escape.js';
import { truncate, widthOf } from '../../src/cli/terminal/width.js';
import { foldLine } from '../../src/cli/terminal/wrap.js';
import { parseCards } from '../../src/identity/card-text.js';
import { nameProblem } from '../../src/identity/names.js';
import { parseMountOutput } from '../../src/sync/watch/mount-output.js';
import { runHere } from '../testkit/command.js';
import { EXPONENT_MAX, growthOf, SLOW_TEXTS } from '../testkit/growth.js';
import { Replica } from '../testkit/replica.js';

const KINDS = Object.keys(SLOW_TEXTS);

describe('a function', () => {
  const SIZES = [2_048, 8_192, 32_768];
  const TOTAL = 32_768;

  const FUNCTIONS: Readonly<Record<string, (text: string) => unknown>> = {
    bodyLines: (text) => bodyLines(text, 60),
    wholeLines: (text) => wholeLines(text, 60),
    'foldLine of an escaped line': (text) => foldLine(escapeLine(text), 60),
    'truncate and widthOf': (text) => [truncate(escapeLine(text), 60), widthOf(escapeLine(text))],
    jsonText,
    'snippetOf and nameProblem': (text) => [snippetOf(text), nameProblem(text, TOTAL)],
    safeFileName,
    parseCards: (text) => cardsIn(text),
    parseMountOutput,
  };

  function cardsIn(text: string): unknown {
    try {
      return parseCards(Buffer.from(text));
    } catch {
      return undefined;
    }
  }

  it.each(Object.keys(FUNCTIONS))('grows with its text: %s', async (name) => {
    const call = FUNCTIONS[name] ?? jsonText;
    const texts = new Map(SIZES.map((size) => [size, KINDS.map((kind) => SLOW_TEXTS[kind]?.(size) ?? '')]));
    const work = (size: number): void => {
      for (const text of texts.get(size) ?? []) for (let done = 0; done < TOTAL; done += size) call(text);
    };
    expect(await growthOf(SIZES, work)).toBeLessThanOrEqual(EXPONENT_MAX);
  });
});

it('is told from what grows with the square', async () => {
  const square = (size: number): void => {
    for (let done = 0; done < 16_384; done += size) / +$/.test(`${' '.repeat(size)}x`);
  };
  expect(await growthOf([512, 1_024, 2_048, 4_096], square)).toBeGreaterThan(1.6);
});

describe('a command', () => {
  const SIZES = [2_400, 9_600, 19_200];
  const TOTAL = 38_400;
  const places = new Map<number, { directory: string; bundle: string; id: string }>();
  let scratch: string;

  beforeAll(async () => {
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'satchel-test-'));
    for (const size of SIZES) places.set(size, await placeOf(size));
  }, 600_000);
  afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }));

  /** Ana's repository with a stranger's topic of each kind, in messages of that many characters, and his bundle. */
  async function placeOf(size: number): Promise<{ directory: string; bundle: string; id: string }> {
    const parent = path.join(scratch, String(size));
    fs.mkdirSync(parent);
    const ana = await Replica.create('Ana', parent);
    const eve = await Replica.create('Eve', parent);
    let id = '';
    for (const kind of KINDS) {
      ana.join(kind);
      const bodies = Array.from({ length: TOTAL / size }, () => SLOW_TEXTS[kind]?.(size) ?? '');
      const posted = await eve.post(kind, ...bodies);
      id = posted.at(-1)?.id ?? id;
    }
    const bundle = path.join(parent, 'eve.satchel');
    await eve.export(bundle, { full: true });
    ana.import(bundle);
    return { directory: ana.directory, bundle, id };
  }

  async function run(size: number, words: readonly string[]): Promise<void> {
    const place = places.get(size);
    if (!place) throw new Error('no place of that size');
    const { directory, bundle, id } = place;
    const argv = words.map((word) => (word === 'ID' ? id : word === 'FILE' ? bundle : word));
    const env = { HOME: scratch, SATCHEL_STATE_DIR: path.join(scratch, 'state') };
    const world = { now: () => Date.UTC(2026, 0, 2), random: (bytes: number) => Buffer.alloc(bytes, 7) };
    const ended = await runHere(['-C', directory, ...argv], { env, world, people: 'pipe' });
    expect(ended.exit, ended.stderr).toBe(0);
  }

  it.each(KINDS)('reads and shows %s', async (kind) => {
    const work = (size: number): Promise<void> => run(size, ['read', '-t', kind]);
    expect(await growthOf(SIZES, work)).toBeLessThanOrEqual(EXPONENT_MAX);
  });

  it.each([
    ...['show ID', 'trace ID', 'status', 'topic list', 'contact list', 'verify FILE', 'inspect FILE'],
    ...['inspect --text FILE', 'import --dry-run FILE', 'inspect --text --json FILE'],
  ])('works through all of it: %s', async (command) => {
    const work = (size: number): Promise<void> => run(size, command.split(' '));
    expect(await growthOf(SIZES, work)).toBeLessThanOrEqual(EXPONENT_MAX);
  });
});
