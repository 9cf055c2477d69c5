import { describe, expect, it } from 'vitest';
import type { VisitDocument } from '../../../../src/sync/watch/events.js';
import { DEFAULT_TIMES } from '../../../../src/sync/watch/ports.js';
import { driveLook, NOTHING, siteOf, WatchedWorld } from '../../../testkit/watched-world.js';

const { quietMs, quietMaxMs, lookMs, mountsMs } = DEFAULT_TIMES;
const DAY = 86_400_000;

function done(change: Partial<VisitDocument> = {}) {
  return { kind: 'done', visit: { ...NOTHING, ...change } } as const;
}

function failed(code: string) {
  return { kind: 'failed', failure: { code, message: code }, visit: undefined } as const;
}

describe('a folder', () => {
  it('of which a visit failed as a whole is told of as failed, whatever else the visit says of that', async () => {
    const world = new WatchedWorld();
    const failure = { type: 'error', exit: 10, code: 'no-identity', message: 'this repository has no identity' };
    world.sites.set('/f', { ...siteOf('f'), visits: [{ kind: 'failed', failure, visit: undefined }] });
    await world.begin(['/f']);
    await world.advance(quietMs);
    expect(world.told()).toEqual(['watching', 'found f', 'failed f']);
    await world.end();
  });

  it('is visited when it becomes a drive, and again only when it changes', async () => {
    const world = new WatchedWorld();
    await world.begin(['/f']);
    expect(world.told()).toEqual(['watching', 'waiting absent']);
    world.sites.set('/f', { ...siteOf('f'), look: { kind: 'foreign' } });
    await world.advance(lookMs);
    expect(world.told()).toEqual(['waiting foreign']);
    const site = siteOf('f');
    world.sites.set('/f', site);
    world.heard.get('/f')?.();
    await world.advance(quietMs);
    expect(world.told()).toEqual(['found f', 'visited f']);
    await world.advance(10 * lookMs);
    expect(world.visits).toBe(1);
    site.look = driveLook('f', 'changed');
    await world.advance(lookMs);
    expect(world.visits).toBe(2);
    expect(world.told()).toEqual([]);
    await world.end();
  });

  it('that was never approved is told of once, until it was', async () => {
    const world = new WatchedWorld();
    const site = { ...siteOf('f'), visits: [done({ approved: false })] };
    world.sites.set('/f', site);
    await world.begin(['/f']);
    await world.advance(quietMs);
    expect(world.told()).toEqual(['watching', 'found f', 'visited f', 'unapproved f']);
    const visitAgain = async (print: string): Promise<string[]> => {
      site.look = driveLook('f', print);
      await world.advance(lookMs);
      return world.told();
    };
    expect(await visitAgain('one')).toEqual([]);
    site.look = { kind: 'absent' };
    await world.advance(lookMs);
    expect(world.told()).toEqual(['gone f', 'waiting absent']);
    expect(await visitAgain('two')).toEqual(['found f', 'visited f']);
    site.visits = [done({ approved: true })];
    expect(await visitAgain('three')).toEqual([]);
    site.visits = [done({ approved: false })];
    expect(await visitAgain('four')).toEqual(['unapproved f']);
    await world.end();
  });

  it('with sealed files that wait for the passphrase is told of once, until none does', async () => {
    const world = new WatchedWorld();
    const locked = {
      kind: 'failed',
      failure: { code: 'locked', message: '' },
      visit: { ...NOTHING, waiting: 2 },
    } as const;
    const site = { ...siteOf('f'), visits: [done({ waiting: 1 })] as (ReturnType<typeof done> | typeof locked)[] };
    world.sites.set('/f', site);
    await world.begin(['/f']);
    await world.advance(quietMs);
    expect(world.told()).toEqual(['watching', 'found f', 'visited f', 'locked f']);
    const visitAgain = async (end: (typeof site.visits)[0]): Promise<string[]> => {
      site.visits = [end];
      site.look = driveLook('f', `${world.visits}`);
      await world.advance(lookMs);
      return world.told();
    };
    expect(await visitAgain(locked)).toEqual(['failed f']);
    expect(await visitAgain(done())).toEqual(['visited f']);
    expect(await visitAgain(locked)).toEqual(['failed f', 'locked f']);
    await world.end();
  });

  it('is left alone until it is quiet, but not for ever', async () => {
    const world = new WatchedWorld();
    const site = siteOf('f');
    world.sites.set('/f', site);
    await world.begin(['/f']);
    site.look = driveLook('f', 'filling');
    const before = world.visits;
    for (let ms = 0; ms + 1_000 < quietMaxMs; ms += 1_000) {
      world.heard.get('/f')?.();
      await world.advance(1_000);
      expect(world.visits).toBe(before);
    }
    world.heard.get('/f')?.();
    await world.advance(quietMs);
    expect(world.visits).toBe(before + 1);
    await world.end();
  });

  it('is visited when there is something new for it', async () => {
    const world = new WatchedWorld();
    const site = siteOf('f');
    world.sites.set('/f', site);
    await world.begin(['/f', '/absent']);
    site.visits = [done({ export: { messages: 1, entries: 1, bytes: 1_000, left: 0 } }), done()];
    world.told();
    world.news();
    await world.advance(quietMs);
    expect(world.told()).toEqual(['visited f']);
    expect(world.visits).toBe(2);
    await world.advance(10 * lookMs);
    expect(world.visits).toBe(2);
    await world.end();
  });

  it('is looked at again for what changed while it was visited', async () => {
    const world = new WatchedWorld();
    const site = { ...siteOf('f'), visitMs: 5_000 };
    world.sites.set('/f', site);
    await world.begin(['/f']);
    expect(world.running).toBe(1);
    await world.advance(2_000);
    site.look = driveLook('f', 'changed meanwhile');
    world.heard.get('/f')?.();
    await world.advance(3_000 + quietMs);
    expect(world.visits).toBe(2);
    await world.advance(5_000 + 10 * lookMs);
    expect(world.visits).toBe(2);
    await world.end();
  });

  it('is visited again for what was still arriving, and for what was left for lack of time', async () => {
    const world = new WatchedWorld();
    const site = siteOf('f');
    world.sites.set('/f', site);
    site.visits = [done({ arriving: ['a.satchel'] }), done({ unfinished: true }), done()];
    await world.begin(['/f']);
    await world.advance(lookMs + quietMs + 1);
    expect(world.visits).toBe(3);
    await world.advance(10 * lookMs);
    expect(world.visits).toBe(3);
    await world.end();
  });
});

