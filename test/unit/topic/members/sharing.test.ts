// Who shares which secrets with whom, and to what a new epoch leads (spec/private.md, "Sharing", "Links").
import { describe, expect, it } from 'vitest';
import type { EpochId, PersonId } from '../../../../src/format/ids.js';
import { EPOCH_LINKS_MAX, SHARED_EPOCHS_MAX } from '../../../../src/format/limits.js';
import type { Shared } from '../../../../src/format/private/control-body.js';
import { planLinks } from '../../../../src/topic/members/links.js';
import { planSharing } from '../../../../src/topic/members/sharing.js';
import { type KeysScene, keysScene } from '../../../testkit/keys-scene.js';
import { authorOf, type GraphStatement, idOf, nameOf } from '../../../testkit/members-graph.js';

const adds = (id: string, prev: string[], person: string): GraphStatement => ({
  id,
  by: 'ana',
  prev,
  set: { person, role: 3 },
});
const none = (id: string, by: string, prev: string[], person: string): GraphStatement => ({
  id,
  by,
  prev,
  set: { person, role: 0 },
});
const epoch = (id: string, by: string, prev: string[], to: string[], more: object = {}): GraphStatement => ({
  id,
  by,
  prev,
  epoch: { to, ...more },
});

/** Lists of Ben by two authorities of one generation: the smaller key rules where both are known. */
function rivals() {
  const [first = '', second = ''] = ['ben.a', 'ben.b'].sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const by = (authority: string, removed: string[], hash: string) => {
    const current = [authority];
    return { person: 'ben', generation: 2, version: 1, authority, current, removed, hash };
  };
  return { theirs: by(second, ['ben.old'], 'theirs'), ruling: by(first, [], 'ruling') };
}

interface Seen {
  readonly own?: string;
  readonly claims?: readonly {
    readonly epochs: string[];
    readonly to: Record<string, number>;
    readonly controlAlone?: true;
  }[];
  readonly written?: Readonly<Record<string, readonly string[]>>;
  readonly lost?: readonly string[];
  readonly added?: readonly string[];
  /** Whether an import before showed all that lacks. */
  readonly isSecond?: boolean;
}

/** Shares as "device: epochs", with what is left out and how it goes. */
function shares(
  scene: KeysScene,
  { own = 'ana', claims = [], written = {}, lost = [], added = [], isSecond = true }: Seen = {},
): string[] {
  const view = keysScene(scene);
  const told = claims.map(
    ({ epochs, to, controlAlone = false }): Shared => ({
      epochs: epochs.map((name) => idOf<EpochId>(name)),
      devices: Object.entries(to).map(([device, serial]) => ({ device: idOf(device), serial })),
      isControlAlone: controlAlone,
    }),
  );
  const plan = planSharing({
    ...view,
    own: authorOf({ by: own }),
    seen: {
      claimsTo: () => told,
      lostWraps: new Set(lost.map((name) => idOf<EpochId>(name))),
      serialOf: view.known.serialOf,
      writtenUnder: (device) => new Set((written[nameOf(device)] ?? []).map((name) => idOf<EpochId>(name))),
    },
    added: new Set(added.map((name) => idOf<PersonId>(name))),
    lackedBefore: () => isSecond,
  });
  expect(plan.shares.length === 0 || plan.lacks.length > 0).toBe(true);
  return plan.shares.map(({ device, epochs, isControlAlone, isLetter }) =>
    [
      `${nameOf(device)}: ${epochs.map(nameOf).join(' ')}`,
      ...(isControlAlone ? ['control'] : []),
      ...(isLetter ? ['letter'] : []),
    ].join(', '),
  );
}

const BEN = adds('b', [], 'ben');
const FOR_OWNERS = epoch('p', 'bea', [], ['ana', 'bea']);

