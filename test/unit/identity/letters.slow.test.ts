// Letters as files: whom they are for, what finds room in one, and what is none.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogId, PersonId, StatementId } from '../../../src/format/ids.js';
import { LETTER_MAX } from '../../../src/format/limits.js';
import { type EpochKeys, epochOf } from '../../../src/format/private/epoch.js';
import { decodeCard } from '../../../src/identity/card.js';
import type { FileKeys } from '../../../src/identity/file-keys.js';
import { createLetter, type LetterFields, letterSize } from '../../../src/identity/letter.js';
import { formatLetter, openLetter, parseLetter, writeLetter } from '../../../src/identity/letter-file.js';
import { sealBytes } from '../../../src/identity/sealed-bytes.js';
import { ADA_2, BOB } from '../../testkit/cast.js';
import { trying } from '../../testkit/effort.js';
import { keysOf } from '../../testkit/identity-text.js';
import { sha256 } from '../../testkit/wire.js';
import { wireIdentity } from '../../testkit/wire-age.js';
import { card } from '../../testkit/wire-card.js';

const CARD = decodeCard(card(ADA_2));
let drawn = 0;
const random = (size: number): Buffer => {
  drawn += 1;
  return sha256(`letters ${drawn}`).subarray(0, size);
};
const WRITING = {
  card: CARD,
  deviceSeed: ADA_2.device.seed,
  recipients: [wireIdentity('Bob').recipient],
  random,
  isGranted: true,
};

function epochs(count: number, isWhole = true): EpochKeys[] {
  return Array.from({ length: count }, (_, i) => {
    const { id, control, dataHash, data } = epochOf(sha256(`C ${isWhole} ${i}`), sha256(`D ${isWhole} ${i}`));
    return isWhole ? { id, control, data, dataHash } : { id, control, dataHash };
  });
}

function ids<T extends string>(what: string, count: number): T[] {
  return Array.from({ length: count }, (_, i) => sha256(`${what} ${i}`).toString('hex') as T).sort();
}

function letterOf(
  counts: { epochs?: number; control?: number; logs?: number; heads?: number; statements?: readonly number[] } = {},
): LetterFields {
  const { statements = [100] } = counts;
  return {
    statement: Buffer.from('a create statement'),
    epochs: [...epochs(counts.epochs ?? 1), ...epochs(counts.control ?? 0, false)],
    logs: ids<LogId>('log', counts.logs ?? 0),
    statements: statements.map((size, i) => ({ bytes: Buffer.alloc(size, `${i} `), signature: Buffer.alloc(64, i) })),
    person: BOB.id.toString('hex') as PersonId,
    heads: ids<StatementId>('head', counts.heads ?? 0),
    day: 20_000,
  };
}

test('whom it is for reads what was said, and nobody else anything', async () => {
  const fields = letterOf({ epochs: 3, control: 2, logs: 4, heads: 2, statements: [500, 300] });
  const { file } = await writeLetter(fields, WRITING);
  expect(await openLetter(parseLetter(`> ${formatLetter(file)}\n`), keysOf('Bob'))).toEqual({ ...fields, card: CARD });
  await expect(openLetter(file, keysOf('Eve'))).rejects.toMatchObject({ code: 'sealed' });
});

