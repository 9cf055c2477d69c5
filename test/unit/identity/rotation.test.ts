// Which keys a device keeps that others seal to.
import { describe, expect, test } from 'vitest';
import type { DeviceKey } from '../../../src/format/ids.js';
import { RECIPIENTS_KEPT } from '../../../src/format/limits.js';
import { isRotationDue, newRecipient, settledRecipients, type Uses } from '../../../src/identity/rotation.js';
import type { RecipientKey, Secrets } from '../../../src/identity/secrets.js';
import { Chance } from '../../testkit/chance.js';
import { seedOf } from '../../testkit/seed.js';

const DAY = 86_400_000;
const KEEP = 400;
const LAPTOP = 'a1'.repeat(32) as DeviceKey;
const PHONE = 'b2'.repeat(32) as DeviceKey;

function secretsWith(...recipients: [RecipientKey, ...RecipientKey[]]): Secrets {
  return { device: Buffer.alloc(32), recipients, logs: new Map() };
}

/** As many keys, each a day older than the one before. */
function keys(count: number): [RecipientKey, ...RecipientKey[]] {
  const [first, ...rest] = Array.from({ length: count }, (_, i) => ({ key: `key ${i}`, from: (count - i) * DAY }));
  return [first as RecipientKey, ...rest];
}

describe('a new key', () => {
  test.each([
    [0, 89, 90, false],
    [0, 90, 90, true],
    [10, 99, 90, false],
    [10, 100, 90, true],
    [0, 9_999, 0, false],
    // a clock that went back
    [100, 0, 90, false],
  ])('made on day %i is due on day %i with %i days: %s', (from, now, days, due) => {
    expect(isRotationDue(secretsWith({ key: 'k', from: from * DAY }), { now: now * DAY, days, removed: [] })).toBe(due);
  });

  test.each<[number, number, number | undefined, boolean]>([
    [10_000, 1_510, 1_500, true],
    [10_000, 1_510, undefined, false],
    // the own clock is wrong now
    [1_500, 0, 1_450, false],
    [1_599, 1_510, 1_500, false],
    [1_600, 1_510, 1_500, true],
  ])('made on day %i is due on day %i, on day %s by the others: %s', (from, now, others, due) => {
    const clocks = { now: now * DAY, others: others === undefined ? undefined : others * DAY };
    const secrets = secretsWith({ key: 'k', from: from * DAY });
    expect(isRotationDue(secrets, { ...clocks, days: 90, removed: [] })).toBe(due);
    expect(isRotationDue(secrets, { ...clocks, days: 0, removed: [] })).toBe(false);
  });

  test('is none by age where there is no room', () => {
    const occasion = { now: 9_999 * DAY, days: 90, removed: [] };
    expect(isRotationDue(secretsWith(...keys(RECIPIENTS_KEPT)), occasion)).toBe(false);
    expect(isRotationDue(secretsWith(...keys(RECIPIENTS_KEPT - 1)), occasion)).toBe(true);
  });

  test('is one at every removal, and the newest so many stay', async () => {
    const removed: DeviceKey[] = [];
    let secrets = secretsWith(...keys(1));
    for (let n = 1; n <= 3 * RECIPIENTS_KEPT; n++) {
      removed.push(n.toString(16).padStart(64, '0') as DeviceKey);
      const occasion = { now: DAY, days: 0, removed: [...removed] };
      expect(isRotationDue(secrets, occasion)).toBe(true);
      const before = secrets.recipients.map(({ key }) => key);
      secrets = (await newRecipient((size) => Buffer.alloc(size, n), occasion))(secrets);
      expect(secrets.recipients.slice(1).map(({ key }) => key)).toEqual(before.slice(0, RECIPIENTS_KEPT - 1));
      expect(isRotationDue(secrets, occasion)).toBe(false);
    }
  });

  test.each([
    [undefined, [], false],
    [undefined, [LAPTOP], true],
    [[LAPTOP], [LAPTOP], false],
    [[LAPTOP], [LAPTOP, PHONE], true],
    // the recovery words were used, and the phone stays after all
    [[LAPTOP, PHONE], [LAPTOP], false],
  ])('that knows of %j is due when %j were removed: %s', (known, removed, due) => {
    const secrets = secretsWith({ key: 'k', from: 0, removed: known });
    for (const days of [0, 90]) expect(isRotationDue(secrets, { now: DAY, days, removed })).toBe(due);
  });

  test('stands before the others', async () => {
    const before = secretsWith(...keys(2));
    const add = (removed: readonly DeviceKey[]) => newRecipient((size) => Buffer.alloc(size, 7), { now: 5, removed });
    const key = expect.stringContaining('AGE-SECRET-KEY-1');
    const after = (await add([]))(before);
    expect(after.recipients).toEqual([{ key, from: 5 }, ...before.recipients]);
    const knowing = (await add([LAPTOP]))(after);
    expect(knowing.recipients[0]).toEqual({ key, from: 5, removed: [LAPTOP] });
    // what an older one knew is of no use any more
    expect((await add([LAPTOP, PHONE]))(knowing).recipients[1]).toEqual({ key, from: 5 });
  });
});