describe('an epoch is shared', () => {
  it('with whoever is entitled and lacks it, by a letter while it has none of the topic', () => {
    expect(shares({ statements: [FOR_OWNERS, BEN] })).toEqual(['ben: p, letter']);
    const second = epoch('q', 'bea', ['p', 'b'], ['ana', 'bea', 'ben'], { controlLinks: [], dataLinks: [] });
    expect(shares({ statements: [FOR_OWNERS, BEN, second] })).toEqual(['ben: p']);
  });

  it('with owners, whether it was wrapped to them or not', () => {
    expect(shares({ statements: [epoch('p', 'ana', [], ['ana'])] })).toEqual(['bea: p, letter']);
  });

  it('not with whom it was wrapped to, nor by who lacks it', () => {
    const scene = { statements: [BEN, epoch('p', 'bea', ['b'], ['ana', 'bea', 'ben'])] };
    expect(shares(scene)).toEqual([]);
    expect(shares({ ...scene, lacking: ['p'] })).toEqual([]);
  });

  it('with whom it was wrapped to where its wrap stands in a frozen part', () => {
    const scene = { statements: [BEN, epoch('p', 'ana', ['b'], ['ana', 'bea', 'ben'])] };
    expect(shares(scene, { lost: ['p'] })).toEqual(['bea: p, letter', 'ben: p, letter']);
    expect(shares(scene, { lost: ['p'], written: { bea: ['p'] } })).toEqual(['ben: p, letter']);
    const claims = [{ epochs: ['p'], to: { bea: 1, ben: 1 } }];
    expect(shares(scene, { lost: ['p'], claims })).toEqual([]);
  });

  it('by its control secret alone with who takes part and is not entitled', () => {
    const statements = [BEN, epoch('p', 'bea', ['b'], ['ana', 'bea'])];
    expect(shares({ statements })).toEqual(['ben: p, control, letter']);
    expect(shares({ statements: [FOR_OWNERS, BEN], controlAlone: ['p'] })).toEqual(['ben: p, control, letter']);
  });

  it('not with who was removed, has no card, or is not current', () => {
    expect(shares({ statements: [FOR_OWNERS, BEN, none('r', 'ana', ['b'], 'ben')] })).toEqual([]);
    expect(shares({ statements: [FOR_OWNERS, BEN], cardless: ['ben'] })).toEqual([]);
  });

  it('at once by its maker, among own devices, and by who added; else when a second import shows the lack', () => {
    const scene: KeysScene = { statements: [FOR_OWNERS, BEN], current: { ana: ['ana', 'ana.a'] } };
    expect(shares(scene, { isSecond: false })).toEqual(['ana.a: p, letter']);
    expect(shares(scene, { isSecond: false, added: ['ben'] })).toEqual(['ana.a: p, letter', 'ben: p, letter']);
    expect(shares(scene, { isSecond: false, own: 'bea' })).toEqual(
      ['ana: p', 'ana.a: p, letter', 'ben: p, letter'].slice(1),
    );
  });

  it('with the newest so many at once', () => {
    const many = Array.from({ length: SHARED_EPOCHS_MAX + 2 }, (_, i) =>
      epoch(`p${i}`, 'bea', i === 0 ? [] : [`p${i - 1}`], ['ana', 'bea']),
    );
    const [share = ''] = shares({ statements: [...many, BEN] });
    expect(share.split(' ').slice(1).length - 1).toBe(SHARED_EPOCHS_MAX);
    expect(share).toContain(`p${SHARED_EPOCHS_MAX + 1}`);
    expect(share).not.toContain(' p1 ');
  });

  it('only by who knows of every removal that its maker knew', () => {
    const ben = (removed: string[], version: number, hash: string) => ({
      person: 'ben',
      generation: 1,
      version,
      authority: 'ben',
      current: ['ben'],
      removed,
      hash,
    });
    const statements = [epoch('p', 'bea', [], ['ana', 'bea'], { lists: { ben: ['new'] } }), BEN];
    expect(shares({ statements, lists: [ben(['ben.a'], 2, 'new')] })).toEqual(['ben: p, letter']);
    // what is not held says nothing to control secrets
    expect(shares({ statements, lists: [ben([], 1, 'old')] })).toEqual(['ben: p, control, letter']);
  });

  it('nothing where another authority rules here, which did not remove what its maker knew to be removed', () => {
    const { theirs, ruling } = rivals();
    const statements = [epoch('p', 'bea', [], ['ana', 'bea'], { lists: { ben: ['theirs'] } }), BEN];
    expect(shares({ statements, lists: [theirs] })).toEqual([`${theirs.authority}: p, letter`]);
    expect(shares({ statements, lists: [theirs, ruling] })).toEqual([]);
    const alike = { ...ruling, removed: theirs.removed };
    expect(shares({ statements, lists: [theirs, alike] })).toEqual([`${ruling.authority}: p, letter`]);
  });
});

describe('known to be had', () => {
  const statements = [FOR_OWNERS, BEN];

  it('is what a share tells of, of the secrets it tells of', () => {
    expect(shares({ statements }, { claims: [{ epochs: ['p'], to: { ben: 1 } }] })).toEqual([]);
    expect(shares({ statements }, { claims: [{ epochs: ['p'], to: { ben: 1 }, controlAlone: true }] })).toEqual([
      'ben: p',
    ]);
  });

  it('is not what went to an older card, until the device writes under it or what leads to it', () => {
    const scene: KeysScene = { statements, serials: { ben: 2 } };
    const claims = [{ epochs: ['p'], to: { ben: 1 } }];
    expect(shares(scene, { claims })).toEqual(['ben: p, letter']);
    expect(shares(scene, { claims, written: { ben: ['p'] } })).toEqual([]);
    expect(shares(scene, { written: { ben: ['p'] } })).toEqual(['ben: p, letter']);
  });

  it('is what an epoch leads to, by each secret', () => {
    const links = { controlLinks: ['p'], dataLinks: ['p'] };
    const later = (more: object) => [FOR_OWNERS, BEN, epoch('q', 'bea', ['p', 'b'], ['ana', 'bea', 'ben'], more)];
    expect(shares({ statements: later(links) })).toEqual([]);
    expect(shares({ statements: later({ controlLinks: ['p'] }) })).toEqual(['ben: p']);
  });
});

