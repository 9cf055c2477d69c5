// A drive that fails at every single call to its file system, one time or for good: what was there stays readable, the
// repository stays whole, and the next visit completes the job (spec/drive.md, "Writing").
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPEAT_DEFAULT } from '../../src/sync/drive/one-way.js';
import type { VisitOptions } from '../../src/sync/drive/visit-options.js';
import type { VisitReport } from '../../src/sync/drive/visit-report.js';
import { withFailingDrive } from '../testkit/fault-disk.js';
import type { Replica } from '../testkit/replica.js';
import { copyOf, errorsIn, makeFriends } from '../testkit/replicas.js';
import { memoryDirectory } from '../testkit/scratch.js';
import { type Sealing, sealAs } from '../testkit/sealing.js';
import { bundlesOn, copyStick, makeStick } from '../testkit/stick.js';

const CALLS_MAX = 2_000;
const LIMIT_MS = 300_000;
const ONE_WAY = { oneWay: REPEAT_DEFAULT };

/** Alice has something for Bob, and Bob's last words lie on the stick. */
async function scene(sealing: Sealing): Promise<{ directory: string; stick: string; alice: Replica; bob: Replica }> {
  const directory = memoryDirectory();
  const stick = makeStick(path.join(directory, 'stick'), 1);
  const [alice, bob] = (await makeFriends(directory, ['alice', 'bob'], 't')) as [Replica, Replica];
  sealAs([alice, bob], sealing);
  await alice.post('t', 'one');
  await alice.visit(stick);
  await bob.visit(stick);
  await bob.post('t', 'two');
  await bob.visit(stick);
  await alice.post('t', 'three');
  return { directory, stick, alice, bob };
}

describe('a drive that fails', () => {
  it.each([
    { mode: 'once', code: 'EIO', step: 1, sealing: 'open' },
    { mode: 'forever', code: 'EIO', step: 1, sealing: 'sealed' },
    { mode: 'once', code: 'ENOSPC', step: 3, sealing: 'sealed' },
  ] as const)('$mode with $code, $sealing', { timeout: LIMIT_MS }, async ({ mode, code, step, sealing }) => {
    const { directory, stick, alice, bob } = await scene(sealing);
    const spare = path.join(directory, 'spare');
    copyStick(stick, spare);
    let isClean = false;
    let at = 1;
    for (; !isClean && at < CALLS_MAX; at += step) {
      copyStick(spare, stick);
      const one = copyOf(alice, `alice-${at}`);
      const other = copyOf(bob, `bob-${at}`);
      const { result, calls } = await withFailingDrive(stick, { at, mode, code }, () => visitAnyhow(one, stick));
      isClean = calls < at;
      expect(errorsIn(one)).toEqual([]);
      // the next visitor finds a drive that it can read, and the visit that failed is made good
      await expectWhole(other, stick);
      await expectWhole(one, stick);
      await expectWhole(other, stick);
      expect([at, other.texts('t').sort()]).toEqual([at, ['one', 'three', 'two']]);
      expect([at, one.texts('t')]).toEqual([at, other.texts('t')]);
      if (isClean) expect(result?.failure).toBeUndefined();
      expect(bundlesOn(stick).length).toBeLessThanOrEqual(4);
      for (const copy of [one, other]) discard(copy);
    }
    expect(at).toBeGreaterThan(50);
  });
});

describe('a one-way destination that fails', () => {
  it.each([
    ['once', 'open'],
    ['forever', 'open'],
    ['once', 'sealed'],
  ] as const)('%s, %s', { timeout: LIMIT_MS }, async (mode, sealing) => {
    const directory = memoryDirectory();
    const near = makeStick(path.join(directory, 'near'), 1);
    const spare = path.join(directory, 'spare');
    const [low, high] = (await makeFriends(directory, ['low', 'high'], 't')) as [Replica, Replica];
    sealAs([low, high], sealing);
    await low.post('t', 'one');
    await low.visit(near, ONE_WAY);
    await low.post('t', 'two');
    copyStick(near, spare);
    let isClean = false;
    let at = 1;
    for (; !isClean && at < CALLS_MAX; at++) {
      copyStick(spare, near);
      const one = copyOf(low, `low-${at}`);
      const other = copyOf(high, `high-${at}`);
      const { calls } = await withFailingDrive(near, { at, mode }, () => visitAnyhow(one, near, ONE_WAY));
      isClean = calls < at;
      expect(errorsIn(one)).toEqual([]);
      // what lies there is enough at every moment, but for what was never written
      await other.visit(near, { importOnly: true });
      expect([at, other.texts('t')[0]]).toEqual([at, 'one']);
      expect((await one.visit(near, ONE_WAY)).failure).toBeUndefined();
      expect([at, bundlesOn(near).length]).toEqual([at, 1]);
      await other.visit(near, { importOnly: true });
      expect([at, other.texts('t')]).toEqual([at, ['one', 'two']]);
      for (const copy of [one, other]) discard(copy);
    }
    expect(at).toBeGreaterThan(25);
  });
});

function discard(copy: Replica): void {
  copy.repository.close();
  fs.rmSync(copy.directory, { recursive: true, force: true });
}

/** A visit that fails before it has begun throws; later it reports. */
async function visitAnyhow(
  person: Replica,
  stick: string,
  options: Partial<VisitOptions> = {},
): Promise<VisitReport | undefined> {
  try {
    return await person.visit(stick, options);
  } catch (error) {
    expect(error).toMatchObject({
      name: 'SatchelError',
      exit: expect.toSatisfy((exit: number) => exit >= 30 && exit < 32),
    });
    return undefined;
  }
}

async function expectWhole(person: Replica, stick: string): Promise<void> {
  const report = await person.visit(stick);
  expect(report.failure?.message).toBeUndefined();
  expect(report.scanned.filter(({ error }) => error)).toEqual([]);
}
