// For whom a bundle lies on a drive, over bundles at random (spec/drive.md, "Sealed files").
import { expect, it } from 'vitest';
import type { DeviceKey, Digest, PersonId } from '../../../../src/format/ids.js';
import { decodeCard } from '../../../../src/identity/card.js';
import { storedCardBytes } from '../../../../src/identity/stored-card.js';
import type { VerifiedBundle } from '../../../../src/sync/drive/holdings.js';
import { LyingFor } from '../../../../src/sync/drive/lying-for.js';
import type { Session } from '../../../../src/sync/session.js';
import { Chance } from '../../../testkit/chance.js';
import { Replica } from '../../../testkit/replica.js';
import { block } from '../../../testkit/replicas.js';
import { scratchDirectory } from '../../../testkit/scratch.js';
import { seedOf } from '../../../testkit/seed.js';

const OLD_KEY = 'ab'.repeat(32);
const MOMENTS = 4;

interface Somebody {
  readonly person: PersonId;
  readonly device: DeviceKey;
  readonly key: string;
}

it('an open bundle for everybody, a sealed one by what we know of it ourselves, or for a while by a word of somebody we know', async () => {
  const directory = scratchDirectory();
  const [self, ana, ben, xeno, yuri] = (await Promise.all(
    ['self', 'ana', 'ben', 'xeno', 'yuri'].map((name) => Replica.create(name, directory)),
  )) as [Replica, Replica, Replica, Replica, Replica];
  self.meet(ana).meet(ben);
  block(self, yuri);
  const everybody = [self, ana, ben, xeno, yuri].map(somebody);
  const known = new Set(everybody.slice(0, 3).map(({ device }) => device));
  const seed = seedOf('LYING_SEED');
  const chance = new Chance(seed);
  for (let round = 0; round < 400; round++) {
    const bundles = Array.from({ length: 1 + chance.below(6) }, (_, i) => bundleAt(chance, i, everybody));
    const lying = new LyingFor(self.session, bundles);
    for (const one of everybody.slice(1, 3)) {
      const there = lying.for(one).bundles;
      for (const bundle of bundles)
        expect(there.includes(bundle), `seed ${seed}, round ${round}`).toBe(
          isThere(bundle, one, { bundles, known, self: self.session }),
        );
    }
    expect(lying.for(self.session.self).bundles).toEqual(bundles.filter(({ file }) => !file.sealed));
  }
});

function isThere(
  { file }: VerifiedBundle,
  { person, device, key }: Somebody,
  around: {
    readonly bundles: readonly VerifiedBundle[];
    readonly known: ReadonlySet<DeviceKey>;
    readonly self: Session;
  },
): boolean {
  if (!file.sealed) return true;
  if (!file.for?.includes(person)) return false;
  const isSure = file.by === around.self.self.device && file.to?.includes(key);
  const wasThereSince = around.bundles.some(
    (other) => other.file.by === device && (other.file.seen ?? 0) > (file.seen ?? 0),
  );
  const isSaid = file.by !== undefined && around.known.has(file.by);
  return isSure === true || (isSaid && !wasThereSince);
}

function bundleAt(chance: Chance, i: number, everybody: readonly Somebody[]): VerifiedBundle {
  const some = (): Somebody[] => everybody.filter(() => chance.happens(0.5));
  const by = chance.happens(0.9) ? chance.pick(everybody).device : undefined;
  const isSealed = chance.happens(0.8);
  const file = {
    size: 1,
    mtime: 0,
    front: '0'.repeat(64) as Digest,
    digest: `${i}`.padStart(64, '0') as Digest,
    ...(by && { by }),
    ...(chance.happens(0.9) && { seen: chance.below(MOMENTS) }),
    ...(isSealed && { sealed: true }),
    ...(isSealed && chance.happens(0.95) && { for: some().map(({ person }) => person) }),
    ...(by === everybody[0]?.device && { to: some().map(({ key }) => (chance.happens(0.5) ? key : OLD_KEY)) }),
  };
  return { name: `${i}`, file, records: [], chunks: [] };
}

function somebody({ session, card }: Replica): Somebody {
  const { person, device } = session.self;
  return { person, device, key: decodeCard(storedCardBytes(card)).recipient.toString('hex') };
}