describe('an owner who was made to leave', () => {
  const gone = none('l', 'bea', ['p'], 'bea');
  const words = {
    person: 'bea',
    generation: 2,
    version: 1,
    authority: 'bea.b',
    current: ['bea.b'],
    removed: ['bea'],
    hash: 'words',
  };

  it('is given the control secret once its words were used, until it speaks', () => {
    const statements = [FOR_OWNERS, gone];
    expect(shares({ statements })).toEqual([]);
    expect(shares({ statements, lists: [words] })).toEqual(['bea.b: p, control, letter']);
    const spoken = (prev: string[]): GraphStatement => ({ id: 'w', by: 'bea.b', generation: 2, prev, list: words });
    // it cites the leave, which is final then; or it does not, and is an owner
    expect(shares({ statements: [...statements, spoken(['l'])], lists: [words] })).toEqual([]);
    expect(shares({ statements: [...statements, spoken(['p'])], lists: [words] })).toEqual(['bea.b: p, letter']);
  });
});

describe('a new epoch', () => {
  const links = (scene: KeysScene, people: readonly string[]): string[] => {
    const { control, data } = planLinks(keysScene(scene), new Set(people.map((name) => idOf<PersonId>(name))));
    return [control, data].map((some) =>
      some
        .map(({ id }) => nameOf(id))
        .sort()
        .join(' '),
    );
  };

  it('leads to those before it that are in no other past, as far as all may have them', () => {
    const statements = [
      FOR_OWNERS,
      BEN,
      epoch('q', 'ana', ['p', 'b'], ['ana', 'bea']),
      epoch('s', 'bea', ['p'], ['ana', 'bea']),
    ];
    expect(links({ statements }, ['ana', 'bea'])).toEqual(['q s', 'q s']);
    expect(links({ statements }, ['ana', 'bea', 'ben'])).toEqual(['q s', 's']);
    expect(links({ statements, controlAlone: ['s'] }, ['ana', 'bea'])).toEqual(['q s', 'q']);
    expect(links({ statements, lacking: ['q'] }, ['ana', 'bea'])).toEqual(['s', 's']);
  });

  it('leads to an id once that was stated twice, and to no more than find room', () => {
    const twice = [FOR_OWNERS, epoch('q', 'ana', [], ['ana', 'bea'], { epoch: 'p' })];
    const { control } = planLinks(keysScene({ statements: twice }), new Set());
    expect(control.map(({ says }) => nameOf(says.epoch))).toEqual(['p']);
    const many = Array.from({ length: EPOCH_LINKS_MAX + 1 }, (_, i) => epoch(`e${i}`, `ana.${i}`, [], ['ana']));
    expect(planLinks(keysScene({ statements: many }), new Set()).control).toHaveLength(EPOCH_LINKS_MAX);
  });

  it('leads to none whose maker knew of more removals', () => {
    const old = {
      person: 'ben',
      generation: 1,
      version: 1,
      authority: 'ben',
      current: ['ben'],
      removed: [],
      hash: 'old',
    };
    const statements = [BEN, epoch('p', 'ana', ['b'], ['ana', 'bea', 'ben'], { lists: { ben: ['new'] } })];
    expect(links({ statements, lists: [old] }, ['ana', 'bea', 'ben'])).toEqual(['p', '']);
    const later = { ...old, version: 2, removed: ['ben.a'], hash: 'new' };
    expect(links({ statements, lists: [old, later] }, ['ana', 'bea', 'ben'])).toEqual(['p', 'p']);
  });

  it('leads to none where another authority rules here, which did not remove what its maker knew to be removed', () => {
    const { theirs, ruling } = rivals();
    const statements = [BEN, epoch('p', 'ana', ['b'], ['ana', 'bea', 'ben'], { lists: { ben: ['theirs'] } })];
    expect(links({ statements, lists: [theirs] }, ['ana'])).toEqual(['p', 'p']);
    expect(links({ statements, lists: [theirs, ruling] }, ['ana'])).toEqual(['', '']);
  });
});
