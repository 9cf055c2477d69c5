// What a visit opens on a drive: nothing twice without a reason.
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundlesOpened } from '../testkit/opens.js';
import type { Replica } from '../testkit/replica.js';
import { makeFriends } from '../testkit/replicas.js';
import { scratchDirectory } from '../testkit/scratch.js';
import { bundlesOn, makeStick } from '../testkit/stick.js';

let stick: string;
let ana: Replica;
let ben: Replica;
beforeEach(async () => {
  const directory = scratchDirectory();
  stick = makeStick(path.join(directory, 'stick'), 7);
  const friends = await makeFriends(directory, ['ana', 'ben'], 't');
  ana = friends[0] as Replica;
  ben = friends[1] as Replica;
});

describe('a visit that adds a bundle', () => {
  it('reads it back once, and verifies nothing of it again', async () => {
    await ana.post('t', { body: 'hello' });
    const opened = await bundlesOpened(stick, () => ana.visit(stick));
    expect(bundlesOn(stick)).toHaveLength(1);
    expect(opened).toEqual([expect.stringMatching(/\.partial$/)]);
  });

  it('knows of it what any other visit would find there', async () => {
    await ana.post('t', { body: 'hello' });
    const { exported } = await ana.visit(stick);
    await ben.visit(stick);
    expect(exported).toMatchObject({ messages: 1 });
    // with its journal gone it has to look for itself, and finds that all is there
    fs.rmSync(path.join(ana.repository.layout.journal, 'drives'), { recursive: true });
    const again = await ana.visit(stick);
    expect(again.exported).toMatchObject({ file: null });
  });
});

describe('an idle visit', () => {
  const MINUTE_MS = 60_000;
  const DAY_MS = 86_400_000;

  /** Lets time pass, visits, and tells which bundles that opened. */
  async function openedAfter(someone: Replica, ms: number): Promise<string[]> {
    for (const one of [ana, ben]) one.now += ms;
    return bundlesOpened(stick, async () => expect((await someone.visit(stick)).touched).toBe(false));
  }

  beforeEach(async () => {
    for (const day of [1, 2, 3]) {
      for (const one of [ana, ben]) {
        await one.post('t', `${one.name} on day ${day}`);
        await one.visit(stick);
      }
    }
    for (let round = 0; round < 3; round++) for (const one of [ana, ben]) await one.visit(stick);
  });

  it('opens no bundle that is settled', async () => {
    expect(bundlesOn(stick).length).toBeGreaterThan(1);
    // what was written here is read once more when it cannot come from a cache any more
    for (const one of [ana, ben]) expect((await openedAfter(one, 11 * MINUTE_MS)).length).toBeGreaterThan(0);
    for (const one of [ana, ben]) expect(await openedAfter(one, MINUTE_MS)).toEqual([]);
    for (const one of [ana, ben]) expect(await openedAfter(one.reopen(), MINUTE_MS)).toEqual([]);
  });

  it('looks at the beginning of each after a day, or when its status changed', async () => {
    for (const one of [ana, ben]) await openedAfter(one, 11 * MINUTE_MS);
    expect(await openedAfter(ana, DAY_MS + MINUTE_MS)).toEqual(bundlesOn(stick));
    expect(await openedAfter(ana, MINUTE_MS)).toEqual([]);
    const [name = ''] = bundlesOn(stick);
    const file = path.join(stick, 'satchel', name);
    fs.chmodSync(file, 0o600);
    expect(await openedAfter(ana, MINUTE_MS)).toEqual([name]);
    expect(await openedAfter(ana, MINUTE_MS)).toEqual([]);
  });

  it('finds a bundle that was changed with its time set back', async () => {
    for (const one of [ana, ben]) await openedAfter(one, 11 * MINUTE_MS);
    const [name = ''] = bundlesOn(stick);
    const file = path.join(stick, 'satchel', name);
    const sound = fs.readFileSync(file);
    const before = fs.statSync(file);
    const rotten = Buffer.from(sound);
    rotten[600] = (rotten[600] ?? 0) ^ 1;
    fs.writeFileSync(file, rotten);
    fs.utimesSync(file, before.atime, before.mtime);
    // the file system tells by the time of its last change of status, which nobody sets
    expect((await ana.visit(stick)).scanned.map(({ error }) => error?.exit)).toEqual([expect.any(Number)]);
  });
});