describe('an old key', () => {
  const settle = (
    recipients: Secrets['recipients'],
    uses: Record<string, Uses>,
    own: number,
    others?: number,
    keep = KEEP,
  ) =>
    settledRecipients(
      recipients,
      ({ key }) => uses[key] ?? {},
      { own: own * DAY, others: others === undefined ? undefined : others * DAY },
      keep,
    ).map(({ key, replaced }) => [key, replaced === undefined ? undefined : replaced / DAY]);
  const used = { published: 0, opened: 0 };

  test('is replaced from the day a newer one was published', () => {
    const newest = 'key 0';
    const middle = 'key 1';
    const oldest = 'key 2';
    expect(settle(keys(3), {}, 10, 10)).toEqual([
      [newest, undefined],
      [middle, undefined],
      [oldest, undefined],
    ]);
    expect(settle(keys(3), { [middle]: { published: 4 * DAY } }, 10, 10)).toEqual([
      [newest, undefined],
      [middle, undefined],
      [oldest, 4],
    ]);
    // the middle one went out late, after the newest
    const both = { 'key 0': { published: 4 * DAY }, 'key 1': { published: 6 * DAY } };
    expect(settle(keys(3), both, 10, 10)).toEqual([
      [newest, undefined],
      [middle, 4],
      [oldest, 4],
    ]);
  });

  test.each<[string, Uses, number, number | undefined, number, boolean]>([
    ['all is long ago', used, 400, 400, KEEP, true],
    ['a day too early', used, 399, 400, KEEP, false],
    ['a day too early by the others', used, 400, 399, KEEP, false],
    ['nobody else has a clock', used, 9_999, undefined, KEEP, false],
    ['it opened something since', { opened: 10 * DAY }, 400, 400, KEEP, false],
    ['it opened that long ago', { opened: 10 * DAY }, 410, 410, KEEP, true],
    ['nothing is known of what it opened', {}, 9_999, 9_999, KEEP, false],
    ['nothing goes by the settings', used, 9_999, 9_999, 0, false],
  ])('that is no longer among the newest three, when %s', (_when, uses, own, others, keep, isGone) => {
    const left = settle(keys(4), { 'key 0': { published: 0, opened: own * DAY }, 'key 3': uses }, own, others, keep);
    expect(left.some(([key]) => key === 'key 3')).toBe(!isGone);
  });

  test('that was replaced by a clock far ahead counts as replaced today, and goes when its time is over', () => {
    const [newest, ...older] = keys(4);
    const recipients: Secrets['recipients'] = [
      newest,
      ...older.map((key) => (key.key === 'key 3' ? { ...key, replaced: 10_000 * DAY } : key)),
    ];
    const uses = { 'key 3': { opened: 0 } };
    expect(settle(recipients, uses, 1_500, 1_490).at(-1)).toEqual(['key 3', 1_500]);
    expect(settle(recipients, uses, 1_500).at(-1)).toEqual(['key 3', 10_000]);
    // the own clock is wrong now
    expect(settle(recipients, uses, 0, 9_999).at(-1)).toEqual(['key 3', 10_000]);
  });

  test('whatever happens: the newest three stay, what opened something lately stays, what goes was replaced', () => {
    const chance = new Chance(seedOf('ROTATION_SEED'));
    for (let n = 0; n < 2_000; n++) {
      const recipients = keys(1 + chance.below(RECIPIENTS_KEPT));
      const day = (): number | undefined => (chance.happens(0.7) ? chance.below(1_000) * DAY : undefined);
      const uses = new Map(recipients.map(({ key }) => [key, { published: day(), opened: day() }]));
      const clocks = { own: chance.below(1_500) * DAY, others: day() };
      const left = settledRecipients(recipients, ({ key }) => uses.get(key) ?? {}, clocks, KEEP);
      const kept = new Set(left.map(({ key }) => key));
      expect(recipients.slice(0, 3).every(({ key }) => kept.has(key))).toBe(true);
      for (const [i, { key }] of recipients.entries()) {
        if (kept.has(key)) continue;
        const { opened = Number.POSITIVE_INFINITY } = uses.get(key) ?? {};
        const newer = recipients.slice(0, i).map((one) => uses.get(one.key)?.published ?? Number.POSITIVE_INFINITY);
        const since = Math.max(opened, Math.min(...newer));
        expect(Math.min(clocks.own, clocks.others ?? 0) - since).toBeGreaterThanOrEqual(KEEP * DAY);
      }
    }
  });
});