test('what does not find room is left out from its end, never the grant, the newest epoch, or the logs', async () => {
  const counts = fc.record({
    epochs: fc.integer({ min: 0, max: 80 }),
    control: fc.integer({ min: 0, max: 80 }),
    logs: fc.integer({ min: 0, max: 80 }),
    heads: fc.integer({ min: 0, max: 80 }),
    statements: fc.array(fc.integer({ min: 100, max: 4_000 }), { minLength: 1, maxLength: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(counts, fc.integer({ min: 1, max: 16 }), async (given, devices) => {
      const fields = letterOf(given);
      const recipients = Array.from({ length: devices }, (_, i) => wireIdentity(`device ${i}`).recipient);
      const { file, epochs: told } = await writeLetter(fields, { ...WRITING, recipients });
      expect(file.length).toBeLessThanOrEqual(LETTER_MAX);
      const letter = await openLetter(file, keysOf('device 0'));
      expect(letter.statements[0]).toEqual(fields.statements[0]);
      expect(letter.epochs[0]).toEqual(fields.epochs[0]);
      expect(told).toEqual(letter.epochs);
      expect(letter.logs).toEqual(fields.logs.slice(0, 64));
      expect(letter.heads).toEqual(fields.heads.slice(0, 64));
      for (const key of ['statements', 'epochs'] as const) {
        const left = fields[key].filter((one) =>
          letter[key].some((kept) => JSON.stringify(kept) === JSON.stringify(one)),
        );
        expect(letter[key]).toEqual(left);
      }
      const isWhole =
        letter.statements.length === given.statements.length && letter.epochs.length === fields.epochs.length;
      // what is left out would not have found room, or is beyond what a letter may hold
      if (!isWhole && Math.max(given.epochs, given.control) <= 64 && given.statements.length <= 32) {
        const { logs, heads } = letter;
        expect(letterSize({ ...fields, logs, heads }, CARD) + 98 * devices + 21 + 48 + 32).toBeGreaterThan(
          LETTER_MAX - 16,
        );
      }
    }),
    trying(12),
  );
});

describe('what finds room, one kind after another:', () => {
  const KINDS = ['logs', 'heads', 'statements', 'epochs', 'control'] as const;
  // the grant, which is always in it, and others; the shortest ones fill what is left
  const others = [...Array.from({ length: 18 }, () => 600), ...Array.from({ length: 13 }, () => 1)];
  const short = Array.from({ length: 31 }, () => 1);

  function countsOf({ logs, heads, statements, epochs }: LetterFields): Record<(typeof KINDS)[number], number> {
    const whole = epochs.filter(({ data }) => data).length;
    const given = { logs: logs.length, heads: heads.length, statements: statements.length - 1 };
    return { ...given, epochs: whole - 1, control: epochs.length - whole };
  }

  test.each<[(typeof KINDS)[number], readonly number[]]>([
    ['logs', [14_500, ...others]],
    ['heads', [12_500, ...others]],
    ['statements', [100, ...others]],
    ['epochs', [4_000, ...short]],
    ['control', [100, ...short.slice(20)]],
  ])('%s have what those before them leave', async (filling, statements) => {
    const fields = letterOf({ epochs: 64, control: 64, logs: 64, heads: 64, statements });
    const given = countsOf(fields);
    const kept = countsOf(await openLetter((await writeLetter(fields, WRITING)).file, keysOf('Bob')));
    const at = KINDS.indexOf(filling);
    for (const kind of KINDS.slice(0, at)) expect(kept[kind], kind).toBe(given[kind]);
    expect(kept[filling]).toBeGreaterThan(0);
    expect(kept[filling]).toBeLessThan(given[filling]);
    for (const kind of KINDS.slice(at + 1)) expect(kept[kind], kind).toBe(0);
  });

  test('and it is never too long, whatever is left over', async () => {
    const sizes: number[] = [];
    for (let grant = 100; grant < 210; grant++) {
      const statements = [grant, ...short];
      const fields = letterOf({ epochs: 60, control: 64, logs: 64, heads: 64, statements });
      sizes.push((await writeLetter(fields, WRITING)).file.length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(LETTER_MAX);
    expect(Math.max(...sizes)).toBeGreaterThan(LETTER_MAX - 12);
  });
});

test('of no kind is there more than a letter may hold', async () => {
  const statements = Array.from({ length: 40 }, () => 1);
  const many = { epochs: 70, control: 70, logs: 70, heads: 70, statements };
  for (const kind of ['epochs', 'control', 'logs', 'heads', 'statements'] as const) {
    const fields = letterOf({ [kind]: many[kind] });
    const { card: _, ...kept } = await openLetter((await writeLetter(fields, WRITING)).file, keysOf('Bob'));
    expect(kept).toEqual({
      ...fields,
      epochs: fields.epochs.slice(0, kind === 'control' ? 65 : 64),
      logs: fields.logs.slice(0, 64),
      heads: fields.heads.slice(0, 64),
      statements: fields.statements.slice(0, 32),
    });
  }
});

test('the newest epoch is in it also where C alone is given, whatever else there is', async () => {
  const others = Array.from({ length: 31 }, () => 480);
  for (let grant = 100; grant < 500; grant += 50) {
    const fields = letterOf({ epochs: 0, control: 3, statements: [grant, ...others] });
    const { file, epochs: told } = await writeLetter(fields, WRITING);
    expect(told[0]).toEqual(fields.epochs[0]);
    expect((await openLetter(file, keysOf('Bob'))).epochs).toEqual(told);
  }
});

test('what has to be in it and does not fit is over the limit', async () => {
  const huge = letterOf({ statements: [20_000] });
  await expect(writeLetter(huge, WRITING)).rejects.toMatchObject({ code: 'over-limit' });
  // of an owner no statement has to be
  const { file } = await writeLetter(huge, { ...WRITING, isGranted: false });
  expect((await openLetter(file, keysOf('Bob'))).statements).toEqual([]);
});

test('it is signed by the device of its card, and sealed to somebody', async () => {
  expect(() => createLetter(letterOf(), CARD, BOB.device.seed)).toThrow(RangeError);
  for (const recipients of [[], [Buffer.alloc(32)]]) {
    await expect(writeLetter(letterOf(), { ...WRITING, recipients })).rejects.toMatchObject({ code: 'bad-card' });
  }
});

describe('a file is no letter', () => {
  const recipients = WRITING.recipients;
  test.each([
    ['of no sealed file', () => Buffer.from('hello')],
    ['that is cut off', async () => (await writeLetter(letterOf(), WRITING)).file.subarray(0, -1)],
    ['with another content', () => sealBytes(Buffer.from('hello'), recipients, random)],
    ['that is too long', () => sealBytes(Buffer.alloc(LETTER_MAX), recipients, random)],
  ])('%s', async (_what, made) => {
    await expect(openLetter(await made(), keysOf('Bob'))).rejects.toMatchObject({ code: 'bad-letter', exit: 2 });
  });

  test('where the keys are locked, nothing is said of it', async () => {
    const locked: FileKeys = () => Promise.reject(new Error('locked'));
    await expect(openLetter((await writeLetter(letterOf(), WRITING)).file, locked)).rejects.toThrow('locked');
  });
});