describe('a mounted medium', () => {
  const mount = { id: '1', directory: '/media/a' };

  it('is found, said to be gone, and found again', async () => {
    const world = new WatchedWorld();
    world.sites.set('/media/a', siteOf('a'));
    await world.begin([], { mounts: true });
    world.mounts = [mount];
    await world.advance(mountsMs + 1_000);
    expect(world.told()).toEqual(['watching', 'found a', 'visited a']);
    world.mounts = [];
    await world.advance(mountsMs);
    expect(world.told()).toEqual(['gone a']);
    world.mounts = [{ ...mount, id: '2' }];
    await world.advance(mountsMs + 1_000);
    expect(world.told()).toEqual(['found a', 'visited a']);
    expect(world.hooks).toEqual(['drive-found a', 'drive-done a', 'drive-found a', 'drive-done a']);
    // nobody asks the system to watch a medium: nothing is held there
    expect(world.heard.size).toBe(0);
    await world.end();
  });

  it('that was exchanged for another in the same place is another', async () => {
    const world = new WatchedWorld();
    world.sites.set('/media/a', siteOf('a'));
    world.mounts = [mount];
    await world.begin([], { mounts: true });
    await world.advance(1_000);
    world.sites.set('/media/a', siteOf('b'));
    world.mounts = [{ ...mount, id: '2' }];
    await world.advance(mountsMs + 1_000);
    expect(world.told()).toEqual(['watching', 'found a', 'visited a', 'gone a', 'found b', 'visited b']);
    await world.end();
  });

  it('that is no drive is left alone', async () => {
    const world = new WatchedWorld();
    world.sites.set('/media/a', { ...siteOf('a'), look: { kind: 'foreign' } });
    world.mounts = [mount];
    await world.begin([], { mounts: true });
    await world.advance(DAY / 24);
    expect(world.told()).toEqual(['watching']);
    expect(world.visits).toBe(0);
    expect(world.looks).toBeLessThan(25);
    await world.end();
  });

  it('with a damaged marker is told of once, and visited when it is mended', async () => {
    const world = new WatchedWorld();
    world.sites.set('/media/a', { ...siteOf('a'), look: { kind: 'damaged' } });
    world.mounts = [mount];
    await world.begin([], { mounts: true });
    await world.advance(DAY / 24);
    expect(world.told()).toEqual(['watching', 'failed']);
    world.sites.set('/media/a', siteOf('a'));
    await world.advance(DAY / 24);
    expect(world.told()).toEqual(['found a', 'visited a']);
    await world.end();
  });

  it('that hangs keeps no other waiting, and is ended when it is pulled out', async () => {
    const world = new WatchedWorld();
    world.sites.set('/media/a', { ...siteOf('a'), visits: ['hangs'] });
    world.sites.set('/media/b', siteOf('b'));
    world.sites.set('/media/c', { ...siteOf('c'), look: 'hangs' });
    world.mounts = ['a', 'b', 'c'].map((name) => ({ id: name, directory: `/media/${name}` }));
    await world.begin([], { mounts: true });
    await world.advance(3_000);
    expect(world.told()).toEqual(['watching', 'found a', 'found b', 'visited b', 'visiting a']);
    expect(world.running).toBe(2);
    await world.advance(30_000);
    expect(world.told()).toEqual(['failed']);
    world.mounts = [];
    await world.advance(mountsMs);
    expect(world.events.find(({ type }) => type === 'gone')).toMatchObject({ label: 'a', interrupted: true });
    expect(world.told().sort()).toEqual(['gone a', 'gone b']);
    expect(world.running).toBe(0);
    expect(world.timers).toBe(1);
    await world.end();
  });

  it('that fails is told of once, tried again ever more rarely, and said to be well again', async () => {
    const world = new WatchedWorld();
    const site = siteOf('a');
    site.visits = [failed('no-space')];
    world.sites.set('/media/a', site);
    world.mounts = [mount];
    await world.begin([], { mounts: true });
    await world.advance(DAY / 4);
    expect(world.told()).toEqual(['watching', 'found a', 'failed a']);
    expect(world.visits).toBeLessThan(35);
    expect(world.visits).toBeGreaterThan(20);
    site.visits = [done()];
    await world.advance(DAY / 24);
    expect(world.told()).toEqual(['visited a']);
    await world.end();
  });
});

