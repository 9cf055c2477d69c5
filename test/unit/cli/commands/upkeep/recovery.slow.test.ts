// The words that bring a person back: shown, repeated, and gone.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { readSelf, writeSelf } from '../../../../../src/identity/self.js';
import { type Answer, type EndedHere, type HereOptions, runHere } from '../../../../testkit/command.js';
import { wordsShown, writesDown } from '../../../../testkit/recovery.js';
import { scratchDirectory } from '../../../../testkit/scratch.js';
import { card, cardText, wirePerson } from '../../../../testkit/wire-card.js';

const DAY_MS = 86_400_000;
const ESCAPE = '\x1b';

let directory: string;
let now: number;
let drawn: number;

beforeEach(async () => {
  directory = scratchDirectory();
  now = Date.UTC(2026, 5, 1);
  drawn = 0;
  expect(await run(['init', '--name', 'Ana'])).toMatchObject({ exit: 0 });
});

function run(argv: readonly string[], options: Partial<HereOptions> = {}): Promise<EndedHere> {
  const env = { HOME: directory, SATCHEL_STATE_DIR: path.join(directory, 'state') };
  const random = (size: number): Buffer => {
    const bytes = createHash('sha256').update(`drawn ${drawn++}`).digest();
    return Buffer.concat([bytes, bytes]).subarray(0, size);
  };
  const fileTimes = () => ({ birth: 0n, changed: 0n, modified: 0n });
  const world = { now: () => now, random, fileTimes };
  return runHere(['-C', directory, ...argv], { env, world, ...options });
}

function print(answer: Answer, columns = 80): Promise<EndedHere> {
  return run(['recovery', 'print'], { people: { columns }, answer });
}

function keysFile(): string {
  return path.join(directory, '.satchel', 'keys', 'secrets.json');
}

function secrets(): Record<string, unknown> {
  return JSON.parse(fs.readFileSync(keysFile(), 'utf8'));
}

describe('recovery print', () => {
  test.each([80, 40])('shows 24 words on %i columns, asks for three, and removes the seed', async (columns) => {
    const before = secrets();
    const { exit, stdout, stderr } = await print(writesDown, columns);
    expect([exit, wordsShown(stderr).filter(Boolean)]).toEqual([0, wordsShown(stderr)]);
    expect(wordsShown(stderr)).toHaveLength(24);
    const asked = [...stderr.matchAll(/Word (\d+): /g)].map(([, place]) => Number(place));
    expect(new Set(asked).size).toBe(3);
    expect(asked).toEqual([...asked].sort((a, b) => a - b));
    expect(stdout).toMatch(/no longer in this\s+repository/);
    expect(stderr).toMatch(/copy of keys\/ that was made before/);
    const { recovery: _, ...rest } = before;
    expect(secrets()).toEqual(rest);
    expect(await print(writesDown)).toMatchObject({ exit: 18, stdout: '' });
  });

  test('shows them on a screen of their own', async () => {
    const { stderr } = await print(writesDown);
    const [before, shown, after] = stderr.replaceAll(ESCAPE, '').split(/\[\?1049[hl]/);
    expect(before).toBe('');
    expect(wordsShown(shown ?? '')).toHaveLength(24);
    expect(wordsShown(after ?? '')).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['one word is another', (question, shown) => (/Word/.test(question) ? `${writesDown(question, shown)}x` : '')],
    ['nothing is typed', () => ''],
    ['the input ends', () => undefined],
    ['only the last one is wrong', lastWrong()],
  ])('removes nothing when %s', async (_what, answer) => {
    const before = fs.readFileSync(keysFile());
    const { exit, stdout, stderr } = await print(answer);
    expect([exit, stdout]).toEqual([21, '']);
    expect(stderr).toMatch(/that is not word \d+; the words stay in this repository/);
    expect(fs.readFileSync(keysFile())).toEqual(before);
    expect(await print(writesDown)).toMatchObject({ exit: 0 });
  });

  test('takes capitals, blanks, and the first four letters', async () => {
    const answer: Answer = (question, shown) => ` ${writesDown(question, shown)?.slice(0, 4).toUpperCase()} `;
    expect(await print(answer)).toMatchObject({ exit: 0 });
  });

  test('says nothing to programs, files and pipes', async () => {
    const cases = [
      await run(['recovery', 'print']),
      await run(['recovery', 'print'], { answer: writesDown }),
      await run(['recovery', 'print'], { people: 'pipe' }),
    ];
    for (const { exit, stdout, stderr } of cases) {
      expect([exit, stdout]).toEqual([2, '']);
      expect(wordsShown(stderr)).toEqual([]);
    }
  });

  test('does not show words of another person', async () => {
    fs.writeFileSync(keysFile(), JSON.stringify({ ...secrets(), recovery: '07'.repeat(32) }));
    const { exit, stderr } = await print(writesDown);
    expect([exit, wordsShown(stderr)]).toEqual([12, []]);
    expect((await run(['check'])).stdout).toContain('recovery key does not belong');
  });

  test('has nothing to show to who was founded by version 0.1', async () => {
    writeSelf(directory, { ...readSelf(directory), card: cardText(card(wirePerson('Ana'))) });
    const { exit, stderr } = await print(writesDown);
    expect([exit, stderr]).toEqual([18, expect.stringContaining('has no recovery words')]);
    expect(JSON.parse((await run(['status'])).stdout)).toMatchObject({ recovery: 'none' });
    expect((await run(['status'], { people: 'pipe' })).stderr).not.toContain('recovery print');
  });
});

describe('status', () => {
  const reminds = async (): Promise<boolean> =>
    (await run(['status'], { people: 'pipe' })).stderr.includes('recovery print');

  test('mentions once a month that they are still to be written down', async () => {
    expect(JSON.parse((await run(['status'])).stdout)).toMatchObject({ recovery: 'here' });
    expect(await reminds()).toBe(true);
    expect(await reminds()).toBe(false);
    now += 29 * DAY_MS;
    expect(await reminds()).toBe(false);
    now += DAY_MS;
    expect(await reminds()).toBe(true);
    now -= 90 * DAY_MS;
    expect(await reminds()).toBe(true);
  });

  test('does not when they are', async () => {
    expect(await print(writesDown)).toMatchObject({ exit: 0 });
    expect(await reminds()).toBe(false);
    expect(JSON.parse((await run(['status'])).stdout)).toMatchObject({ recovery: 'printed' });
  });

  test('is not read by programs or kept quiet for a reminder', async () => {
    await run(['status']);
    await run(['status', '-q'], { people: 'pipe' });
    expect(await reminds()).toBe(true);
  });
});

function lastWrong(): Answer {
  let asked = 0;
  return (question, shown) => (/Word/.test(question) && ++asked === 3 ? 'zoology' : writesDown(question, shown));
}