it('says once that something found no room, and tries again', async () => {
  const world = new WatchedWorld();
  const site = siteOf('f');
  site.visits = [done({ export: { messages: 0, entries: 0, bytes: 0, left: 3 } })];
  world.sites.set('/f', site);
  await world.begin(['/f']);
  await world.advance(DAY / 24);
  expect(world.told()).toEqual(['watching', 'found f', 'visited f', 'failed f']);
  expect(world.visits).toBeGreaterThan(5);
  site.visits = [done({ export: { messages: 3, entries: 3, bytes: 1_000, left: 0 } }), done()];
  await world.advance(DAY / 24);
  expect(world.told()).toEqual(['visited f']);
  await world.end();
});

it('ends whatever goes on', async () => {
  const world = new WatchedWorld();
  for (const name of ['a', 'b']) world.sites.set(`/${name}`, { ...siteOf(name), visits: ['hangs'] });
  world.sites.set('/c', { ...siteOf('c'), look: 'hangs' });
  world.sites.set('/d', siteOf('d'));
  await world.begin(['/a', '/b', '/c', '/d'], { mounts: true });
  expect(world.running).toBe(3);
  await world.end();
  expect([world.running, world.timers, world.heard.size]).toEqual([0, 0, 0]);
  world.news();
  await world.advance(DAY);
  expect(world.timers).toBe(0);
});

it('goes through a day of sticks that come and go without growing', async () => {
  const world = new WatchedWorld();
  const shared = siteOf('shared');
  world.sites.set('/shared', shared);
  await world.begin(['/shared'], { mounts: true });
  const sizes: number[] = [];
  let found = 0;
  for (let minute = 0; minute < 24 * 60; minute++) {
    const name = `stick ${minute % 7}`;
    const site = siteOf(name);
    if (minute % 5 === 0) site.visits = [failed('io')];
    if (minute % 11 === 0) site.visits = ['hangs'];
    if (minute % 13 === 0) site.look = { kind: 'foreign' };
    world.sites.set(`/media/${name}`, site);
    world.mounts = [{ id: String(minute), directory: `/media/${name}` }];
    if (minute % 2 === 0) shared.look = driveLook('shared', String(minute));
    for (let i = 0; i < 20; i++) world.heard.get('/shared')?.();
    if (minute % 3 === 0) world.news();
    await world.advance(60_000);
    found += world.told().filter((event) => event.startsWith('found')).length;
    world.hooks.length = 0;
    sizes.push(world.timers + world.running + world.heard.size);
  }
  expect(found).toBeGreaterThan(1_200);
  expect(world.visits).toBeGreaterThan(2_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(6);
  await world.end();
  expect(world.timers).toBe(0);
}, 120_000);
